import Testing
import WorkQueue

@Suite struct ReportingConformanceTests {
    @Test(arguments: Implementation.allCases)
    func aStudyIsReportedOnceItHasSettled(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for number in 1...3 { try bench.keep("1.\(number)") }
        try bench.hangUp()
        try bench.classifyAll()
        #expect(try bench.claimReport() == nil)
        #expect(try bench.queue.nextReportWake(timing: bench.timing) == bench.now + .seconds(2))
        bench.time.advance(by: .seconds(2))
        let claim = try bench.claimOneReport()
        #expect(claim.contents.instances.map(\.instance.sopInstanceUID) == ["1.1", "1.2", "1.3"])
        #expect(claim.contents.predecessors.isEmpty && claim.contents.studyInstanceUID == "study")
        try bench.record(claim)
        #expect(try bench.claimReport() == nil)
        #expect(try bench.queue.nextReportWake(timing: bench.timing) == nil)
        #expect(try bench.queue.counts().reports.done == 1)
    }

    @Test(arguments: Implementation.allCases)
    func anOpenAssociationHoldsTheReportUntilIdle(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1", association: "a1")
        try bench.keep("1.2", association: "a2")
        try bench.classifyAll()
        try bench.hangUp("a1")
        bench.time.advance(by: .seconds(29))
        #expect(try bench.claimReport() == nil)
        #expect(try bench.queue.nextReportWake(timing: bench.timing) == bench.now + .seconds(1))
        bench.time.advance(by: .seconds(1))
        #expect(try bench.claimReport() != nil)
    }

