internal import Glibc

/// A lock with a condition whose waits are timed by the monotonic clock.
///
/// Foundation's `NSCondition` and libdispatch's semaphores time their waits by the wall clock on Linux: set back by
/// an hour, a wait of a second lasts an hour. It is a pthread lock also so that the thread sanitizer understands it.
@safe
final class MonotonicCondition: Sendable {
    // pthread objects must not move while threads use them, hence the allocations; they are only used through
    // pthread calls, which synchronise themselves.
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private nonisolated(unsafe) let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        var attributes = pthread_condattr_t()
        let codes = unsafe [
            pthread_mutex_init(mutex, nil),
            pthread_condattr_init(&attributes),
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC),
            pthread_cond_init(condition, &attributes),
            pthread_condattr_destroy(&attributes),
        ]
        precondition(codes.allSatisfy { $0 == 0 }, "pthread set-up failed: \(codes)")
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` with the lock held.
    func withLock<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Gives the lock up, sleeps until a broadcast or the deadline, and has the lock again. Called with the lock held;
    /// it may also wake without a reason, as any condition.
    ///
    /// - Returns: false when the deadline has come.
    func wait(until deadline: timespec) -> Bool {
        var deadline = deadline
        return unsafe pthread_cond_timedwait(condition, mutex, &deadline) != ETIMEDOUT
    }

    /// Wakes everybody who waits.
    func broadcast() {
        unsafe pthread_cond_broadcast(condition)
    }

    /// The moment so many seconds from now on the monotonic clock.
    static func deadline(seconds: Double) -> timespec {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        // A century is for ever here, and keeps the sum within its type.
        let nanoseconds = Int(min(max(seconds, 0), 3.0e9) * 1e9) + time.tv_nsec
        return timespec(
            tv_sec: time.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
    }
}
