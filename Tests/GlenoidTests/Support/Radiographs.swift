// Radiographs to push: copies of the phantom with identifiers of their own.
import Foundation
import Testing

enum Radiographs {
    /// Copies of the phantom, each a new instance; `perStudy` of them share a study and a series.
    static func make(_ count: Int, perStudy: Int = 1, in folder: String) throws -> [String] {
        var files: [String] = []
        var study = ""
        for index in 0..<count {
            if index % perStudy == 0 { study = uid() }
            files.append(
                try make(
                    ["(0020,000d)=\(study)", "(0020,000e)=\(study).1", "(0008,0018)=\(uid())"], in: folder))
        }
        return files
    }

    /// A copy of the phantom with elements changed: `dcmodify`'s assignments, inserted where absent.
    static func make(
        _ assignments: [String], erase: [String] = [], from original: String = Fixtures.phantom,
        in folder: String
    ) throws -> String {
        let path = "\(folder)/radiograph-\(UUID().uuidString).dcm"
        try FileManager.default.copyItem(atPath: original, toPath: path)
        let options = assignments.flatMap { ["-i", $0] } + erase.flatMap { ["-ea", $0] }
        let run = try Program.run("dcmodify", ["-nb", "-ie"] + options + [path])
        try #require(run.status == 0, "dcmodify: \(run.errors)")
        return path
    }

    /// The phantom, uncompressed and 96 pixels wide: 24 kB instead of a megabyte.
    static func makeSmall(in folder: String) throws -> String {
        let (plain, small) = (folder + "/plain.dcm", folder + "/small.dcm")
        for (tool, arguments) in [
            ("dcmdjpls", [Fixtures.phantom, plain]), ("dcmscale", ["+Sxv", "96", plain, small]),
        ] {
            let run = try Program.run(tool, arguments)
            try #require(run.status == 0, "\(tool): \(run.errors)")
        }
        return small
    }

    /// A new identifier (PS3.5 B.2: a UUID as a decimal number under 2.25).
    static func uid() -> String {
        let bytes = unsafe withUnsafeBytes(of: UUID().uuid) { unsafe Array($0) }
        var digits: [UInt8] = [0]
        for byte in bytes {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) * 256
                digits[index] = UInt8(carry % 10)
                carry /= 10
            }
            while carry > 0 {
                digits.append(UInt8(carry % 10))
                carry /= 10
            }
        }
        return "2.25." + digits.reversed().map(String.init).joined()
    }

    /// The value of an element of a file, as `dcmdump` shows it.
    static func value(_ tag: String, of file: String) throws -> String {
        let run = try Program.run("dcmdump", ["+P", tag, "-q", file])
        guard let open = run.output.firstIndex(of: "["), let close = run.output.firstIndex(of: "]") else {
            return ""
        }
        return String(run.output[run.output.index(after: open)..<close])
    }
}
