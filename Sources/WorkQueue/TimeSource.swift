internal import Glibc
internal import Locks

/// The front door for time: whoever needs to know what time it is asks one of these, so tests can decide.
package protocol TimeSource: Sendable {
    /// The present moment. Never earlier than one told before by the same source, except by a test's wish.
    func now() -> Timestamp
}

/// Real time: the wall clock is read once, and time then advances with `CLOCK_BOOTTIME`.
///
/// An administrator or an NTP daemon that steps the wall clock, backwards or into next year, neither fires nor
/// holds up a lease, a settle timer or the retention of this process. `CLOCK_BOOTTIME` and not `CLOCK_MONOTONIC`,
/// since it also counts while the machine is suspended. The price: after a step, the times shown are those of the
/// clock as it was at start until the daemon starts again. Times stored before a restart may then lie in the
/// future; ``WorkQueue/recover(now:)`` pulls them back.
package struct SystemTime: TimeSource {
    private let anchor: Timestamp
    private let anchorUptime: Int64
    private let uptime: @Sendable () -> Int64

    /// Anchors the time line to the wall clock as it is now.
    package init() {
        self.init(
            wall: { microseconds(of: CLOCK_REALTIME) }, uptime: { microseconds(of: CLOCK_BOOTTIME) })
    }

    /// Anchors the time line to a wall clock that is read once; time then advances as the other clock does. Both in
    /// microseconds.
    package init(wall: () -> Int64, uptime: @escaping @Sendable () -> Int64) {
        anchor = Timestamp(microseconds: wall())
        anchorUptime = uptime()
        self.uptime = uptime
    }

    package func now() -> Timestamp {
        Timestamp(microseconds: anchor.microseconds + (uptime() - anchorUptime))
    }
}

/// Time for tests and simulations: it stands still until told otherwise.
package final class ManualTime: TimeSource {
    private let current: Lock<Timestamp>

    /// Starts at a moment; the default is 2026-01-01 00:00:00 UTC.
    package init(_ start: Timestamp = Timestamp(microseconds: 1_767_225_600_000_000)) {
        current = Lock(start)
    }

    package func now() -> Timestamp {
        current.withLock { $0 }
    }

    /// Lets time pass; a negative duration is the step backwards that a real clock must never make.
    package func advance(by duration: Duration) {
        current.withLock { $0 = $0 + duration }
    }
}

/// What a kernel clock shows, in microseconds.
///
/// The two clocks asked for exist on every Linux since 2.6.39.
private func microseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    let status = unsafe clock_gettime(clock, &time)
    precondition(status == 0, "clock_gettime failed for clock \(clock)")
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
