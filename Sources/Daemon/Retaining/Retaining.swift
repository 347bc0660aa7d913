// Makes room: purges finished work by age, and sooner when the disk fills up.
import Logging
import WorkQueue

/// Removes what is finished and old enough, bounded steps at a time. Unfinished work and dead letters are never touched.
final class Retaining: LaneWork {
    /// Between two looks.
    static let interval = Duration.seconds(60)
    /// The longest a purge of one portion may honestly take.
    static let stepMax = Duration.seconds(300)

    private let queue: any WorkQueue
    private let spool: Spool
    private let time: any TimeSource
    private let configuration: LiveConfiguration
    private let logger: Logger
    private var next: Timestamp = .distantPast

    init(
        queue: any WorkQueue, spool: Spool, time: any TimeSource, configuration: LiveConfiguration,
        logger: Logger
    ) {
        self.queue = queue
        self.spool = spool
        self.time = time
        self.configuration = configuration
        self.logger = logger
    }

    func step() -> LaneStep {
        let now = time.now()
        guard next <= now else { return .rest(atMost: next - now) }
        next = now + Self.interval
        do {
            try purge(now: now)
        } catch {
            logger.error("the spool could not be purged: \(error)")
        }
        return .rest(atMost: Self.interval)
    }

    private func purge(now: Timestamp) throws {
        let settings = configuration.current.spool
        var purged = try spool.purge(queue, finishedBefore: now - settings.keepFor)
        _ = try spool.removeOrphans(olderThan: settings.keepFor)
        if try spool.space().freeBytes < settings.purgeThreshold {
            // Space before age: the longest finished goes first, and only until there is room again.
            let forced = try spool.purge(queue, finishedBefore: now) { [spool] in
                // Not knowing the space is no reason to purge more than by age.
                ((try? spool.space().freeBytes) ?? .max) >= settings.purgeThreshold
            }
            purged.instances += forced.instances
            purged.reports += forced.reports
            if try spool.space().freeBytes < settings.purgeThreshold {
                logger.warning("the spool's disk is nearly full, and nothing finished is left to purge")
            }
        }
        if purged.instances > 0 {
            logger.info("purged \(purged.instances) finished instances and \(purged.reports) reports")
            try queue.checkpoint()
        }
    }
}
