import Testing
import WorkQueue

@Suite struct PurgeConformanceTests {
    private let day = Duration.seconds(86_400)

    private func purge(_ bench: QueueBench) throws -> Purge {
        try bench.queue.purge(finishedBefore: bench.now - day, studiesMax: 100)
    }

    @Test(arguments: Implementation.allCases)
    func finishedStudiesGoWithAllTheirFilesAfterTheirTime(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.runThrough("1.1")
        bench.time.advance(by: day)
        #expect(try purge(bench) == Purge())
        bench.time.advance(by: .seconds(1))
        let purged = try purge(bench)
        #expect(purged.studies == 1 && purged.instances == 1 && purged.reports == 1)
        #expect(purged.paths == ["instances/1", "reports/report on digest of 1.1"])
        #expect(try bench.queue.counts().instances.done == 0)
        #expect(try bench.queue.explain("1.1") == nil && bench.queue.explain("study") == nil)
        // Sent once more, it is new work: nothing remembers it.
        guard case .new = try bench.keep("1.1") else {
            Issue.record("a purged instance is new")
            return
        }
    }

    @Test(arguments: Implementation.allCases)
    func nothingUnfinishedIsEverPurged(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1", study: "ready")
        try bench.keep("1.2", study: "claimed")
        try bench.keep("1.3", study: "deferred")
        try bench.keep("1.4", study: "dead")
        try bench.keep("1.5", study: "unreported")
        let claims = try bench.claim(5)
        try bench.queue.finish(claims[0], .release, now: bench.now)
        let later = bench.now + .seconds(1)
        try bench.queue.finish(claims[2], .retry(reason: "r", notBefore: later), now: bench.now)
        try bench.queue.finish(claims[3], .dead(reason: "d"), now: bench.now)
        try bench.classify(claims[4])
        try bench.hangUp()
        bench.time.advance(by: .seconds(365 * 86_400))
        #expect(try purge(bench) == Purge())
    }

    @Test(arguments: Implementation.allCases)
    func anUndeliveredReportKeepsItsStudy(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.hangUp()
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        try bench.report(to: ["pacs", "archive"])
        try bench.deliver("pacs")
        let archive = try #require(try bench.claimDelivery("archive"))
        try bench.queue.finish(archive, .dead(reason: "no"), now: bench.now)
        bench.time.advance(by: day + day)
        #expect(try purge(bench) == Purge())
        try bench.queue.discard(archive.id, reason: "by anna", now: bench.now)
        #expect(try purge(bench) == Purge())
        bench.time.advance(by: day + .seconds(1))
        #expect(try purge(bench).studies == 1)
    }

    @Test(arguments: Implementation.allCases)
    func aLateImageKeepsTheWholeStudy(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.runThrough("1.1")
        bench.time.advance(by: day + .seconds(1))
        try bench.keep("1.2", association: "a2")
        #expect(try purge(bench) == Purge())
        try bench.hangUp("a2")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        #expect(try bench.report().contents.instances.count == 2)
    }

    @Test(arguments: Implementation.allCases)
    func anOpenAssociationKeepsItsStudies(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.queue.finish(bench.claimOne(), .skipped(reason: "CT"), now: bench.now)
        bench.time.advance(by: day + day)
        #expect(try purge(bench) == Purge())
        try bench.hangUp()
        #expect(try purge(bench).paths == ["instances/1"])
    }

    @Test(arguments: Implementation.allCases)
    func instancesWithoutAStudyGoToo(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1", study: nil)
        try bench.keep("1.2", study: nil)
        try bench.queue.finish(bench.claimOne(), .skipped(reason: "no study"), now: bench.now)
        try bench.queue.finish(bench.claimOne(), .dead(reason: "no study"), now: bench.now)
        bench.time.advance(by: day + .seconds(1))
        #expect(try purge(bench).paths == ["instances/1"])
        #expect(try bench.queue.explain("1.1") == nil)
        #expect(try bench.queue.explain("1.2") != nil)
    }

    @Test(arguments: Implementation.allCases)
    func aPurgeIsBoundedAndTheLongestUntouchedGoFirst(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for number in 1...5 {
            try bench.runThrough("1.\(number)", study: "s\(number)")
            bench.time.advance(by: .seconds(1))
        }
        let first = try bench.queue.purge(finishedBefore: bench.now, studiesMax: 3)
        #expect(first.studies == 3 && first.isPartial)
        #expect(try bench.queue.explain("s3") == nil && bench.queue.explain("s4") != nil)
        let rest = try bench.queue.purge(finishedBefore: bench.now, studiesMax: 3)
        #expect(rest.studies == 2 && !rest.isPartial)
    }
}
