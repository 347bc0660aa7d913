// Runs other programs: our own as its users run it, and DCMTK's tools as the PACS around it.
import Foundation

/// A program that ran to its end.
struct Finished {
    let status: Int32
    let output: String
    let errors: String
}

/// A program that is running; the test that starts it ends it.
final class Running {
    let process: Process
    let logPath: String

    /// Starts a program; standard output and error go to `logPath` together.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], logPath: String)
        throws
    {
        process = Process()
        process.executableURL = URL(fileURLWithPath: Program.find(executable))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if !FileManager.default.fileExists(atPath: logPath) {
            try Data().write(to: URL(fileURLWithPath: logPath))
        }
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        try log.seekToEnd()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = log
        process.standardError = log
        self.logPath = logPath
        try process.run()
    }

    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// Sends a signal and waits for the end; the exit status, or minus the signal that ended it.
    @discardableResult
    func end(_ signal: Int32 = SIGTERM) -> Int32 {
        if process.isRunning { kill(process.processIdentifier, signal) }
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
            ? -process.terminationStatus : process.terminationStatus
    }

    deinit {
        if process.isRunning { end(SIGKILL) }
    }
}

enum Program {
    /// The program under test, built beside the test bundle.
    static var glenoid: String {
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
    static func run(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws
        -> Finished
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: find(executable))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: a full pipe would stop the program, and two pipes cannot be read by turns.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "glenoid-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["output", "errors"].map { folder.appendingPathComponent($0) }
        for path in paths { try Data().write(to: path) }
        process.standardOutput = try FileHandle(forWritingTo: paths[0])
        process.standardError = try FileHandle(forWritingTo: paths[1])
        try process.run()
        process.waitUntilExit()
        let status =
            process.terminationReason == .uncaughtSignal
            ? -process.terminationStatus : process.terminationStatus
        return Finished(
            status: status, output: String(decoding: try Data(contentsOf: paths[0]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: paths[1]), as: UTF8.self))
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
