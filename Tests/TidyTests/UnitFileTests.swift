import Foundation
import Testing

/// The files that `make install` hands to systemd, judged by systemd's own tools.
@Suite struct UnitFileTests {
    private static let needed = "systemd-analyze is missing: apt-get install systemd"

    /// Runs a systemd tool on a copy of the unit whose program exists, since the daemon is not installed here.
    private func analyze(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "glenoid-unit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let unit = try String(
            contentsOf: SourceTree.folder.appending(path: "systemd/glenoid.service"), encoding: .utf8)
        let copy = folder.appending(path: "glenoid.service")
        try unit.replacing("/usr/bin/glenoid", with: "/bin/true").write(
            to: copy, atomically: true, encoding: .utf8)

        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/systemd-analyze")
        process.arguments = arguments + [copy.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test func systemdAcceptsTheUnit() throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze"), "\(Self.needed)")
        let result = try analyze(["verify"])
        #expect(result.status == 0, "\(result.output)")
        // It warns of misspelt settings and succeeds all the same.
        #expect(!result.output.contains("glenoid.service:"), "\(result.output)")
    }

    @Test func unitStaysConfined() throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze"), "\(Self.needed)")
        // systemd's measure of exposure, 0 to 10; 1.5 when this was written. The threshold is in tenths.
        let result = try analyze(["security", "--offline=yes", "--threshold=20", "--no-pager"])
        #expect(result.status == 0, "\(result.output.suffix(200))")
    }

    /// Three images that end the process take eleven starts until the queue has set them aside; a port or a disk may take
    /// longer.
    @Test func unitIsNeverGivenUp() throws {
        let unit = try String(
            contentsOf: SourceTree.folder.appending(path: "systemd/glenoid.service"), encoding: .utf8)
        let lines = unit.split(separator: "\n")
        for line in ["StartLimitIntervalSec=0", "Restart=on-failure"] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
    }

    @Test func unitGivesAssociationsLongerThanTheDrainTakes() throws {
        let unit = try #require(SourceTree.files.first { $0.path == "systemd/glenoid.service" })
        let configuration = try #require(SourceTree.files.first { $0.path == "conf/glenoid.yaml" })
        #expect(unit.lines.contains("TimeoutStopSec=90s"))
        #expect(configuration.lines.contains("  drainTimeout: 30s"))
        #expect(unit.lines.contains("Type=notify"))
        #expect(unit.lines.contains { $0.hasPrefix("WatchdogSec=") })
        #expect(unit.lines.contains { $0.hasPrefix("ExecReload=") })
    }
}
