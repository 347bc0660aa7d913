internal import CKernels
import Glibc
import Locks
import Synchronization

/// Work that is cut into numbered tasks.
///
/// Make it once and run it as often as you like: nothing is allocated per run. What the tasks read, such as which image
/// it is, lies in an object that the closure holds.
package final class ParallelWork {
    /// Does one task: its number, and which of the pool's threads this is (0 the caller), for scratch memory of one's own.
    let perform: (_ task: Int, _ worker: Int) -> Void

    /// - Parameter perform: called on any of the pool's threads, each task exactly once a run.
    package init(_ perform: @escaping (_ task: Int, _ worker: Int) -> Void) { self.perform = perform }
}

/// A few threads that do one cut-up piece of work together and return when all of it is done.
///
/// The caller works too. Tasks are claimed one by one, from the front by even workers and from the back by odd ones
/// (two threads then stream through neighbouring memory), and the caller waits for *completed tasks*, not for
/// threads: a helper that the system has put aside, or that is still asleep, delays nobody.
///
/// Helpers spin for some microseconds after a run, because in a network the next one follows at once; then they sleep.
///
/// Any thread may call; runs of several callers queue up, but for those of a single task, which the caller does itself at
/// once, as worker 0: callers that share memory by worker take turns (as `Network` does). A task must not run work on the
/// same pool.
package final class ForkJoinPool: Sendable {
    /// The most threads of a pool, a bound for scratch memory.
    package static let threadCountMax = 64
    /// The most tasks of one run: they are counted in 16 bits.
    package static let taskCountMax = 0xFFFF

    /// How many threads work, the caller among them.
    package let threadCount: Int

    private let flushesSubnormals: Bool
    private let board: Board
    private let callers = Lock(())
    private let threads: [pthread_t]

    /// Starts `threadCount` − 1 helpers.
    ///
    /// - Parameters:
    ///   - flushesSubnormals: tasks take numbers below 1.2e-38 for zero, whoever does them. On Intel's cores a network whose
    ///     activations fade takes six times as long without.
    ///   - niceness: by how much the helpers give way to other threads (nice(2)), 0 to 19; the caller sees to itself.
    package init(threadCount: Int, flushesSubnormals: Bool = false, niceness: Int = 0) {
        precondition((1...Self.threadCountMax).contains(threadCount))
        self.threadCount = threadCount
        self.flushesSubnormals = flushesSubnormals
        let board = Board()
        self.board = board
        threads = (1..<threadCount).map { worker in
            let start = unsafe Unmanaged.passRetained(
                HelperStart(
                    board: board, worker: worker, flushesSubnormals: flushesSubnormals, niceness: niceness))
            var thread = pthread_t()
            let result = unsafe pthread_create(&thread, nil, helperMain, start.toOpaque())
            precondition(result == 0, "the system gives no thread: error \(result)")
            return thread
        }
    }

    deinit {
        board.stop()
        for thread in threads { _ = pthread_join(thread, nil) }
    }

    /// Runs all tasks and returns when they are done.
    ///
    /// What they wrote is visible to the caller.
    package func run(_ work: ParallelWork, taskCount: Int) {
        precondition((0...Self.taskCountMax).contains(taskCount))
        let caller = flushesSubnormals ? ck_flush_subnormals() : nil
        defer { if let caller { ck_restore_subnormals(caller) } }
        guard threadCount > 1, taskCount > 1 else {
            for task in 0..<taskCount { work.perform(task, 0) }
            return
        }
        callers.withLock { _ in board.run(work, taskCount: taskCount) }
    }

    /// The same for a closure; allocates a little, so not for what runs per image.
    package func forEach(taskCount: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
        withoutActuallyEscaping(body) { body in run(ParallelWork(body), taskCount: taskCount) }
    }
}

private final class HelperStart: Sendable {
    let board: Board
    let worker: Int
    let flushesSubnormals: Bool
    let niceness: Int
    init(board: Board, worker: Int, flushesSubnormals: Bool, niceness: Int) {
        self.board = board
        self.worker = worker
        self.flushesSubnormals = flushesSubnormals
        self.niceness = niceness
    }
}

private func helperMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { preconditionFailure("a helper starts with its argument") }
    let start = unsafe Unmanaged<HelperStart>.fromOpaque(argument).takeRetainedValue()
    if start.flushesSubnormals { _ = ck_flush_subnormals() }
    // Of this thread alone: Linux keeps niceness by thread.
    if start.niceness > 0 { _ = nice(Int32(start.niceness)) }
    start.board.help(worker: start.worker)
    return nil
}

