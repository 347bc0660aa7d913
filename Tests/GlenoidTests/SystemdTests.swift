// The daemon as systemd sees it.
import Foundation
import Testing

@Suite("Under systemd", .serialized)
struct SystemdTests {
    @Test("READY comes only when the port is open, pings come while it works, and STOPPING before it ends")
    func lifecycle() throws {
        let hospital = try Hospital()
        let manager = try Manager(folder: hospital.folder)
        try hospital.open(environment: manager.environment(watchdogSeconds: 2))
        #expect(manager.wait(for: "READY=1"))
        #expect(try hospital.echo() == 0)
        let pings = manager.messages.count { $0.contains("WATCHDOG=1") }
        #expect(eventually(within: 10) { manager.messages.count { $0.contains("WATCHDOG=1") } > pings })
        #expect(hospital.close(SIGTERM) == 0)
        #expect(manager.wait(for: "STOPPING=1"))
    }

    @Test("a port that is taken is an error, and READY never comes")
    func portTaken() throws {
        let hospital = try Hospital()
        let other = try Running(
            "storescp", ["-od", hospital.folder, "\(hospital.port)"], logPath: hospital.folder + "/other.log")
        #expect(eventually { (try? Program.run("echoscu", ["127.0.0.1", "\(hospital.port)"]).status) == 0 })
        let manager = try Manager(folder: hospital.folder)
        let daemon = try Running(
            "glenoid", ["serve", "--config", hospital.configuration],
            environment: manager.environment(watchdogSeconds: 2), logPath: hospital.folder + "/daemon.log")
        #expect(daemon.wait() == 1)
        #expect(daemon.log.contains("\(hospital.port)"), "\(daemon.log)")
        #expect(!manager.messages.contains { $0.contains("READY=1") })
        other.end(SIGKILL)
    }

    @Test("SIGHUP reloads what can be reloaded, and keeps the old configuration if the new one is bad")
    func reload() throws {
        let hospital = try Hospital()
        let manager = try Manager(folder: hospital.folder)
        try hospital.open(environment: manager.environment(watchdogSeconds: 10))
        let good = try String(contentsOfFile: hospital.configuration, encoding: .utf8)
        let daemon = try #require(hospital.daemon)

        try (good + "\nlog: {level: nonsense}\n").write(
            toFile: hospital.configuration, atomically: true, encoding: .utf8)
        kill(daemon.processIdentifier, SIGHUP)
        #expect(eventually { hospital.log.contains("nonsense") }, "\(hospital.log)")
        #expect(try hospital.echo() == 0)

        try good.replacingOccurrences(of: "aeTitle: GLENOID,", with: "aeTitle: GLENOID, callers: [NOBODY],")
            .write(toFile: hospital.configuration, atomically: true, encoding: .utf8)
        kill(daemon.processIdentifier, SIGHUP)
        #expect(try eventually { try hospital.echo() != 0 }, "\(hospital.log)")
        #expect(manager.messages.contains { $0.contains("RELOADING=1") })
    }

    @Test("a destination that a reload takes away is let go, however long it might have been kept waiting")
    func removedDestination() throws {
        let hospital = try Hospital(
            destination: ", idleTimeout: 600s", beside: "host: 127.0.0.1, port: \(try Program.freePort())")
        try hospital.openPACS(["--verbose"])
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        let releases = { (hospital.pacs?.log ?? "").components(separatedBy: "Association Release").count }
        let before = releases()

        let whole = try String(contentsOfFile: hospital.configuration, encoding: .utf8)
        try whole.split(separator: "\n").filter { !$0.hasPrefix("  pacs:") }.joined(separator: "\n")
            .replacingOccurrences(of: "[pacs, other]", with: "[other]")
            .write(toFile: hospital.configuration, atomically: true, encoding: .utf8)
        kill(try #require(hospital.daemon).processIdentifier, SIGHUP)
        #expect(eventually { releases() == before + 1 }, "\(hospital.log)\n\(hospital.pacs?.log ?? "")")
    }
}

/// Plays the service manager's end of sd_notify(3).
private final class Manager {
    private let descriptor: Int32
    private let path: String
    private var received: [String] = []

    init(folder: String) throws {
        // The path must fit into sockaddr_un.
        path = "/tmp/glenoid-notify-\(UUID().uuidString.prefix(8))"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(code == 0)
    }

    deinit {
        close(descriptor)
        unsafe unlink(path)
    }

    func environment(watchdogSeconds: Int) -> [String: String] {
        ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "\(watchdogSeconds * 1_000_000)"]
    }

    /// Everything that has come so far.
    var messages: [String] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return received }
            received.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }

    func wait(for text: String) -> Bool {
        eventually { messages.contains { $0.contains(text) } }
    }
}
