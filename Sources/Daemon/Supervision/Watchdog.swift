internal import Synchronization

/// What a thread moves to show that it is not stuck.
package final class Heartbeat: Sendable {
    /// The thread's name, for the log.
    package let name: String
    private let beats = Atomic<Int>(0)
    private let limitInNanoseconds: Atomic<Int64>

    /// Creates a heartbeat that has not beaten yet.
    package init(name: String, limit: Duration) {
        self.name = name
        limitInNanoseconds = Atomic(Self.nanoseconds(limit))
    }

    /// Longest time without a beat that is still normal for it.
    package var limit: Duration { .nanoseconds(limitInNanoseconds.load(ordering: .relaxed)) }

    /// Shows that the thread moves. Costs one atomic addition; any thread may call it.
    package func beat() {
        beats.wrappingAdd(1, ordering: .relaxed)
    }

    /// The same, with another limit from now on: a reload may have changed what is normal.
    package func beat(limit: Duration) {
        limitInNanoseconds.store(Self.nanoseconds(limit), ordering: .relaxed)
        beat()
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 { Int64(duration / .nanoseconds(1)) }

    /// How often it has beaten.
    var count: Int { beats.load(ordering: .relaxed) }
}

/// Decides whether the daemon lives: whether every heartbeat moved within its own limit.
///
/// A value that only compares counts and instants, so tests can play hours in no time. The instants are those of a
/// clock that stands still while the machine sleeps, as systemd's own watchdog does.
package struct Watchdog: Sendable {
    /// What was last seen of a heartbeat.
    private struct Watched {
        let heartbeat: Heartbeat
        var count: Int
        var movedAt: SuspendingClock.Instant
    }

    private var watched: [Watched] = []

    /// Creates a watchdog that watches nothing.
    package init() {}

    /// Watches a heartbeat; its limit runs from now.
    package mutating func watch(_ heartbeat: Heartbeat, now: SuspendingClock.Instant) {
        watched.append(Watched(heartbeat: heartbeat, count: heartbeat.count, movedAt: now))
    }

    /// Watches a heartbeat no longer, because its thread ended as it should.
    package mutating func forget(_ heartbeat: Heartbeat) {
        watched.removeAll { $0.heartbeat === heartbeat }
    }

    /// The heartbeats that have stood still longer than they may.
    package mutating func stalled(now: SuspendingClock.Instant) -> [Heartbeat] {
        for index in watched.indices {
            let count = watched[index].heartbeat.count
            if count != watched[index].count {
                watched[index].count = count
                watched[index].movedAt = now
            }
        }
        return watched.filter { now - $0.movedAt > $0.heartbeat.limit }.map(\.heartbeat)
    }
}
