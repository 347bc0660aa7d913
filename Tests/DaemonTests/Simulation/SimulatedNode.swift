import Daemon
import Foundation
import WorkQueue

/// What one process after the other has open: the real spool on a simulated disk, the real queue between faults.
final class SimulatedNode {
    private let folder: URL
    private let disk: SimulatedDisk
    private let faults: SimulatedFaults
    private let clocks: SimulatedClocks
    private(set) var queue: any WorkQueue
    private(set) var spool: Spool
    private var time: SystemTime

    /// In memory where the machine has such a folder: thousands of lives would wait for the disk otherwise.
    static let memoryFolder =
        FileManager.default.isWritableFile(atPath: "/dev/shm")
        ? URL(filePath: "/dev/shm") : FileManager.default.temporaryDirectory

    init(
        _ folder: URL, _ disk: SimulatedDisk, _ faults: SimulatedFaults, _ clocks: SimulatedClocks
    ) throws {
        (self.folder, self.disk, self.faults, self.clocks) = (folder, disk, faults, clocks)
        queue = try Self.openQueue(folder, faults)
        spool = try Self.openSpool(disk)
        time = clocks.makeTime()
        try spool.join(queue)
        disk.onCall { [faults] in faults.disk($0, $1) }
    }

    /// The present moment, as this process takes it.
    var now: Timestamp { time.now() }

    private static func openQueue(_ folder: URL, _ faults: SimulatedFaults) throws -> any WorkQueue {
        FaultyQueue(
            try SQLiteWorkQueue(
                path: folder.appending(path: "queue.sqlite").path, settings: QueueSettings(node: "here")),
            faults)
    }

    private static func openSpool(_ disk: SimulatedDisk) throws -> Spool {
        try Spool(folder: "/spool", reserveBytes: { 1000 }, disk: disk)
    }

    /// A new process takes over, as `Store` does it.
    func restart() throws -> Sweep {
        queue = try Self.openQueue(folder, faults)
        spool = try Self.openSpool(disk)
        time = clocks.makeTime()
        try spool.join(queue)
        _ = try queue.recover(now: now)
        return try spool.sweep(queue, now: now)
    }

    /// Work that waits or is in hand, and dead letters.
    func openWork() throws -> Int {
        let counts = try queue.counts()
        let deliveries = counts.deliveries.values.reduce(0) { $0 + $1.unfinished }
        return counts.instances.unfinished + counts.reports.unfinished + deliveries + counts.deadLetters
    }
}
