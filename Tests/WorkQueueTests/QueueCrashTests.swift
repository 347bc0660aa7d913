import Foundation
import Glibc
import Testing
import WorkQueue

/// Processes that die by SIGKILL in the midst of their work, and what the next one finds.
@Suite struct QueueCrashTests {
    /// A folder that outlives the processes of one test.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "crash-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                print("cannot remove \(folder.path): \(error)")
            }
        }
        try await body(folder.path)
    }

    @Test(arguments: ["queue.commit:kill:40", "queue.committed:kill:40", "queue.commit:kill:3", "random"])
    func whatWasAcknowledgedIsThereAfterAKill(fault: String) async throws {
        try await withFolder { folder in
            for _ in 1...(fault == "random" ? 5 : 1) {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [folder = folder as String, fault = fault as String] in
                    try Victim(folder).keepUntilKilled(by: fault)
                }
            }
            let queue = try SQLiteWorkQueue(
                path: folder + "/queue.sqlite", settings: QueueSettings(node: "here"))
            let acknowledged = try Victim(folder).acknowledged()
            let kept = Set(try queue.list(WorkFilter(states: [], countMax: 1_000_000)).map(\.sopInstanceUID))
            #expect(acknowledged.allSatisfy { kept.contains($0) }, "an acknowledged instance was lost")
            #expect(fault == "random" || !kept.isEmpty)
            // At most what was in flight came without its acknowledgement.
            #expect(kept.count - acknowledged.count <= 4 * 5)
            #expect(try queue.counts().instances.unfinished == kept.count)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 8, 13, 21, 34])
    func theStudyIsConsistentWhereverTheWorkersDied(hit: Int) async throws {
        try await withFolder { folder in
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [folder = folder as String, hit = hit as Int] in
                try Victim(folder).workUntilKilled(by: "queue.commit:kill:\(hit)")
            }
            let victim = Victim(folder)
            let delivered = try victim.workToTheEnd()
            // Every image is in the last report, and every report came before its successor.
            #expect(delivered.last == Victim.images)
            #expect(delivered == delivered.sorted())
        }
    }
}

/// What happens inside the processes that are killed.
struct Victim {
    static let images = 6
    private let folder: String
    private var acknowledgements: String { folder + "/acknowledged" }
    private let now = ManualTime().now()

    init(_ folder: String) { self.folder = folder }

    private func open() throws -> SQLiteWorkQueue {
        try SQLiteWorkQueue(path: folder + "/queue.sqlite", settings: QueueSettings(node: "here"))
    }

    private func instance(_ uid: String) -> ReceivedInstance {
        ReceivedInstance(
            sopInstanceUID: uid, sopClassUID: "1.2", studyInstanceUID: "study", transferSyntaxUID: "1.2",
            digest: uid, byteCount: 1, path: uid, callingAE: "MODALITY", peerAddress: "10.0.0.1",
            association: "a")
    }

    /// Arms a fault point in this process, before anything has asked for one.
    private static func arm(_ fault: String) {
        _ = unsafe setenv("GLENOID_FAULT", fault, 1)
    }

    /// UIDs whose senders were told success, as senders remember them.
    func acknowledged() throws -> [String?] {
        guard let text = FileManager.default.contents(atPath: acknowledgements) else { return [] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Four associations keep instances until the process dies at the fault point, or at a random moment.
    func keepUntilKilled(by fault: String) throws {
        if fault != "random" { Self.arm(fault) }
        let queue = try open()
        // Appending by write(2) survives a kill at once, as a sender's memory would.
        let log = unsafe Glibc.open(acknowledgements, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let run = UUID().uuidString
        if fault == "random" {
            Thread.detachNewThread {
                usleep(.random(in: 20_000...150_000))
                kill(getpid(), SIGKILL)
            }
        }
        DispatchQueue.concurrentPerform(iterations: 4) { caller in
            for number in 0... {
                let uid = "\(run).\(caller).\(number)"
                guard (try? queue.keep(instance(uid), now: now)) != nil else { return }
                let line = Array((uid + "\n").utf8)
                _ = unsafe line.withUnsafeBytes { unsafe write(log, $0.baseAddress, $0.count) }
            }
        }
    }

    /// Images come in one by one and go all the way, until the process dies.
    func workUntilKilled(by fault: String) throws {
        Self.arm(fault)
        _ = try workToTheEnd()
        // More commits, for a point that was not reached: the test must see the kill.
        let queue = try open()
        for number in 0... { _ = try queue.keep(instance("extra \(number)"), now: now) }
    }

    /// Does what is left to do.
    ///
    /// - Returns: how many images each report covers that was delivered now, in order.
    func workToTheEnd() throws -> [Int] {
        let queue = try open()
        _ = try queue.recover(now: now)
        var delivered: [Int] = []
        for number in 1...Self.images {
            _ = try queue.keep(instance("image \(number)"), now: now)
            delivered += try work(queue)
        }
        return delivered
    }

    private func work(_ queue: SQLiteWorkQueue) throws -> [Int] {
        let timing = StudyTiming(settle: .zero)
        var delivered: [Int] = []
        while let claim = try queue.claimInstances(max: 1, lease: .seconds(60), now: now).first {
            try queue.finish(claim, .classified([ModelResult(model: "m", json: "{}")]), now: now)
        }
        while let claim = try queue.claimReport(timing: timing, lease: .seconds(60), now: now) {
            let digests = claim.contents.instances.map(\.instance.digest)
            let file = ReportFile(
                sopInstanceUID: digests.joined(separator: "+"), sopClassUID: "3D", path: "r\(digests.count)",
                byteCount: 1)
            _ = try queue.record(file, for: claim, destinations: ["pacs"], now: now)
        }
        while let claim = try queue.claimDelivery(destination: "pacs", lease: .seconds(60), now: now) {
            try queue.finish(claim, .delivered(claim.report.files[0], warning: nil), now: now)
            delivered.append(claim.report.files[0].sopInstanceUID.split(separator: "+").count)
        }
        return delivered
    }
}
