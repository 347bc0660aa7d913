import Testing
import WorkQueue

@Suite struct OperatingConformanceTests {
    @Test(arguments: Implementation.allCases)
    func everyStepOfAnInstanceIsExplained(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.runThrough("1.1")
        try bench.keep("1.2", association: "a2")
        try bench.queue.finish(bench.claimOne(), .skipped(reason: "localizer"), now: bench.now)
        let expected = [
            "received", "claimed", "classified", "claimed", "reported", "queued", "claimed", "delivered",
        ]
        #expect(try bench.steps("1.1") == expected)
        #expect(try bench.steps("1.2") == ["received", "claimed", "skipped"])
        let study = try #require(try bench.queue.explain("study"))
        #expect(
            study.subject == .study
                && study.work.map(\.id.kind) == [.instance, .instance, .report, .delivery])
        #expect(study.steps.map(\.at) == study.steps.map(\.at).sorted())
        #expect(Set(study.steps.compactMap(\.sopInstanceUID)).isSuperset(of: ["1.1", "1.2"]))
        let report = try #require(try bench.queue.explain("report on digest of 1.1 by m"))
        #expect(report.subject == .report && report.steps.map(\.name).last == .delivered)
        #expect(try bench.queue.explain("1.9") == nil)
    }

    @Test(arguments: Implementation.allCases)
    func aRetriedInstanceIsClassifiedAndReportedInASuccessor(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        let dead = try bench.keep("1.2").id
        try bench.hangUp()
        try bench.classify(bench.claimOne())
        try bench.queue.finish(bench.claimOne(), .dead(reason: "unsupported"), now: bench.now)
        bench.time.advance(by: .seconds(2))
        try bench.report()
        try bench.queue.retry(dead, now: bench.now)
        #expect(throws: WorkQueueError.self) { try bench.queue.retry(dead, now: bench.now) }
        let again = try bench.claimOne()
        #expect(again.id == dead && again.attempt == 1)
        try bench.classify(again)
        #expect(try bench.report().contents.instances.count == 2)
        #expect(try bench.steps("1.2").contains("retried"))
    }

    @Test(arguments: Implementation.allCases)
    func aDiscardIsRecordedAndCounted(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let id = try bench.keep("1.1").id
        #expect(throws: WorkQueueError.refused("i1 is ready, not a dead letter")) {
            try bench.queue.discard(id, reason: "x", now: bench.now)
        }
        try bench.queue.finish(bench.claimOne(), .dead(reason: "truncated"), now: bench.now)
        #expect(try bench.queue.counts().deadLetters == 1)
        try bench.queue.discard(id, reason: "by anna: a test image", now: bench.now)
        #expect(try bench.queue.counts().instances.discarded == 1)
        #expect(try bench.queue.list(WorkFilter()).isEmpty)
        let last = try #require(try bench.queue.explain("1.1")?.steps.last)
        #expect(last.name == .discarded && last.detail == "by anna: a test image")
        #expect(throws: WorkQueueError.absent(WorkID(.delivery, 4))) {
            try bench.queue.discard(WorkID(.delivery, 4), reason: "x", now: bench.now)
        }
    }

    @Test(arguments: Implementation.allCases)
    func countsSayWhereEverythingStands(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        #expect(try bench.queue.counts() == QueueCounts())
        let start = bench.now
        for number in 1...6 { try bench.keep("1.\(number)") }
        try bench.classify(bench.claimOne())
        try bench.queue.finish(bench.claimOne(), .skipped(reason: "s"), now: bench.now)
        try bench.queue.finish(bench.claimOne(), .dead(reason: "d"), now: bench.now)
        try bench.queue.finish(
            bench.claimOne(), .retry(reason: "r", notBefore: bench.now + .seconds(5)), now: bench.now)
        _ = try bench.claimOne()
        let counts = try bench.queue.counts()
        #expect(counts.instances.done == 2 && counts.skipped == 1 && counts.instances.dead == 1)
        #expect(
            counts.instances.deferred == 1 && counts.instances.claimed == 1 && counts.instances.ready == 1)
        #expect(counts.reports.ready == 1 && counts.oldestUnclassified == start)
        #expect(counts.instances.unfinished == 3 && counts.oldestUndelivered == nil)
    }

    @Test(arguments: Implementation.allCases)
    func listsAreFilteredAndBounded(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for number in 1...30 { try bench.keep("1.\(number)") }
        #expect(try bench.queue.list(WorkFilter(countMax: 7)).map(\.id.number) == Array(1...7))
        #expect(try bench.queue.list(WorkFilter(kinds: [.report])).isEmpty)
        #expect(try bench.queue.list(WorkFilter(states: [.claimed])).isEmpty)
        _ = try bench.claim(4)
        #expect(try bench.queue.list(WorkFilter(states: [.claimed])).count == 4)
        #expect(try bench.queue.list(WorkFilter(destination: "pacs")).isEmpty)
        #expect(try bench.queue.list(.only(WorkID(.instance, 30))).map(\.id.number) == [30])
        #expect(try bench.queue.list(.only(WorkID(.instance, 31))).isEmpty)
        #expect(try bench.queue.list(.only(WorkID(.delivery, 30))).isEmpty)
    }

    @Test(arguments: Implementation.allCases)
    func workersWakeWhenThereIsWork(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        #expect(try bench.queue.nextInstanceWake() == nil)
        let changes = bench.queue.changes
        let generation = changes.generation(of: .instances)
        let deliveries = changes.generation(of: .deliveries)
        #expect(!changes.wait(for: .instances, after: generation, seconds: 0.01))
        try bench.keep("1.1")
        #expect(changes.wait(for: .instances, after: generation, seconds: 10))
        #expect(try bench.queue.nextInstanceWake() == .distantPast)
        #expect(changes.generation(of: .deliveries) == deliveries)
        try bench.hangUp()
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        try bench.report()
        #expect(changes.generation(of: .deliveries) != deliveries)
    }

    @Test(arguments: Implementation.allCases)
    func timesFromAClockThatWasWrongArePulledBack(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let year = Duration.seconds(365 * 86_400)
        bench.time.advance(by: year)
        try bench.keep("1.1")
        try bench.keep("1.2")
        try bench.classify(bench.claimOne())
        try bench.queue.finish(
            bench.claimOne(), .retry(reason: "r", notBefore: bench.now + .seconds(60)), now: bench.now)
        let neighbour = try bench.neighbour()
        bench.time.advance(by: .zero - year)
        try bench.restart()
        #expect(try bench.queue.recover(now: bench.now).timesCorrected > 0)
        try bench.classify(bench.claimOne())
        bench.time.advance(by: .seconds(2))
        #expect(try bench.report().contents.instances.count == 2)
        try bench.deliver()
        bench.time.advance(by: .seconds(86_400))
        #expect(try bench.queue.purge(finishedBefore: bench.now, studiesMax: 10).studies == 1)
        _ = neighbour
    }

    @Test(arguments: Implementation.allCases)
    func everyFileIsNamedWithWhoNeedsIt(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.runThrough("1.1")
        let waiting = try bench.keep("1.2", association: "a2").id
        var paths: [String: WorkID?] = [:]
        try bench.queue.forEachPath { paths[$0.path] = .some($0.neededBy) }
        #expect(paths.count == 3)
        #expect(paths.values.compactMap(\.self) == [waiting])
        try bench.queue.bury(waiting, reason: "its file is gone", now: bench.now)
        #expect(try bench.queue.list(.deadLetters).map(\.reason) == ["its file is gone"])
        #expect(throws: WorkQueueError.self) {
            try bench.queue.bury(waiting, reason: "its file is gone", now: bench.now)
        }
    }
}
