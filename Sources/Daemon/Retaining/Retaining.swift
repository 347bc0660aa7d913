// Makes room: purges finished work by age, and sooner when the disk fills up. Also sees that no work waits for nobody.
package import Logging
package import WorkQueue

/// Removes what is finished and old enough, bounded steps at a time. Unfinished work and dead letters are never touched.
package final class Retaining: LaneWork {
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
    private var nextSpace: Timestamp = .distantPast
    private var nextWarning: Timestamp = .distantPast
    /// Whether finished work that is old enough may be left since the last look.
    private var isPurgingByAge = false
    /// What has been purged since it was last told.
    private var purged = Purge()
    /// What had too little room, if that is why some of it went before its time.
    private var purgedFor: String?

    /// Looks at everything at its first step.
    package init(
        queue: any WorkQueue, spool: Spool, time: any TimeSource, configuration: LiveConfiguration,
        logger: Logger
    ) {
        self.queue = queue
        self.spool = spool
        self.time = time
        self.configuration = configuration
        self.logger = logger
    }

    /// One portion of a purge at most: a step that took longer than the watchdog allows would end the daemon.
    package func step() -> LaneStep {
        let now = time.now()
        do {
            if next <= now {
                next = now + Self.interval
                try buryStranded(now: now)
                isPurgingByAge = true
            }
            if isPurgingByAge {
                let keepFor = configuration.current.spool.keepFor
                isPurgingByAge = try purge(finishedBefore: now - keepFor)
                if !isPurgingByAge { _ = try spool.removeOrphans(olderThan: keepFor, now: now) }
                return .again
            }
            if nextSpace <= now {
                // Set after a failure too: a disk that cannot delete is not asked all the time.
                nextSpace = now + Self.spaceInterval
                if try purgeForSpace(now: now) {
                    nextSpace = now
                    return .again
                }
            }
            try tell()
        } catch {
            isPurgingByAge = false
            logger.error("the spool could not be purged: \(error)")
        }
        return .rest(atMost: Self.spaceInterval)
    }

    private func buryStranded(now: Timestamp) throws {
        // A report that was recorded, or a delivery that was in hand, while a reload took its destination away.
        let stranded = try queue.buryDeliveries(
            toOthersThan: Set(configuration.current.destinations.keys),
            reason: "the configuration has no such destination any more", now: now)
        if stranded > 0 {
            logger.error("\(stranded) deliveries have no destination any more and are dead letters")
        }
    }

    /// Space before age: the longest finished goes first, and only until there is room again.
    ///
    /// - Returns: whether there is too little room still, and more to purge.
    private func purgeForSpace(now: Timestamp) throws -> Bool {
        guard let short = try shortage() else { return false }
        let before = purged.instances
        let isPartial = try purge(finishedBefore: now)
        if purged.instances > before { purgedFor = short }
        if isPartial { return true }
        guard let full = try shortage(), nextWarning <= now else { return false }
        logger.warning("\(full) is nearly full, and nothing finished is left to purge")
        nextWarning = now + Self.interval
        return false
    }

    /// What has too little room, if anything has.
    private func shortage() throws -> String? {
        if try spool.space().freeBytes < configuration.current.spool.purgeThreshold {
            return "the spool's disk"
        }
        return try queue.room() == .ample ? nil : "the queue"
    }

    /// - Returns: whether there may be more to purge.
    private func purge(finishedBefore moment: Timestamp) throws -> Bool {
        let portion = try spool.purge(queue, finishedBefore: moment)
        purged.instances += portion.instances
        purged.reports += portion.reports
        return portion.isPartial
    }

    private func tell() throws {
        guard purged.instances > 0 else { return }
        let reason = purgedFor.map { ", some before spool.keepFor was over: \($0) is nearly full" } ?? ""
        logger.log(
            level: purgedFor == nil ? .info : .notice,
            "purged \(purged.instances) finished instances and \(purged.reports) reports\(reason)")
        purged = Purge()
        purgedFor = nil
        try queue.checkpoint()
    }
}
