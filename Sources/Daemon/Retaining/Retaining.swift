// Makes room: purges finished work by age, and sooner when the disk fills up. Also sees that no work waits for nobody.
import Logging
import WorkQueue

/// Removes what is finished and old enough, bounded steps at a time. Unfinished work and dead letters are never touched.
final class Retaining: LaneWork {
    /// Between two looks.
    static let interval = Duration.seconds(60)
    /// Between two looks at the space: a fast sender fills a gigabyte in a dozen seconds.
    static let spaceInterval = Duration.seconds(5)
    /// The longest a purge of one portion may honestly take.
    static let stepMax = Duration.seconds(300)

    private let queue: any WorkQueue
    private let spool: Spool
    private let time: any TimeSource
    private let configuration: LiveConfiguration
    private let logger: Logger
    private var next: Timestamp = .distantPast
    private var nextWarning: Timestamp = .distantPast

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
        do {
            if next <= now {
                next = now + Self.interval
                try purgeByAge(now: now)
            }
            try purgeForSpace(now: now)
        } catch {
            logger.error("the spool could not be purged: \(error)")
        }
        return .rest(atMost: Self.spaceInterval)
    }

    private func purgeByAge(now: Timestamp) throws {
        // A report that was recorded, or a delivery that was in hand, while a reload took its destination away.
        let stranded = try queue.buryDeliveries(
            toOthersThan: Set(configuration.current.destinations.keys),
            reason: "the configuration has no such destination any more", now: now)
        if stranded > 0 {
            logger.error("\(stranded) deliveries have no destination any more and are dead letters")
        }
        let keepFor = configuration.current.spool.keepFor
        let purged = try spool.purge(queue, finishedBefore: now - keepFor)
        _ = try spool.removeOrphans(olderThan: keepFor)
        try tell(purged)
    }

    /// Space before age: the longest finished goes first, and only until there is room again.
    private func purgeForSpace(now: Timestamp) throws {
        let threshold = configuration.current.spool.purgeThreshold
        guard try spool.space().freeBytes < threshold else { return }
        let purged = try spool.purge(queue, finishedBefore: now) { [spool] in
            // Not knowing the space is no reason to purge more than by age.
            ((try? spool.space().freeBytes) ?? .max) >= threshold
        }
        try tell(purged)
        guard try spool.space().freeBytes < threshold, nextWarning <= now else { return }
        logger.warning("the spool's disk is nearly full, and nothing finished is left to purge")
        nextWarning = now + Self.interval
    }

    private func tell(_ purged: Purge) throws {
        guard purged.instances > 0 else { return }
        logger.info("purged \(purged.instances) finished instances and \(purged.reports) reports")
        try queue.checkpoint()
    }
}
