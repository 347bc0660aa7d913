import Daemon
import Foundation
import Testing
import WorkQueue

/// A spool on a simulated disk with a real queue in a temporary folder.
final class SpoolBench {
    let folder: URL
    let disk = SimulatedDisk()
    let time = ManualTime()
    private(set) var queue: any WorkQueue
    private(set) var spool: Spool

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "spool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        queue = try Self.openQueue(folder)
        spool = try Spool(folder: "/spool", reserveBytes: { 1000 }, disk: disk)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("cannot remove \(folder.path): \(error)")
        }
    }

    private static func openQueue(
        _ folder: URL, _ settings: QueueSettings = QueueSettings(node: "here")
    ) throws -> any WorkQueue {
        try SQLiteWorkQueue(path: folder.appending(path: "queue.sqlite").path, settings: settings)
    }

    /// The same queue with another largest size.
    func reopenQueue(databaseBytesMax: Int64) throws {
        var settings = QueueSettings(node: "here")
        settings.databaseBytesMax = databaseBytesMax
        queue = try Self.openQueue(folder, settings)
    }

    /// The process dies, perhaps with the machine, and starts again.
    func restart(powerLost: Bool) throws -> Sweep {
        if powerLost { disk.losePower() } else { disk.killProcess() }
        queue = try Self.openQueue(folder)
        spool = try Spool(folder: "/spool", reserveBytes: { 1000 }, disk: disk)
        _ = try queue.recover(now: time.now())
        return try spool.sweep(queue, now: time.now())
    }

    static func instance(_ uid: String, digest: String) -> ReceivedInstance {
        ReceivedInstance(
            sopInstanceUID: uid, sopClassUID: "1.2.840.10008.5.1.4.1.1.1.1", studyInstanceUID: "1.2",
            transferSyntaxUID: "1.2.840.10008.1.2.1", digest: digest, byteCount: 0, path: "",
            callingAE: "MODALITY", peerAddress: "10.0.0.1", association: "a1")
    }

    /// What an association does with one image.
    func receive(_ uid: String, _ content: String = "pixels", digest: String = "ab12") throws -> KeepOutcome {
        let incoming = try spool.makeIncomingPath()
        disk.receive(Array(content.utf8), at: incoming)
        return try spool.keep(
            incoming: incoming, as: Self.instance(uid, digest: digest), in: queue, now: time.now())
    }

    func claimReport() throws -> ReportClaim {
        while let claim = try queue.claimInstances(max: 1, lease: .seconds(60), now: time.now()).first {
            try queue.finish(claim, .classified([ModelResult(model: "m", json: "{}")]), now: time.now())
        }
        time.advance(by: .seconds(60))
        return try #require(
            try queue.claimReport(timing: StudyTiming(), lease: .seconds(60), now: time.now()))
    }

    func record(_ claim: ReportClaim, uid: String = "2.25.7") throws -> RecordOutcome {
        try spool.record(
            [1, 2, 3], sopInstanceUID: uid, sopClassUID: "3D", for: claim, destinations: ["pacs"], in: queue,
            now: time.now())
    }

    /// Files in a folder of the spool.
    func files(_ name: String) -> [String] {
        disk.files.filter { $0.hasPrefix("/spool/\(name)/") }.sorted()
    }
}
