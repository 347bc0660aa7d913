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
    ///   - dicom: keys added to `dicom`; `spool` and `destination` likewise.
    ///   - bundle: the model's folder; nil for a node without a model.
    ///   - store: where spool and queue lie; the hospital's folder otherwise.
    ///   - other: host, port and more of a second destination.
    ///   - more: lines added to the configuration's end.
    init(
        settle: String = "0s", dicom: String = "", spool: String = "", destination: String = "",
        more: String = "", bundle: String? = Fixtures.bundle, store: String? = nil, beside other: String = ""
    ) throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("glenoid-\(UUID().uuidString)").path
        let store = store ?? folder
        try FileManager.default.createDirectory(
            atPath: folder + "/reports", withIntermediateDirectories: true)
        port = try Program.freePort()
        pacsPort = try Program.freePort()
        let yaml = """
            dicom: {aeTitle: GLENOID, bind: 127.0.0.1, port: \(port)\(dicom)}
            spool: {folder: \(store)/spool, reserve: 10MB\(spool)}
            queue: {url: "sqlite://\(store)/queue.sqlite"}
            study: {settle: \(settle)}
            models: [\(bundle.map { "{bundle: \($0), destinations: [pacs\(other.isEmpty ? "" : ", other")]}" } ?? "")]
            destinations:
              pacs: {aeTitle: PACS, host: 127.0.0.1, port: \(pacsPort), retry: {first: 200ms, maximum: 1s}\(destination)}
            \(other.isEmpty ? "" : "  other: {aeTitle: OTHER, \(other), retry: {first: 200ms, maximum: 1s}}")
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
        try launch(environment: environment, through: wrapper)
        try #require(try awaitsConnections(calling: callingAE), "the daemon did not start:\n\(log)")
    }

    /// Starts the daemon, which may well die at once.
    func launch(environment: [String: String] = [:], through wrapper: [String] = []) throws {
        let arguments = wrapper + [Program.glenoid, "serve", "--config", configuration]
        daemon = try Running(
            arguments[0], Array(arguments.dropFirst()), environment: environment,
            logPath: folder + "/daemon.log")
    }

    /// Waits until the daemon answers an echo; false if it has ended.
    func awaitsConnections(calling callingAE: String = "ECHOSCU") throws -> Bool {
        let answers = try eventually(within: 60) {
            try echo(callingAE: callingAE) == 0 || daemon?.isRunning != true
        }
        return answers && daemon?.isRunning == true
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

    /// A configuration of `storescp` with which it takes no object at all.
    func acceptingOnlyEchoes() throws -> String {
        let rules = folder + "/echoes-only.cfg"
        try """
        [[TransferSyntaxes]]
        [Plain]
        TransferSyntax1 = LittleEndianImplicit
        [[PresentationContexts]]
        [Nothing]
        PresentationContext1 = VerificationSOPClass\\Plain
        [[Profiles]]
        [Default]
        PresentationContexts = Nothing
        """.write(toFile: rules, atomically: true, encoding: .utf8)
        return rules
    }

    /// Starts `storescp` as a PACS that takes nothing but this SOP class, in DCMTK's words, and C-ECHO.
    func openPACS(accepting sopClass: String) throws {
        let rules = folder + "/pacs.cfg"
        try """
        [[TransferSyntaxes]]
        [Plain]
        TransferSyntax1 = LocalEndianExplicit
        TransferSyntax2 = LittleEndianImplicit
        [[PresentationContexts]]
        [Some]
        PresentationContext1 = \(sopClass)\\Plain
        PresentationContext2 = VerificationSOPClass\\Plain
        [[Profiles]]
        [Default]
        PresentationContexts = Some
        """.write(toFile: rules, atomically: true, encoding: .utf8)
        try openPACS(["-xf", rules, "Default"])
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

    /// The name of a folder that is not there yet.
    static func temporaryFolder() -> String { NSTemporaryDirectory() + "glenoid-\(UUID().uuidString)" }

    /// The shipped network at its smallest input side: an image takes milliseconds, and everything around it is as ever.
    static func quickBundle(in folder: String) throws -> String {
        let path = folder + "/quick-bundle"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: path + "/weights.safetensors", withDestinationPath: bundle + "/weights.safetensors")
        let data = try Data(contentsOf: URL(fileURLWithPath: bundle + "/model.json"))
        guard var model = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw CocoaError(.fileReadCorruptFile)
        }
        model["side"] = 64
        // They were taken at the side the model was trained for.
        model["familiarity"] = nil
        try JSONSerialization.data(withJSONObject: model).write(
            to: URL(fileURLWithPath: path + "/model.json"))
        return path
    }
}