    @Test(arguments: Implementation.allCases)
    func theEndOfTheLastAssociationLetsItGo(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1", association: "a1")
        try bench.keep("1.2", association: "a2")
        try bench.keep("2.1", study: "other", association: "a2")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(5))
        try bench.hangUp("a2")
        #expect(try bench.report().contents.studyInstanceUID == "other")
        #expect(try bench.claimReport() == nil)
        let generation = bench.queue.changes.generation(of: .reports)
        try bench.hangUp("a1")
        #expect(bench.queue.changes.generation(of: .reports) != generation)
        #expect(try bench.report().contents.instances.count == 2)
    }

    @Test(arguments: Implementation.allCases)
    func aRestartForgetsAssociations(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        #expect(try bench.claimReport() == nil)
        try bench.restart()
        _ = try bench.queue.recover(now: bench.now)
        #expect(try bench.claimReport() != nil)
    }

    @Test(arguments: Implementation.allCases)
    func settleOfZeroReportsAtOnceThoughConnected(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        bench.timing.settle = .zero
        try bench.keep("1.1")
        try bench.keep("1.2")
        try bench.classify(bench.claimOne())
        #expect(try bench.claimReport() == nil)
        try bench.classify(bench.claimOne())
        #expect(try bench.claimOneReport().contents.instances.count == 2)
    }

    @Test(arguments: Implementation.allCases)
    func nothingUnclassifiedUnlessTooOld(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.keep("1.2")
        try bench.hangUp()
        try bench.classify(bench.claimOne())
        let slow = try bench.queue.claimInstances(max: 1, lease: .seconds(3600), now: bench.now)
        bench.time.advance(by: .seconds(599))
        #expect(try bench.claimReport() == nil)
        bench.time.advance(by: .seconds(1))
        #expect(try bench.report().contents.instances.map(\.instance.sopInstanceUID) == ["1.1"])
        try bench.classify(slow[0])
        let successor = try bench.claimOneReport()
        #expect(successor.contents.instances.map(\.instance.sopInstanceUID) == ["1.1", "1.2"])
        #expect(
            successor.contents.predecessors.flatMap(\.files).map(\.sopInstanceUID) == [
                "report on digest of 1.1 by m"
            ])
    }

    @Test(arguments: Implementation.allCases)
    func aBacklogDoesNotBringAReportForEachImage(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for number in 1...20 { try bench.keep("1.\(number)") }
        try bench.hangUp()
        bench.time.advance(by: .seconds(700))
        var reports = 0
        for _ in 1...20 {
            try bench.classify(bench.claimOne())
            if let claim = try bench.claimReport() {
                try bench.record(claim)
                reports += 1
            }
            bench.time.advance(by: .seconds(1))
        }
        #expect(reports == 2)
    }

    @Test(arguments: Implementation.allCases)
    func skippedAndDeadInstancesDoNotHoldAReport(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for number in 1...3 { try bench.keep("1.\(number)") }
        try bench.hangUp()
        try bench.queue.finish(bench.claimOne(), .skipped(reason: "localizer"), now: bench.now)
        try bench.queue.finish(bench.claimOne(), .dead(reason: "truncated"), now: bench.now)
        try bench.classify(bench.claimOne())
        bench.time.advance(by: .seconds(2))
        #expect(try bench.claimOneReport().contents.instances.map(\.instance.sopInstanceUID) == ["1.3"])
    }

    @Test(arguments: Implementation.allCases)
    func aStudyOfSkipsHasNoReport(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.queue.finish(bench.claimOne(), .skipped(reason: "CT"), now: bench.now)
        bench.time.advance(by: .seconds(3600))
        #expect(try bench.claimReport() == nil)
        #expect(try bench.queue.nextReportWake(timing: bench.timing) == nil)
    }

    @Test(arguments: Implementation.allCases)
    func aLateImageBringsASuccessorThatCoversEverything(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.runThrough("1.1")
        bench.time.advance(by: .seconds(3600))
        try bench.keep("1.2", association: "a2")
        try bench.hangUp("a2")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        let claim = try bench.claimOneReport()
        #expect(claim.contents.instances.map(\.instance.sopInstanceUID) == ["1.1", "1.2"])
        #expect(
            claim.contents.predecessors.flatMap(\.files).map(\.sopInstanceUID) == [
                "report on digest of 1.1 by m"
            ])
    }

    @Test(arguments: Implementation.allCases)
    func newsDuringCompositionBringASuccessor(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.hangUp()
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        let first = try bench.claimOneReport()
        try bench.keep("1.2", association: "a2")
        try bench.hangUp("a2")
        try bench.classifyAll()
        #expect(try bench.claimReport() == nil)
        try bench.record(first)
        bench.time.advance(by: .seconds(2))
        let second = try bench.claimOneReport()
        #expect(second.contents.instances.count == 2 && second.contents.predecessors.count == 1)
        try bench.record(second)
        #expect(try bench.claimReport() == nil)
    }

    @Test(arguments: Implementation.allCases)
    func ofConflictingContentsTheNewestSpeaks(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1", digest: "old")
        try bench.keep("1.1", digest: "new")
        try bench.keep("1.2")
        try bench.hangUp()
        // The older content is classified last; it must not speak over the newer one.
        let claims = try bench.claim(3)
        for claim in claims.reversed() { try bench.classify(claim) }
        bench.time.advance(by: .seconds(2))
        let contents = try bench.report().contents
        #expect(contents.instances.map(\.instance.digest) == ["new", "digest of 1.2"])
        #expect(contents.instances.map(\.isConflicting) == [true, false])
        #expect(try bench.claimReport() == nil)
    }

    @Test(arguments: Implementation.allCases)
    func aCorrectedImageBringsASuccessor(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.runThrough("1.1")
        try bench.keep("1.1", digest: "corrected", association: "a2")
        try bench.hangUp("a2")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        let contents = try bench.report().contents
        #expect(contents.instances.map(\.instance.digest) == ["corrected"])
        #expect(contents.predecessors.count == 1)
    }

    /// The second report is a dead letter at the destination, which has the first: unless the third names both, the
    /// first stands there beside it.
    @Test(arguments: Implementation.allCases)
    func aSuccessorSupersedesEveryEarlierReport(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.runThrough("1.1")
        for number in 2...3 {
            try bench.keep("1.\(number)", association: "a\(number)")
            try bench.hangUp("a\(number)")
            try bench.classifyAll()
            bench.time.advance(by: .seconds(2))
            let claim = try bench.report()
            #expect(claim.contents.predecessors.count == number - 1)
            let delivery = try #require(try bench.claimDelivery())
            #expect(try bench.queue.contents(ofReport: delivery.report.number) == claim.contents)
            try bench.queue.finish(delivery, .dead(reason: "refused"), now: bench.now)
        }
    }

    @Test(arguments: Implementation.allCases)
    func aSkippedCorrectionLeavesTheOldContentSpeaking(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1", digest: "good")
        try bench.keep("1.1", digest: "not an image any more")
        try bench.hangUp()
        try bench.classify(bench.claimOne())
        try bench.queue.finish(bench.claimOne(), .skipped(reason: "no pixels"), now: bench.now)
        bench.time.advance(by: .seconds(2))
        #expect(try bench.report().contents.instances.map(\.instance.digest) == ["good"])
    }

    @Test(arguments: Implementation.allCases)
    func eachModelHasItsOwnChainOfReports(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.keep("1.2")
        try bench.hangUp()
        try bench.classify(bench.claimOne(), by: ["m", "n"])
        try bench.classify(bench.claimOne(), by: ["n"])
        bench.time.advance(by: .seconds(2))
        let reports = [try bench.report(), try bench.report()]
        let covered = Dictionary(
            uniqueKeysWithValues: reports.map { ($0.contents.model, $0.contents.instances.count) })
        #expect(covered == ["m": 1, "n": 2])
        #expect(try bench.claimReport() == nil)
    }

    @Test(arguments: Implementation.allCases)
    func recordingTwiceCreatesOneDelivery(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.hangUp()
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        let crashed = try bench.claimOneReport()
        bench.time.advance(by: .seconds(60))
        let second = try bench.claimOneReport()
        #expect(throws: WorkQueueError.leaseExpired(crashed.id)) { try bench.record(crashed) }
        guard case .recorded(let number) = try bench.record(second) else {
            Issue.record("the first report is new")
            return
        }
        #expect(throws: WorkQueueError.leaseExpired(second.id)) { try bench.record(second) }
        // An operator's retry of something that changes nothing: the same report again.
        let image = try bench.keep("1.1", digest: "broken", association: "a2").id
        try bench.hangUp("a2")
        try bench.queue.finish(bench.claimOne(), .dead(reason: "broken"), now: bench.now)
        #expect(try bench.summary(image).state == .dead)
        #expect(try bench.queue.counts().deliveries["pacs"]?.ready == 1)
        #expect(try bench.queue.contents(ofReport: number)?.instances.count == 1)
    }

    @Test(arguments: Implementation.allCases)
    func aReportThatSaysTheSameIsUnchanged(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.runThrough("1.1")
        // The same UID with other content that dies, is retried, and brings a report under the old UID: what a
        // composer does whose report leaves out what it may not name.
        try bench.keep("1.2", association: "a2")
        try bench.hangUp("a2")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        let claim = try bench.claimOneReport()
        let predecessor = try #require(claim.contents.predecessors.last)
        let outcome = try bench.queue.record(
            predecessor.files[0], for: claim, destinations: ["pacs"], now: bench.now)
        #expect(outcome == .unchanged(report: predecessor.number))
        #expect(try bench.claimDelivery() == nil)
        #expect(try bench.claimReport() == nil)
    }

    @Test(arguments: Implementation.allCases)
    func aFailedReportIsTriedAgainAndDiesVisibly(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.hangUp()
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        let claim = try bench.claimOneReport()
        let later = bench.now + .seconds(30)
        try bench.queue.finish(
            claim, ReportOutcome.retry(reason: "disk full", notBefore: later), now: bench.now)
        #expect(try bench.claimReport() == nil)
        #expect(try bench.queue.nextReportWake(timing: bench.timing) == later)
        bench.time.advance(by: .seconds(30))
        try bench.queue.finish(
            bench.claimOneReport(), ReportOutcome.dead(reason: "no patient"), now: bench.now)
        #expect(try bench.queue.list(.deadLetters).map(\.reason) == ["no patient"])
        #expect(try bench.steps("1.1").suffix(3) == ["claimed×2", "deferred", "dead"])
        // Another image gives the study another chance, and the report covers both.
        try bench.keep("1.2", association: "a2")
        try bench.hangUp("a2")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        #expect(try bench.report().contents.instances.count == 2)
        #expect(try bench.queue.list(.deadLetters).isEmpty)
    }

    @Test(arguments: Implementation.allCases)
    func variantsAreStoredOncePerClass(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.hangUp()
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        try bench.report(to: ["pacs", "archive"])
        let delivery = try #require(try bench.claimDelivery("archive"))
        let number = delivery.report.number
        let enhanced = ReportFile(
            sopInstanceUID: "e1", sopClassUID: "Enhanced", path: "reports/e1", byteCount: 5)
        #expect(try bench.queue.addVariant(enhanced, toReport: number, now: bench.now) == enhanced)
        var again = enhanced
        again.sopInstanceUID = "e2"
        #expect(try bench.queue.addVariant(again, toReport: number, now: bench.now) == enhanced)
        try bench.queue.finish(delivery, .delivered(enhanced, warning: nil), now: bench.now)
        #expect(try bench.claimDelivery("pacs")?.report.files.map(\.sopClassUID) == ["3D", "Enhanced"])
        #expect(try bench.summary(delivery.id).sopInstanceUID == "e1")
        #expect(try bench.queue.explain("e1")?.subject == .report)
        #expect(throws: WorkQueueError.self) {
            try bench.queue.addVariant(enhanced, toReport: 99, now: bench.now)
        }
        let contents = try #require(try bench.queue.contents(ofReport: number))
        #expect(
            contents.instances.map(\.json) == ["result of digest of 1.1"] && contents.predecessors.isEmpty)
        #expect(try bench.queue.contents(ofReport: 99) == nil)
    }

    @Test(arguments: Implementation.allCases)
    func theStudyThatWaitedLongestComesFirst(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for study in ["s1", "s2", "s3"] {
            try bench.keep("1.\(study)", study: study, association: study)
            bench.time.advance(by: .seconds(1))
        }
        for study in ["s3", "s1", "s2"] { try bench.hangUp(study) }
        try bench.classifyAll()
        bench.time.advance(by: .seconds(10))
        let order = try (1...3).map { _ in try bench.report().contents.studyInstanceUID }
        #expect(order == ["s1", "s2", "s3"])
    }
}
