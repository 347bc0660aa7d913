// Queue and spool, opened together and brought together after whatever happened last time.
import Foundation
import Logging
import WorkQueue

/// The daemon's memory.
struct Store: Sendable {
    let queue: SQLiteWorkQueue
    let spool: Spool
    let time: SystemTime

    /// Opens spool and queue, takes back what the last run had in hand, and reconciles files and rows.
    init(_ settings: Configuration, configuration: LiveConfiguration, logger: Logger) throws(StartError) {
        time = SystemTime()
        do {
            try Self.makeFolder(settings.spool.folder)
            try Self.makeFolder((settings.queue.databasePath as NSString).deletingLastPathComponent)
            // First the spool: its lock keeps a second daemon away from the queue too.
            spool = try Spool(folder: settings.spool.folder) { configuration.current.spool.reserve }
        } catch {
            throw StartError("the spool \(settings.spool.folder) cannot be used: \(error)")
        }
        do {
            queue = try SQLiteWorkQueue(
                path: settings.queue.databasePath, settings: QueueSettings(settings.classification))
        } catch {
            throw StartError("the queue \(settings.queue.databasePath) cannot be used: \(error)")
        }
        do {
            try spool.join(queue)
        } catch .stranger(let reason) {
            throw StartError(
                "the spool \(settings.spool.folder) and the queue \(settings.queue.databasePath) do not belong together: "
                    + "\(reason) If one of them is lost for good: glenoid queue adopt-spool")
        } catch {
            throw StartError("the spool \(settings.spool.folder) cannot be used: \(error)")
        }
        do {
            let recovery = try queue.recover(now: time.now())
            if recovery.released > 0 {
                logger.notice("\(recovery.released) pieces of work were in hand and go on")
            }
            if recovery.died > 0 {
                logger.error("\(recovery.died) pieces of work killed their worker too often")
            }
        } catch {
            throw StartError("the queue \(settings.queue.databasePath) cannot be used: \(error)")
        }
        do {
            let sweep = try spool.sweep(queue, now: time.now())
            if sweep.orphanCount > 0 {
                logger.warning(
                    "\(sweep.orphanCount) files without a record were set aside in the spool's orphans/")
            }
            if sweep.missingFinishedCount > 0 {
                logger.warning(
                    "files of finished work that are missing from the spool: \(sweep.missingFinishedCount)"
                )
            }
            for id in sweep.missing {
                logger.error("\(id) is a dead letter: its file is missing from the spool")
            }
        } catch {
            throw StartError(
                "the spool \(settings.spool.folder) cannot be reconciled with the queue: \(error)")
        }
    }

    private static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
}

extension QueueSettings {
    /// The name of this node in the queue. One queue has one daemon as long as it is SQLite: the spool's lock sees
    /// to that.
    static let node = "daemon"

    /// The queue's limits, where the configuration has them.
    init(_ settings: ClassificationSettings) {
        self.init(node: Self.node)
        instanceLimits = WorkLimits(
            attemptsMaximum: settings.attempts, abandonmentsMaximum: instanceLimits.abandonmentsMaximum)
    }
}
