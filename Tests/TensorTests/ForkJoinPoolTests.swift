import Foundation
import Locks
import Tensor
import Testing

/// Every task exactly once, whatever the threads do.
@Suite struct ForkJoinPoolTests {
    @Test(arguments: [1, 2, 3, 8])
    func everyTaskIsDoneOnceAndBeforeTheRunReturns(threadCount: Int) {
        let pool = ForkJoinPool(threadCount: threadCount)
        for taskCount in [0, 1, 2, 3, 7, 64, 1000] {
            for _ in 0..<20 {
                let counts = Lock([Int](repeating: 0, count: taskCount))
                pool.forEach(taskCount: taskCount) { task, worker in
                    precondition((0..<threadCount).contains(worker))
                    counts.withLock { $0[task] += 1 }
                }
                #expect(counts.withLock { $0.allSatisfy { $0 == 1 } })
            }
        }
    }

    @Test func runsOfSeveralCallersQueueUp() {
        let pool = ForkJoinPool(threadCount: 3)
        let total = Lock(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<200 { pool.forEach(taskCount: 5) { task, _ in total.withLock { $0 += task } } }
        }
        #expect(total.withLock { $0 } == 4 * 200 * 10)
    }

    @Test func helpersThatSleptWakeUp() {
        let pool = ForkJoinPool(threadCount: 2)
        for _ in 0..<5 {
            Thread.sleep(forTimeInterval: 0.02)  // longer than a helper spins
            let workers = Lock(Set<Int>())
            pool.forEach(taskCount: 2) { _, worker in
                _ = workers.withLock { $0.insert(worker) }
                // The other task must be somebody else's: this one ends only when both have begun.
                while workers.withLock({ $0.count < 2 }) { usleep(100) }
            }
            #expect(workers.withLock { $0 } == [0, 1])
        }
    }

    @Test func helpersGiveWayAndTheCallerSeesToItself() {
        let pool = ForkJoinPool(threadCount: 2, niceness: 5)
        let before = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        let found = Lock([Int: Int32]())
        pool.forEach(taskCount: 2) { _, worker in
            found.withLock { $0[worker] = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }
            while found.withLock({ $0.count < 2 }) { usleep(100) }
        }
        #expect(found.withLock { $0 } == [0: before, 1: min(before + 5, 19)])
    }

    @Test(arguments: [1, 3], [false, true])
    func subnormalsAreZeroWhereThePoolSaysSoAndNowhereElse(threadCount: Int, flushes: Bool) {
        let pool = ForkJoinPool(threadCount: threadCount, flushesSubnormals: flushes)
        // Read at run time: the compiler would divide by its own rules.
        let smallest = Lock(Float.leastNormalMagnitude)
        let halves = Lock([Float](repeating: -1, count: 64))
        for taskCount in [1, 64] {
            pool.forEach(taskCount: taskCount) { task, _ in
                let half = smallest.withLock { $0 } / 2
                halves.withLock { $0[task] = half }
            }
        }
        let isFlushed = flushes && Self.canFlush
        #expect(halves.withLock { $0.allSatisfy { ($0 == 0) == isFlushed && $0 >= 0 } })
        #expect(smallest.withLock { $0 } / 2 > 0, "the caller's own arithmetic is as it was")
    }

    /// AArch64's cores lose no time on them, so nothing is changed there.
    private static var canFlush: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }
}
