/// How much work stands where.
package struct QueueCounts: Equatable, Sendable, Codable {
    /// One kind of work by state.
    package struct States: Equatable, Sendable, Codable {
        /// Ready to be claimed, blocked deliveries and unsettled studies included.
        package var ready = 0
        /// Waiting for another attempt.
        package var deferred = 0
        /// In hand.
        package var claimed = 0
        /// Finished.
        package var done = 0
        /// Dead letters.
        package var dead = 0
        /// Dead letters thrown away.
        package var discarded = 0

        /// Nothing anywhere.
        package init() {}

        /// Work that somebody still has to do.
        package var unfinished: Int { ready + deferred + claimed }
    }

    /// Instances; done ones are either classified or skipped.
    package var instances = States()
    /// Of the done instances, those that no model looked at.
    package var skipped = 0
    /// Reports to be made, one for each study and model.
    package var reports = States()
    /// Reports made.
    package var recordedReports = 0
    /// Deliveries by destination.
    package var deliveries: [String: States] = [:]
    /// When the oldest instance that is still unclassified was received.
    package var oldestUnclassified: Timestamp?
    /// When the oldest delivery that is still unfinished was created.
    package var oldestUndelivered: Timestamp?

    /// Nothing anywhere.
    package init() {}

    /// Everything that the operator should look at.
    package var deadLetters: Int {
        instances.dead + reports.dead + deliveries.values.reduce(0) { $0 + $1.dead }
    }
}

/// One piece of work as a list shows it.
package struct WorkSummary: Equatable, Sendable, Codable {
    /// Its name.
    package var id: WorkID
    /// Where it stands.
    package var state: Work.State
    /// Study Instance UID, if known.
    package var studyInstanceUID: String?
    /// SOP Instance UID of the instance, or of the report that is delivered; none for a report yet to be made.
    package var sopInstanceUID: String?
    /// Model, for reports and deliveries.
    package var model: String?
    /// Destination, for deliveries.
    package var destination: String?
    /// Claims so far.
    package var attempts: Int
    /// Workers that vanished over it.
    package var abandonments: Int
    /// When it came into being; of a delivery that a person asked for again: when that was.
    package var createdAt: Timestamp
    /// When deferred work is due.
    package var notBefore: Timestamp?
    /// When it became done, dead or discarded.
    package var finishedAt: Timestamp?
    /// Why it waits, was skipped, is dead or was discarded; for a delivered report the destination's warning.
    package var reason: String?
    /// Where the instance or the report lies, relative to the spool folder.
    package var path: String?
}

/// Which work a list is about.
package struct WorkFilter: Equatable, Sendable {
    /// Only these kinds; empty: all.
    package var kinds: Set<WorkID.Kind>
    /// Only these states; empty: all.
    package var states: Set<Work.State>
    /// Only this destination's deliveries.
    package var destination: String?
    /// The most rows of each kind, newest last; of more, the oldest are shown.
    package var countMax: Int
    /// Only this piece of work.
    package var id: WorkID?

    /// A filter; the default is everything unfinished and every dead letter, the first thousand of each kind.
    package init(
        kinds: Set<WorkID.Kind> = [], states: Set<Work.State> = [.ready, .deferred, .claimed, .dead],
        destination: String? = nil, countMax: Int = 1000
    ) {
        self.kinds = kinds
        self.states = states
        self.destination = destination
        self.countMax = countMax
    }

    /// Every dead letter, the first thousand of each kind.
    package static let deadLetters = WorkFilter(states: [.dead])

    /// One piece of work, whatever its state.
    package static func only(_ id: WorkID) -> WorkFilter {
        var filter = WorkFilter(kinds: [id.kind], states: [])
        filter.id = id
        return filter
    }
}

/// The life of an instance, a report or a study.
package struct Explanation: Equatable, Sendable, Codable {
    /// One thing that happened, or kept happening.
    package struct Step: Equatable, Sendable, Codable {
        /// When, first.
        package var at: Timestamp
        /// When last, if the same thing happened several times.
        package var lastAt: Timestamp
        /// How often it happened.
        package var count: Int
        /// The work it happened to; none for what concerns the study as a whole.
        package var work: WorkID?
        /// SOP Instance UID of the instance or report it happened to.
        package var sopInstanceUID: String?
        /// What happened.
        package var name: EventName
        /// Reason, destination, model: what a person wants to know beyond the name.
        package var detail: String
    }

    /// What the UID asked for names.
    package enum Subject: String, Sendable, Codable {
        /// A received instance.
        case instance
        /// A study.
        case study
        /// A report this queue made.
        case report
    }

    /// What the UID names.
    package var subject: Subject
    /// The UID.
    package var uid: String
    /// Where everything concerned stands now.
    package var work: [WorkSummary]
    /// Every step, in order of time.
    package var steps: [Step]
}

/// What the event log tells.
///
/// The raw values are stored and shown and must never change their meaning.
package enum EventName: String, Sendable, Codable, CaseIterable {
    /// An instance was kept.
    case received
    /// The same instance came again; nothing was done.
    case duplicate
    /// An instance came whose UID is kept with other content.
    case conflicting
    /// A worker took it in hand.
    case claimed
    /// A model gave its result.
    case classified
    /// No model looks at it.
    case skipped
    /// An attempt failed; it will be tried again.
    case deferred
    /// Its worker vanished; it will be tried again.
    case abandoned
    /// Given up; a dead letter.
    case dead
    /// An operator had it tried again.
    case retried
    /// An operator threw it away.
    case discarded
    /// A report covers it.
    case reported
    /// A report was composed once more, the same as before.
    case unchanged
    /// A report was stored as another SOP class.
    case variant
    /// A delivery to a destination was created.
    case queued
    /// A destination has it.
    case delivered
}

/// What a start found.
package struct Recovery: Equatable, Sendable, Codable {
    /// Work whose worker had vanished and that is ready again.
    package var released = 0
    /// Work whose worker had vanished too often: new dead letters.
    package var died = 0
    /// Times that lay in the future (the clock was wrong when they were stored) and were pulled back.
    package var timesCorrected = 0

    /// A start that found nothing.
    package init() {}
}

/// What a purge removed.
///
/// The rows are gone for good; the files are the caller's to delete.
package struct Purge: Equatable, Sendable {
    /// Studies removed with all that belongs to them.
    package var studies = 0
    /// Instances removed.
    package var instances = 0
    /// Reports removed.
    package var reports = 0
    /// The files that no row names any more, relative to the spool folder.
    package var paths: [String] = []
    /// Whether there may be more to remove at once.
    package var isPartial = false

    /// Nothing removed.
    package init() {}
}

/// A file the queue relies on, as ``WorkQueue/forEachPath(_:)`` tells them.
package struct QueuedPath: Equatable, Sendable {
    /// Relative to the spool folder.
    package var path: String
    /// The work that needs it; `nil` when everything about it is finished.
    package var neededBy: WorkID?

    /// A path.
    package init(path: String, neededBy: WorkID?) {
        self.path = path
        self.neededBy = neededBy
    }
}

/// How much room a queue has for new instances.
package enum QueueRoom: Sendable {
    /// Enough.
    case ample
    /// Finished work should go before its time.
    case scarce
    /// What is kept can be finished, and nothing new is kept until finished work has gone.
    case none
}
