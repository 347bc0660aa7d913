/// When a study is taken to be complete enough for its (next) report; the `study:` part of the configuration.
package struct StudyTiming: Equatable, Sendable {
    /// Quiet time after the last instance, once no association that brought one is open.
    ///
    /// Zero: at once, that is as soon as everything received so far is classified, whoever is still
    /// connected.
    package var settle: Duration
    /// Quiet time after which an association that is still open no longer counts (a sender that never hangs up).
    package var idle: Duration
    /// The longest an instance waits for its report, whatever else is still to come or to be classified.
    package var maximumAge: Duration

    /// A timing; the defaults are those of the configuration.
    package init(
        settle: Duration = .seconds(2), idle: Duration = .seconds(30), maximumAge: Duration = .seconds(600)
    ) {
        self.settle = settle
        self.idle = idle
        self.maximumAge = maximumAge
    }

    /// How long the study must have been quiet, depending on whether a sender may have more to bring.
    package func quiet(whileAssociationOpen isOpen: Bool) -> Duration {
        // An idle time shorter than the settle time would make an open association speed a report up.
        isOpen && settle > .zero ? max(idle, settle) : settle
    }

    /// The moment a study that has something unreported becomes due.
    ///
    /// The rule in one place; stores that look for due studies by index must agree with it, and the conformance
    /// suite sees to that.
    package func due(_ study: StudyFacts) -> Timestamp {
        let overdue = study.firstUnreportedAt + maximumAge
        guard study.unclassifiedCount == 0 else { return overdue }
        return min(overdue, study.lastReceivedAt + quiet(whileAssociationOpen: study.isAssociationOpen))
    }
}

/// What ``StudyTiming`` wants to know of a study.
package struct StudyFacts: Equatable, Sendable {
    /// When its last instance was received, of any kind.
    package var lastReceivedAt: Timestamp
    /// When the first instance was received that is classified but in no report yet.
    package var firstUnreportedAt: Timestamp
    /// How many of its instances are neither classified nor skipped nor dead.
    package var unclassifiedCount: Int
    /// Whether an association that brought one of its instances is still open.
    package var isAssociationOpen: Bool

    /// The facts of one study.
    package init(
        lastReceivedAt: Timestamp, firstUnreportedAt: Timestamp, unclassifiedCount: Int,
        isAssociationOpen: Bool
    ) {
        self.lastReceivedAt = lastReceivedAt
        self.firstUnreportedAt = firstUnreportedAt
        self.unclassifiedCount = unclassifiedCount
        self.isAssociationOpen = isAssociationOpen
    }
}
