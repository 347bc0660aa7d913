import Daemon
import Foundation
import Testing
import WorkQueue

@Suite struct SpoolSweepTests {
    @Test func aFileWithoutARowIsSetAsideAndDeletedInTime() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        bench.disk.receive([1], at: "/spool/instances/00/stray.dcm")
        bench.disk.receive([1], at: "/spool/reports/stray2.dcm")
        let sweep = try bench.restart(powerLost: false)
        #expect(sweep.orphanCount == 2 && sweep.missing.isEmpty)
        #expect(bench.files("orphans") == ["/spool/orphans/stray.dcm", "/spool/orphans/stray2.dcm"])
        bench.time.advance(by: .seconds(3600))
        let now = bench.time.now()
        #expect(try bench.spool.removeOrphans(olderThan: .seconds(7200), now: now) == 0)
        #expect(try bench.spool.removeOrphans(olderThan: .seconds(60), now: now) == 2)
        #expect(bench.files("orphans").isEmpty && bench.files("instances").count == 1)
    }

    @Test func anUnfinishedRowWithoutAFileBecomesADeadLetter() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3", digest: "aa")
        _ = try bench.receive("1.2.4", digest: "bb")
        let path = try #require(try bench.queue.list(WorkFilter()).first?.path)
        try bench.disk.remove("/spool/" + path)
        let sweep = try bench.restart(powerLost: false)
        #expect(sweep.missing == [WorkID(.instance, 1)] && sweep.orphanCount == 0)
        let letter = try #require(try bench.queue.list(.deadLetters).first)
        #expect(letter.reason == "its file is missing from the spool")
        // Told once: a dead letter needs no file.
        #expect(try bench.restart(powerLost: false).missing.isEmpty)
    }

    @Test func aReportThatIsGoneBecomesADeadDelivery() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        _ = try bench.record(bench.claimReport())
        try bench.disk.remove(try #require(bench.files("reports").first))
        #expect(try bench.restart(powerLost: false).missing == [WorkID(.delivery, 1)])
    }

    @Test func aDeliveryThatLostSeveralFilesIsBuriedOnce() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        guard case .recorded(let number) = try bench.record(bench.claimReport()) else {
            Issue.record("the first report is new")
            return
        }
        _ = try bench.spool.addVariant(
            [9], sopInstanceUID: "2.25.1", sopClassUID: "Enhanced", toReport: number, in: bench.queue,
            now: bench.time.now())
        for path in bench.files("reports") { try bench.disk.remove(path) }
        #expect(try bench.restart(powerLost: false).missing == [WorkID(.delivery, 1)])
    }

    @Test func purgingDeletesRowsAndFiles() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        _ = try bench.record(bench.claimReport())
        let delivery = try #require(
            try bench.queue.claimDelivery(destination: "pacs", lease: .seconds(60), now: bench.time.now()))
        try bench.queue.finish(
            delivery, .delivered(delivery.report.files[0], warning: nil), now: bench.time.now())
        bench.time.advance(by: .seconds(1))
        #expect(try bench.spool.purge(bench.queue, finishedBefore: bench.time.now()).studies == 0)
        try bench.queue.associationEnded("a1", now: bench.time.now())
        let purge = try bench.spool.purge(bench.queue, finishedBefore: bench.time.now())
        #expect(purge.studies == 1 && purge.reports == 1)
        #expect(bench.disk.files.isEmpty)
    }

    @Test func aCrashDuringAPurgeLeavesOnlyOrphans() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        let claim = try #require(
            try bench.queue.claimInstances(max: 1, lease: .seconds(60), now: bench.time.now()).first)
        try bench.queue.finish(claim, .skipped(reason: "CT"), now: bench.time.now())
        try bench.queue.associationEnded("a1", now: bench.time.now())
        bench.time.advance(by: .seconds(1))
        bench.disk.onCall { operation, _ in operation == "unlink" ? .readOnly : nil }
        #expect(throws: SpoolError.readOnly) {
            try bench.spool.purge(bench.queue, finishedBefore: bench.time.now())
        }
        bench.disk.onCall { _, _ in nil }
        #expect(try bench.restart(powerLost: true).orphanCount == 1)
    }
}
