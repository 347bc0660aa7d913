import Daemon
import Foundation
import GRDB
import Testing
import WorkQueue

/// Spool and queue know each other, and neither starts work with a stranger.
@Suite struct SpoolIdentityTests {
    /// The text of the refusal, or nil.
    private func refusal(_ spool: Spool, _ queue: any WorkQueue) throws -> String? {
        do throws(SpoolError) {
            try spool.join(queue)
            return nil
        } catch .stranger(let reason) {
            return reason
        }
    }

    private func emptySpool() throws -> Spool {
        try Spool(folder: "/spool", reserveBytes: { 1000 }, disk: SimulatedDisk())
    }

    @Test func aPairThatMetKnowsEachOther() throws {
        let bench = try SpoolBench()
        try bench.spool.join(bench.queue)
        _ = try bench.receive("1.2.3")
        for _ in 0..<2 {
            #expect(try bench.restart(powerLost: true) == Sweep())
            try bench.spool.join(bench.queue)
        }
        #expect(bench.disk.files.filter { $0.contains("identity") } == ["/spool/identity"])
    }

    @Test func aDiskThatIsNotMountedIsAStranger() throws {
        let bench = try SpoolBench()
        try bench.spool.join(bench.queue)
        // Even where nothing waits: what is received now would be hidden once the disk is mounted.
        #expect(try refusal(emptySpool(), bench.queue)?.contains("Is the spool's disk mounted?") == true)
        let unmounted = try SpoolBench()
        #expect(
            try refusal(bench.spool, unmounted.queue)?.contains("Is the queue's disk mounted?") == true)
        try unmounted.spool.join(unmounted.queue)
        #expect(
            try refusal(bench.spool, unmounted.queue)
                == "the spool is another queue's. Is the right disk mounted?")
        try bench.spool.join(bench.queue)
    }

    /// Whatever fails or dies while they get to know each other, the next start makes them a pair.
    @Test func aMeetingThatIsInterruptedIsEndedByTheNextStart() throws {
        for powerIsLost in [false, true] {
            for call in 1... {
                let bench = try SpoolBench()
                var calls = 0
                bench.disk.onCall { operation, path in
                    calls += path.hasPrefix("/spool") ? 1 : 0
                    return calls == call ? .full : nil
                }
                let isInterrupted = (try? bench.spool.join(bench.queue)) == nil
                bench.disk.onCall { _, _ in nil }
                _ = try bench.restart(powerLost: powerIsLost)
                try bench.spool.join(bench.queue)
                _ = try bench.restart(powerLost: true)
                try bench.spool.join(bench.queue)
                guard isInterrupted else { break }
            }
        }
    }

    @Test func anAdoptionThatIsInterruptedIsEndedByTheNextStart() throws {
        let bench = try SpoolBench()
        try bench.spool.join(bench.queue)
        _ = try bench.receive("1.2.3")
        bench.disk.onCall { operation, path in
            operation == "rename" && path.hasSuffix("/identity") ? .full : nil
        }
        #expect(throws: SpoolError.full) { try bench.spool.adopt(bench.queue) }
        bench.disk.onCall { _, _ in nil }
        _ = try bench.restart(powerLost: true)
        try bench.spool.join(bench.queue)
        #expect(bench.disk.files.filter { $0.contains("identity") } == ["/spool/identity"])
    }

    @Test func aMeetingWhoseCommitFailsIsBegunAgain() throws {
        let bench = try SpoolBench()
        #expect(throws: SpoolError.queue(.full)) { try bench.spool.join(FailingQueue(.full)) }
        #expect(!bench.disk.files.contains("/spool/identity"))
        try bench.spool.join(bench.queue)
    }

    /// Queue and spool of a version that gave no names.
    private func oldPair(_ images: Int) throws -> SpoolBench {
        let bench = try SpoolBench()
        for number in 0..<images { _ = try bench.receive("1.2.\(number)", digest: "a\(number)") }
        let file = try DatabaseQueue(path: bench.folder.appending(path: "queue.sqlite").path)
        try file.write { db in
            try db.execute(sql: "DROP TABLE spool; DELETE FROM grdb_migrations WHERE identifier = '2'")
        }
        _ = try bench.restart(powerLost: false)
        return bench
    }

    @Test func aPairOfAnOlderVersionStaysAPair() throws {
        let bench = try oldPair(1)
        try bench.spool.join(bench.queue)
        #expect(try bench.queue.counts().instances.ready == 1 && bench.disk.files.count == 2)
    }

    @Test func halfOfAPairOfAnOlderVersionIsRefused() throws {
        let bench = try oldPair(1)
        #expect(try refusal(emptySpool(), bench.queue)?.contains("has none at all") == true)
        #expect(try refusal(bench.spool, SpoolBench().queue)?.contains("knows none at all") == true)
        #expect(try refusal(bench.spool, bench.queue) == nil)
    }

    @Test func theOperatorCanMakeAPair() throws {
        let (lost, bench) = (try SpoolBench(), try SpoolBench())
        try lost.spool.join(lost.queue)
        try bench.spool.join(bench.queue)
        _ = try bench.receive("1.2.3")
        try bench.spool.adopt(lost.queue)
        try bench.spool.join(lost.queue)
        #expect(try bench.spool.sweep(lost.queue, now: lost.time.now()).orphanCount == 1)
        // The lost ones are strangers should they turn up again.
        #expect(try refusal(bench.spool, bench.queue) != nil)
        #expect(try refusal(lost.spool, lost.queue) != nil)
    }
}