/// Where the current run is posted.
///
/// One word holds the run's number (epoch), the first unclaimed task and the end of the unclaimed ones. A claim is a
/// compare-and-swap of that word, so a helper that slept through a run cannot claim a task of the next with the old
/// run's work in hand: it reads the word, then the work, and a swap that succeeds proves that the run is still the one.
///
/// Unchecked: every field is atomic, or the mutex and condition themselves.
@safe private final class Board: @unchecked Sendable {
    private struct Claim {
        var word: UInt64
        var epoch: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
        var low: Int { Int(word >> 16 & 0xFFFF) }
        var high: Int { Int(word & 0xFFFF) }
        init(word: UInt64) { self.word = word }
        init(epoch: UInt32, low: Int, high: Int) {
            word = UInt64(epoch) << 32 | UInt64(low) << 16 | UInt64(high)
        }
    }

    private let claim = Atomic<UInt64>(0)
    private let completed = Atomic<Int>(0)
    private let work = Atomic<UInt>(0)  // the address of the ParallelWork, alive until its run returns
    private let sleepers = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Spins before a helper sleeps, about 100 microseconds; a network's runs follow each other within two or three.
    private static let spinsBeforeSleep = 3_000
    /// Spins before the waiting caller gives its core away: another process may have put the helper aside.
    private static let spinsBeforeYield = 1_000

    init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func run(_ work: ParallelWork, taskCount: Int) {
        let address = unsafe UInt(bitPattern: Unmanaged.passUnretained(work).toOpaque())
        self.work.store(address, ordering: .relaxed)
        completed.store(0, ordering: .relaxed)
        let epoch = Claim(word: claim.load(ordering: .relaxed)).epoch &+ 1
        claim.store(Claim(epoch: epoch, low: 0, high: taskCount).word, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
        performAll(worker: 0)
        var spins = 0
        while completed.load(ordering: .acquiring) < taskCount {
            ck_spin_pause()
            spins += 1
            if spins % Self.spinsBeforeYield == 0 { sched_yield() }
        }
        withExtendedLifetime(work) {}
    }

    /// The helper's life: wait for an epoch, work, repeat.
    func help(worker: Int) {
        var seen: UInt32 = 0
        var spins = 0
        while !isStopping.load(ordering: .relaxed) {
            let epoch = Claim(word: claim.load(ordering: .relaxed)).epoch
            if epoch != seen {
                seen = epoch
                performAll(worker: worker)
                spins = 0
            } else if spins < Self.spinsBeforeSleep {
                ck_spin_pause()
                spins += 1
            } else {
                sleep(until: seen)
                spins = 0
            }
        }
    }

    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        wake()
    }

    private func performAll(worker: Int) {
        var claimed = Claim(word: claim.load(ordering: .acquiring))
        while claimed.low < claimed.high {
            let address = work.load(ordering: .relaxed)
            let takesFront = worker % 2 == 0
            let next =
                takesFront
                ? Claim(epoch: claimed.epoch, low: claimed.low + 1, high: claimed.high)
                : Claim(epoch: claimed.epoch, low: claimed.low, high: claimed.high - 1)
            let (isMine, current) = claim.compareExchange(
                expected: claimed.word, desired: next.word, ordering: .acquiringAndReleasing)
            guard isMine else {
                claimed = Claim(word: current)
                continue
            }
            let task = takesFront ? claimed.low : claimed.high - 1
            if let object = unsafe UnsafeRawPointer(bitPattern: address) {
                unsafe Unmanaged<ParallelWork>.fromOpaque(object).takeUnretainedValue()
                    .perform(task, worker)
            }
            completed.add(1, ordering: .releasing)
            claimed = Claim(word: claim.load(ordering: .acquiring))
        }
    }

    private func wake() {
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Sleeps unless a run newer than `epoch` is posted.
    ///
    /// The count of sleepers goes up before the last look at the
    /// epoch, and `run` posts the epoch before it looks at the count: one of the two sees the other.
    private func sleep(until epoch: UInt32) {
        unsafe pthread_mutex_lock(mutex)
        sleepers.add(1, ordering: .sequentiallyConsistent)
        while Claim(word: claim.load(ordering: .sequentiallyConsistent)).epoch == epoch,
            !isStopping.load(ordering: .sequentiallyConsistent)
        {
            unsafe pthread_cond_wait(condition, mutex)
        }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        unsafe pthread_mutex_unlock(mutex)
    }
}
