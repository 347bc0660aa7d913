// Whatever happens to the process, what got status 0x0000 is reported.
import Foundation
import Testing

@Suite("Crashes", .serialized)
struct CrashTests {
    @Test("kill -9 in the middle of a push loses nothing that was acknowledged", arguments: [0.3, 0.7, 1.1])
    func killedDuringPush(seconds: Double) throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(30, in: hospital.folder)
        let sender = try Running(
            "storescu", ["-v", "-aec", "GLENOID", "-xt", "127.0.0.1", "\(hospital.port)"] + files,
            logPath: hospital.folder + "/sender.log")
        Thread.sleep(forTimeInterval: seconds)
        hospital.close(SIGKILL)
        sender.wait()
        let acknowledged = Self.acknowledged(in: sender.log, of: files)

        try hospital.open()
        for file in acknowledged {
            let uid = try Radiographs.value("SOPInstanceUID", of: file)
            let reported = try eventually(within: 60) { try Self.count(of: uid, in: hospital.reports) == 1 }
            #expect(reported, "\(uid) of \(acknowledged.count) acknowledged:\n\(hospital.log)")
        }
        // What was not acknowledged is sent again by any sender, and then is there once.
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        for file in files {
            let uid = try Radiographs.value("SOPInstanceUID", of: file)
            #expect(
                try eventually(within: 60) { try Self.count(of: uid, in: hospital.reports) == 1 }, "\(uid)")
        }
    }

    @Test("SIGTERM finishes what is in hand and exits 0; the rest is done at the next start")
    func terminated() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(12, in: hospital.folder)
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        #expect(hospital.close(SIGTERM) == 0)
        let done = hospital.reports.count
        try hospital.open()
        #expect(
            eventually(within: 60) { hospital.reports.count == 12 },
            "\(done) before the stop:\n\(hospital.log)")
    }

    /// The files that storescu was told 0x0000 for: `-v` prints one line a file and one an answer.
    private static func acknowledged(in log: String, of files: [String]) -> [String] {
        var current: String?
        var acknowledged: [String] = []
        for line in log.split(separator: "\n") {
            if line.contains("Sending file: ") {
                current = line.components(separatedBy: "Sending file: ").last
            } else if line.contains("Received Store Response (Success)"), let file = current {
                acknowledged.append(file)
            }
        }
        return acknowledged.filter(files.contains)
    }

    /// How many reports name the image.
    private static func count(of uid: String, in reports: [String]) throws -> Int {
        let needle = Data(uid.utf8)
        return try reports.count { report in
            try Data(contentsOf: URL(fileURLWithPath: report)).range(of: needle) != nil
        }
    }
}
