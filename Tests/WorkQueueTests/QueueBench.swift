import Foundation
import Testing
import WorkQueue

/// Every implementation of the queue; each must pass the whole conformance suite.
enum Implementation: CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite

    var testDescription: String { "SQLite" }

    /// Opens the queue that lives in a folder, creating it if need be.
    func open(_ folder: URL, settings: QueueSettings) throws -> any WorkQueue {
        switch self {
        case .sqlite:
            try SQLiteWorkQueue(path: folder.appending(path: "queue.sqlite").path, settings: settings)
        }
    }
}

/// A queue in a temporary folder, with a clock that the test moves, and short words for what tests do most.
final class QueueBench {
    let implementation: Implementation
    let folder: URL
    let time = ManualTime()
    var settings = QueueSettings(node: "here")
    var timing = StudyTiming(settle: .seconds(2), idle: .seconds(30), maximumAge: .seconds(600))
    private(set) var queue: any WorkQueue
    private var fileCount = 0

    static let minute = Duration.seconds(60)

    init(_ implementation: Implementation) throws {
        self.implementation = implementation
        folder = FileManager.default.temporaryDirectory.appending(path: "queue-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        queue = try implementation.open(folder, settings: settings)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("cannot remove \(folder.path): \(error)")
        }
    }

    var now: Timestamp { time.now() }

    /// The process dies and starts again, as another node if a name is given.
    func restart(as node: String = "here") throws {
        settings.node = node
        queue = try implementation.open(folder, settings: settings)
    }

    /// A second process on the same queue.
    func neighbour(_ node: String = "there") throws -> any WorkQueue {
        var settings = settings
        settings.node = node
        return try implementation.open(folder, settings: settings)
    }

    func instance(
        _ uid: String, study: String? = "study", digest: String? = nil, from callingAE: String = "MODALITY",
        association: String = "a1"
    ) -> ReceivedInstance {
        fileCount += 1
        return ReceivedInstance(
            sopInstanceUID: uid, sopClassUID: "1.2.840.10008.5.1.4.1.1.1.1", studyInstanceUID: study,
            transferSyntaxUID: "1.2.840.10008.1.2.1", digest: digest ?? "digest of \(uid)",
            byteCount: 7_500_000,
            path: "instances/\(fileCount)", callingAE: callingAE, peerAddress: "10.0.0.1",
            association: association)
    }

    @discardableResult
    func keep(
        _ uid: String, study: String? = "study", digest: String? = nil, from callingAE: String = "MODALITY",
        association: String = "a1"
    ) throws -> KeepOutcome {
        try queue.keep(
            instance(uid, study: study, digest: digest, from: callingAE, association: association), now: now)
    }

    func hangUp(_ association: String = "a1") throws {
        try queue.associationEnded(association, now: now)
    }

    func claim(_ countMax: Int = 1) throws -> [InstanceClaim] {
        try queue.claimInstances(max: countMax, lease: Self.minute, now: now)
    }

    /// Claims one instance, which must be there.
    func claimOne(_ location: SourceLocation = #_sourceLocation) throws -> InstanceClaim {
        try #require(try claim().first, "nothing to claim", sourceLocation: location)
    }

    func classify(_ claim: InstanceClaim, by models: [String] = ["m"], says text: String = "") throws {
        let results = models.map {
            ModelResult(model: $0, json: text.isEmpty ? "result of \(claim.instance.digest)" : text)
        }
        try queue.finish(claim, .classified(results), now: now)
    }

    /// Claims and classifies whatever is ready.
    func classifyAll(by models: [String] = ["m"]) throws {
        while let claim = try claim().first { try classify(claim, by: models) }
    }

    func claimReport() throws -> ReportClaim? {
        try queue.claimReport(timing: timing, lease: Self.minute, now: now)
    }

    func claimOneReport(_ location: SourceLocation = #_sourceLocation) throws -> ReportClaim {
        try #require(try claimReport(), "no report is due", sourceLocation: location)
    }

    /// The report a composer would make: its UID derives from what it says.
    func file(for contents: ReportContents) -> ReportFile {
        let uid = "report on \(contents.instances.map(\.instance.digest).joined(separator: " and "))"
        return ReportFile(
            sopInstanceUID: uid + " by \(contents.model)", sopClassUID: "3D", path: "reports/\(uid)",
            byteCount: 9000)
    }

    @discardableResult
    func record(_ claim: ReportClaim, to destinations: [String] = ["pacs"]) throws -> RecordOutcome {
        try queue.record(file(for: claim.contents), for: claim, destinations: destinations, now: now)
    }

    /// Claims and records the report that is due.
    @discardableResult
    func report(
        to destinations: [String] = ["pacs"], _ location: SourceLocation = #_sourceLocation
    ) throws -> ReportClaim {
        let claim = try claimOneReport(location)
        try record(claim, to: destinations)
        return claim
    }

    func claimDelivery(_ destination: String = "pacs") throws -> DeliveryClaim? {
        try queue.claimDelivery(destination: destination, lease: Self.minute, now: now)
    }

    /// Claims a delivery and finishes it well.
    @discardableResult
    func deliver(
        _ destination: String = "pacs", warning: String? = nil, _ location: SourceLocation = #_sourceLocation
    ) throws -> DeliveryClaim {
        let claim = try #require(
            try claimDelivery(destination), "nothing to deliver", sourceLocation: location)
        let file = try #require(claim.report.files.first, sourceLocation: location)
        try queue.finish(claim, .delivered(file, warning: warning), now: now)
        return claim
    }

    /// Brings one image from the sender to the destination.
    func runThrough(_ uid: String, study: String = "study") throws {
        try keep(uid, study: study)
        try hangUp()
        try classifyAll()
        time.advance(by: timing.settle)
        try report()
        try deliver()
    }

    /// What the machine of one piece of work stands at, as lists show it.
    func summary(_ id: WorkID) throws -> WorkSummary {
        try #require(try queue.list(.only(id)).first)
    }

    /// Names of all steps of a UID, `duplicate×3` for repetitions.
    func steps(_ uid: String) throws -> [String] {
        try #require(try queue.explain(uid)).steps.map { step in
            step.count == 1 ? step.name.rawValue : "\(step.name.rawValue)×\(step.count)"
        }
    }
}

extension KeepOutcome {
    /// The work that has the content.
    var id: WorkID {
        switch self {
        case .new(let id), .conflicting(let id), .duplicate(of: let id), .revived(let id, _): id
        }
    }
}
