// A hospital in a temporary folder: the daemon under test, and the PACS it reports to.
import Foundation
import Testing

/// A folder of its own with a configuration, ports, and whatever runs in it. Everything ends with it.
final class Hospital {
    let folder: String
    let port: Int
    let pacsPort: Int
    private(set) var daemon: Running?
    private(set) var pacs: Running?
    private var extraEnvironment: [String: String] = [:]

    /// - Parameters:
    ///   - settle: `study.settle`.
    ///   - more: lines added to the configuration's end.
    init(settle: String = "0s", dicom: String = "", destination: String = "", more: String = "") throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("glenoid-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder + "/reports", withIntermediateDirectories: true)
        port = try Program.freePort()
        pacsPort = try Program.freePort()
        let yaml = """
            dicom: {aeTitle: GLENOID, bind: 127.0.0.1, port: \(port)\(dicom)}
            spool: {folder: \(folder)/spool, reserve: 10MB}
            queue: {url: "sqlite://\(folder)/queue.sqlite"}
            study: {settle: \(settle)}
            models:
              - bundle: \(Fixtures.bundle)
                destinations: [pacs]
            destinations:
              pacs: {aeTitle: PACS, host: 127.0.0.1, port: \(pacsPort), retry: {first: 200ms, maximum: 1s}\(destination)}
            \(more)
            """
        try yaml.write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    deinit {
        daemon?.end(SIGKILL)
        pacs?.end(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    var configuration: String { folder + "/glenoid.yaml" }
    var log: String { daemon?.log ?? "" }

    /// Starts the daemon and waits until it answers an echo.
    func open(
        environment: [String: String] = [:], through wrapper: [String] = [],
        calling callingAE: String = "ECHOSCU"
    ) throws {
        let arguments = wrapper + [Program.glenoid, "serve", "--config", configuration]
        daemon = try Running(
            arguments[0], Array(arguments.dropFirst()), environment: environment,
            logPath: folder + "/daemon.log")
        let answers = try eventually(within: 60) {
            try echo(callingAE: callingAE) == 0 || daemon?.isRunning != true
        }
        try #require(answers && daemon?.isRunning == true, "the daemon did not start:\n\(log)")
    }

    func echo(calling aeTitle: String = "GLENOID", callingAE: String = "ECHOSCU") throws -> Int32 {
        let titles = ["-aec", aeTitle, "-aet", callingAE]
        return try Program.run("echoscu", titles + ["-to", "5", "127.0.0.1", "\(port)"]).status
    }

    /// Starts `storescp` as the PACS.
    func openPACS(_ options: [String] = []) throws {
        pacs = try Running(
            "storescp", options + ["-od", folder + "/reports", "\(pacsPort)"],
            logPath: folder + "/pacs.log")
        let port = pacsPort
        try #require(
            try eventually { try Program.run("echoscu", ["127.0.0.1", "\(port)"]).status == 0 }, "no PACS")
    }

    func closePACS() {
        pacs?.end(SIGKILL)
        pacs = nil
    }

    /// Stops the daemon; its exit status, or minus the signal.
    @discardableResult
    func close(_ signal: Int32 = SIGTERM) -> Int32 {
        defer { daemon = nil }
        return daemon?.end(signal) ?? 0
    }

    /// Pushes files in one association with `storescu`.
    func push(_ files: [String], _ options: [String] = []) throws -> Finished {
        try Program.run("storescu", ["-v", "-aec", "GLENOID"] + options + ["127.0.0.1", "\(port)"] + files)
    }

    /// The report files that the PACS has complete.
    var reports: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/reports")) ?? []
        return names.sorted().map { "\(folder)/reports/\($0)" }
    }

    /// Runs a command of the program on this hospital's configuration, and decodes its JSON.
    func json(_ command: [String]) throws -> Any {
        let run = try Program.run("glenoid", command + ["--config", configuration, "--json"])
        try #require(run.status == 0, "\(command): \(run.errors)")
        return try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    }
}

enum Fixtures {
    static let top = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let bundle = top + "/conf/models/shoulder-implant"
    static let phantom = top + "/Tests/Fixtures/phantom.dcm"
}
