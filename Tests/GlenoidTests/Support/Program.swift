// Runs other programs: our own as its users run it, and DCMTK's tools as the PACS around it.
import Foundation

/// A program that ran to its end.
struct Finished {
    let status: Int32
    let output: String
    let errors: String
}

/// A program that is running; the test that starts it ends it.
///
/// Started with posix_spawn(3) and awaited with waitpid(2): Foundation's `Process` notices a child's end by a descriptor
/// that other children may have inherited, and then waits for those too.
final class Running {
    let processIdentifier: pid_t
    let logPath: String
    private var ended: Int32?

    /// Starts a program; standard output and error go to `logPath` together, or the errors to `errorPath`.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], logPath: String,
        errorPath: String? = nil
    ) throws {
        self.logPath = logPath
        let path = Program.find(executable)
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // Threads of libdispatch block every signal, and a child would inherit that: SIGTERM would never reach it.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let append = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, logPath, append, 0o600)
        if let errorPath {
            unsafe posix_spawn_file_actions_addopen(&actions, 2, errorPath, append, 0o600)
        } else {
            unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        // The copies live until after the call, which copies them itself into the new process.
        let argv = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        let envp = unsafe merged.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var identifier = pid_t()
        let code = unsafe posix_spawn(&identifier, path, &actions, &attributes, argv, envp)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        processIdentifier = identifier
    }

    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// Whether it has not ended yet.
    var isRunning: Bool { status(WNOHANG) == nil }

    /// Waits for the end; the exit status, or minus the signal that ended it.
    @discardableResult
    func wait() -> Int32 { status(0) ?? -1 }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(_ signal: Int32 = SIGTERM) -> Int32 {
        if isRunning { kill(processIdentifier, signal) }
        return wait()
    }

    private func status(_ options: Int32) -> Int32? {
        if let ended { return ended }
        var status: Int32 = 0
        guard unsafe waitpid(processIdentifier, &status, options) == processIdentifier else { return nil }
        let signal = status & 0x7F
        ended = signal == 0 ? (status >> 8) & 0xFF : -signal
        return ended
    }

    deinit {
        if isRunning { end(SIGKILL) }
    }
}

enum Program {
    /// The program under test, built beside the test bundle.
    ///
    /// `PROGRAM` in the environment names another one: long runs with tests of a debug build use the release.
    static var glenoid: String {
        if let other = ProcessInfo.processInfo.environment["PROGRAM"] { return other }
        // The test runner lies in the build folder, or is handed the bundle that lies there.
        let candidates = [CommandLine.arguments[0], Bundle.main.executablePath ?? ""] + CommandLine.arguments
        for path in candidates {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            let program = folder.appendingPathComponent("glenoid").path
            if FileManager.default.isExecutableFile(atPath: program) { return program }
        }
        preconditionFailure(
            "glenoid is not beside the tests: run 'swift build' first; looked beside \(candidates)")
    }

    /// The full path of a program; a missing one stops the tests with what to install.
    static func find(_ name: String) -> String {
        if name == "glenoid" { return glenoid }
        if name.contains("/") { return name }
        for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
            let path = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        preconditionFailure("'\(name)' is not installed: run 'make setup'")
    }

    /// Runs a program to its end.
    static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Finished {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "glenoid-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["output", "errors"].map { folder.appendingPathComponent($0).path }
        // Files, not pipes: a full pipe would stop the program, and two pipes cannot be read by turns.
        let process = try Running(
            executable, arguments, environment: environment, logPath: paths[0], errorPath: paths[1])
        let status = process.wait()
        return Finished(
            status: status, output: process.log,
            errors: (try? String(contentsOfFile: paths[1], encoding: .utf8)) ?? "")
    }

    /// A TCP port that nothing listens on. Another program may take it before it is used; tests use it at once.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard code == 0 else { throw POSIXError(.EADDRINUSE) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Waits until `condition` holds; false after `seconds`.
func eventually(within seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
        if try condition() { return true }
        Thread.sleep(forTimeInterval: 0.02)
    } while ContinuousClock.now < end
    return try condition()
}
