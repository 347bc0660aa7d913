// The order of system calls behind a status of 0x0000.
import Foundation
import Testing

@Suite("Durability")
struct DurabilityTraceTests {
    /// The promise of the design: sync of the file, rename, sync of its folder, sync of the write-ahead log, and only
    /// then the answer. A kernel's trace is the only witness that the disk was really asked to.
    @Test("each 0x0000 comes after the file, its folder and the write-ahead log were synced, in this order")
    func syncsBeforeSuccess() throws {
        let hospital = try Hospital()
        let trace = hospital.folder + "/trace"
        try hospital.open(through: [
            Program.find("strace"), "-f", "-yy", "-s", "96", "-x", "-o", trace, "-e",
            "trace=fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto,sendmsg", "--",
        ])
        let files = try Radiographs.make(3, in: hospital.folder)
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        // Ends strace's child; strace then writes what it has.
        let children = try Program.run(
            "pgrep", ["-P", "\(try #require(hospital.daemon).processIdentifier)"])
        for child in children.output.split(separator: "\n") {
            _ = try Program.run("kill", ["-TERM", String(child)])
        }
        hospital.daemon?.wait()

        let calls = try TracedCall.parse(String(contentsOfFile: trace, encoding: .utf8))
        let successes = calls.indices.filter { calls[$0].isStoreSuccess }
        #expect(successes.count == 3, "C-STORE responses in the trace: \(successes.count)")
        var after = 0
        for success in successes {
            let window = calls[after..<success]
            // Renamed from incoming to its place, in this association's turn: find the steps backwards from the answer.
            let log = try #require(
                window.lastIndex { $0.isSync && $0.path.hasSuffix("-wal") }, "no sync of the log")
            let folder = try #require(
                calls[after..<log].lastIndex { $0.isSync && $0.path.contains("/spool/instances") },
                "no sync of the folder")
            let rename = try #require(
                calls[after..<folder].lastIndex {
                    $0.name.hasPrefix("rename") && $0.line.contains("/incoming/")
                },
                "no rename out of incoming")
            let file = calls[after..<rename].lastIndex { $0.isSync && $0.path.contains("/incoming/") }
            #expect(file != nil, "no sync of the file before its rename")
            after = success + 1
        }
    }
}

/// A line of strace -f -yy: a system call with the path of its descriptor.
private struct TracedCall {
    let name: String
    /// The path of the first descriptor, as -yy shows it.
    let path: String
    let line: String

    var isSync: Bool { name == "fsync" || name == "fdatasync" }

    /// A P-DATA-TF with a C-STORE-RSP whose status is 0x0000, sent to a peer.
    var isStoreSuccess: Bool {
        guard path.hasPrefix("TCP"), ["write", "writev", "sendto", "sendmsg"].contains(name) else {
            return false
        }
        // Command Field (0000,0100) = 0x8001 and Status (0000,0900) = 0, implicit little endian (PS3.7 6.3.1).
        let commandField = #"\x00\x00\x00\x01\x02\x00\x00\x00\x01\x80"#
        let status = #"\x00\x00\x00\x09\x02\x00\x00\x00\x00\x00"#
        return line.contains(commandField) && line.contains(status)
    }

    static func parse(_ trace: String) -> [TracedCall] {
        trace.split(separator: "\n").compactMap { line in
            // "PID name(FD<path>, …) = result"; a call that another thread interrupts is shown in two lines, and counts
            // where it is finished for a sync, where it begins for an answer: both are the safe side.
            var rest = line.drop { $0.isNumber || $0 == " " }
            if rest.hasPrefix("<... ") { rest = rest.dropFirst(5) }
            guard let end = rest.firstIndex(where: { $0 == "(" || $0 == " " }) else { return nil }
            let path =
                rest.split(separator: "<").dropFirst().first?.split(separator: ">").first.map(String.init)
                ?? ""
            return TracedCall(name: String(rest[..<end]), path: path, line: String(rest))
        }
    }
}
