/// The three rooms of waiting workers.
package struct QueueTopics: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// An instance became ready, deferred or finished.
    package static let instances = QueueTopics(rawValue: 1)
    /// A study got news, became quiet or lost an open association.
    package static let reports = QueueTopics(rawValue: 2)
    /// A delivery became ready or deferred.
    package static let deliveries = QueueTopics(rawValue: 4)
    /// Everything.
    package static let all: QueueTopics = [.instances, .reports, .deliveries]
}

/// Wakes workers of this process when the queue has changed.
///
/// Changes by another process (`glenoid queue retry`) are not seen here; workers therefore never wait longer
/// than ``pollSecondsMax``.
///
/// A worker reads ``generation(of:)``, looks for work, and if it finds none waits for the generation to move on: a
/// change between the look and the wait is not missed.
package final class ChangeSignal: @unchecked Sendable {
    // Unchecked: `generations` is only touched with `condition` locked.
    private let condition = MonotonicCondition()
    private var generations: [UInt64] = [0, 0, 0]

    /// The longest a worker should sleep before it looks by itself: how late a change by another process is seen.
    package static let pollSecondsMax = 2.0

    /// A signal that nobody waits for yet.
    package init() {}

    /// A number that grows with every change to any of the topics.
    package func generation(of topics: QueueTopics) -> UInt64 {
        condition.withLock { sum(topics) }
    }

    /// Blocks until one of the topics has changed since the generation was read, or the time is up, or
    /// ``announce(_:)`` was called with it since.
    ///
    /// - Returns: whether there was a change.
    @discardableResult
    package func wait(for topics: QueueTopics, after generation: UInt64, seconds: Double) -> Bool {
        let deadline = MonotonicCondition.deadline(seconds: seconds)
        return condition.withLock {
            while sum(topics) == generation {
                guard condition.wait(until: deadline) else { return sum(topics) != generation }
            }
            return true
        }
    }

    /// Wakes everybody who waits for one of the topics; also how a shutdown gets its workers out of their sleep.
    package func announce(_ topics: QueueTopics) {
        guard !topics.isEmpty else { return }
        condition.withLock {
            for bit in generations.indices where topics.rawValue & (1 << bit) != 0 { generations[bit] += 1 }
            condition.broadcast()
        }
    }

    private func sum(_ topics: QueueTopics) -> UInt64 {
        var sum: UInt64 = 0
        for bit in generations.indices where topics.rawValue & (1 << bit) != 0 { sum += generations[bit] }
        return sum
    }
}
