import Testing
import WorkQueue

@Suite struct DeliveringConformanceTests {
    /// A study with reports of 1, 2, … images, none of them delivered.
    private func benchWithReports(
        _ count: Int, to destinations: [String], _ implementation: Implementation
    ) throws -> QueueBench {
        let bench = try QueueBench(implementation)
        for number in 1...count {
            try bench.keep("1.\(number)", association: "a\(number)")
            try bench.hangUp("a\(number)")
            try bench.classifyAll()
            bench.time.advance(by: .seconds(2))
            try bench.report(to: destinations)
        }
        return bench
    }

    @Test(arguments: Implementation.allCases)
    func whatWasSentWithoutAnAnswerIsKnownToTheNextAttempt(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.2.3")
        try bench.hangUp()
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        try bench.report()
        let first = try #require(try bench.claimDelivery())
        #expect(first.offered == nil)
        let file = try #require(first.report.files.first)
        try bench.queue.finish(
            first, .retry(reason: "no answer", notBefore: bench.now, offered: file), now: bench.now)
        let second = try #require(try bench.claimDelivery())
        #expect(second.offered == file)
        // Not reached at all this time, which changes nothing about the first.
        try bench.queue.finish(second, .retry(reason: "down", notBefore: bench.now), now: bench.now)
        try bench.restart()
        #expect(try bench.claimDelivery()?.offered == file)
    }

    @Test(arguments: Implementation.allCases)
    func whatIsAboutToBeSentIsKnownWhereNobodyLivesToTell(_ implementation: Implementation) throws {
        let bench = try benchWithReports(1, to: ["pacs"], implementation)
        let first = try #require(try bench.claimDelivery())
        let file = try #require(first.report.files.first)
        try bench.queue.offer(file, for: first, now: bench.now)
        // An answer that refuses it settles that.
        try bench.queue.finish(first, .retry(reason: "busy", notBefore: bench.now), now: bench.now)
        let second = try #require(try bench.claimDelivery())
        #expect(second.offered == nil)
        try bench.queue.offer(file, for: second, now: bench.now)
        try bench.restart()
        _ = try bench.queue.recover(now: bench.now)
        let third = try #require(try bench.claimDelivery())
        #expect(third.offered == file)
        #expect(throws: WorkQueueError.leaseExpired(second.id)) {
            try bench.queue.offer(file, for: second, now: bench.now)
        }
        // Given up and discarded while nobody knows: it comes back as it was, with new patience.
        try bench.queue.finish(third, .dead(reason: "given up"), now: bench.now)
        try bench.queue.discard(third.id, reason: "shown elsewhere", now: bench.now)
        bench.time.advance(by: .seconds(3600))
        try bench.keep("1.1", association: "again")
        let fourth = try #require(try bench.claimDelivery())
        #expect(fourth.id == third.id && fourth.offered == file && fourth.createdAt == bench.now)
    }

    @Test(arguments: Implementation.allCases)
    func noReportIsRetriedBehindOneThatMayHaveArrived(_ implementation: Implementation) throws {
        let bench = try benchWithReports(2, to: ["pacs"], implementation)
        let old = try #require(try bench.claimDelivery())
        try bench.queue.finish(old, .dead(reason: "refused"), now: bench.now)
        let new = try #require(try bench.claimDelivery())
        let later = bench.now + .seconds(60)
        try bench.queue.finish(
            new, .retry(reason: "no answer", notBefore: later, offered: new.report.files[0]), now: bench.now)
        #expect(throws: WorkQueueError.self) { try bench.queue.retry(old.id, now: bench.now) }
        bench.time.advance(by: .seconds(61))
        let again = try #require(try bench.claimDelivery())
        #expect(again.id == new.id)
    }

    @Test(arguments: Implementation.allCases)
    func eachDestinationHasItsOwnDeliveries(_ implementation: Implementation) throws {
        let bench = try benchWithReports(1, to: ["pacs", "archive"], implementation)
        let claim = try bench.deliver("pacs", warning: "coercion of data elements (0xB000)")
        #expect(claim.attempt == 1 && claim.model == "m" && claim.studyInstanceUID == "study")
        #expect(try bench.summary(claim.id).reason == "coercion of data elements (0xB000)")
        #expect(try bench.claimDelivery("pacs") == nil)
        #expect(try bench.queue.nextDeliveryWake(destination: "pacs") == nil)
        #expect(try bench.queue.nextDeliveryWake(destination: "archive") == .distantPast)
        try bench.deliver("archive")
        #expect(try bench.queue.counts().deliveries.mapValues(\.done) == ["pacs": 1, "archive": 1])
    }

    @Test(arguments: Implementation.allCases)
    func aDestinationThatIsDownHoldsUpNoOther(_ implementation: Implementation) throws {
        let bench = try benchWithReports(1, to: ["pacs", "archive"], implementation)
        let claim = try #require(try bench.claimDelivery("pacs"))
        try bench.queue.finish(
            claim, .retry(reason: "connection refused", notBefore: bench.now + .seconds(60)), now: bench.now)
        try bench.deliver("archive")
        #expect(try bench.claimDelivery("pacs") == nil)
        #expect(try bench.queue.nextDeliveryWake(destination: "pacs") == bench.now + .seconds(60))
        bench.time.advance(by: .seconds(60))
        #expect(try bench.claimDelivery("pacs")?.attempt == 2)
    }

    @Test(arguments: Implementation.allCases)
    func anHourlongOutageLosesNothing(_ implementation: Implementation) throws {
        let bench = try benchWithReports(1, to: ["pacs"], implementation)
        for attempt in 1...500 {
            let claim = try #require(try bench.claimDelivery())
            #expect(claim.attempt == attempt)
            let later = bench.now + .seconds(600)
            try bench.queue.finish(
                claim, .retry(reason: "refused, attempt \(attempt)", notBefore: later), now: bench.now)
            bench.time.advance(by: .seconds(600))
        }
        try bench.deliver()
        // The log stays bounded although every failure had another text.
        #expect(try #require(try bench.queue.explain("study")).steps.count < 60)
    }

    @Test(arguments: Implementation.allCases)
    func aPredecessorGoesBeforeItsSuccessor(_ implementation: Implementation) throws {
        let bench = try benchWithReports(3, to: ["pacs", "archive"], implementation)
        let first = try #require(try bench.claimDelivery())
        #expect(try bench.claimDelivery() == nil)
        try bench.queue.finish(
            first, .retry(reason: "down", notBefore: bench.now + .seconds(9)), now: bench.now)
        #expect(try bench.claimDelivery() == nil)
        for _ in 1...3 { try bench.deliver("archive") }
        bench.time.advance(by: .seconds(9))
        let numbers = try (1...3).map { _ in try bench.deliver().report.number }
        #expect(numbers == numbers.sorted() && numbers[0] == first.report.number)
    }

    @Test(arguments: Implementation.allCases)
    func otherStudiesAreNotHeldUpByAnUnluckyOne(_ implementation: Implementation) throws {
        let bench = try benchWithReports(2, to: ["pacs"], implementation)
        try bench.keep("9.1", study: "other", association: "x")
        try bench.hangUp("x")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        try bench.report()
        _ = try #require(try bench.claimDelivery())
        #expect(try bench.deliver().studyInstanceUID == "other")
        #expect(try bench.claimDelivery() == nil)
    }

    @Test(arguments: Implementation.allCases)
    func aDeadPredecessorLetsItsSuccessorGo(_ implementation: Implementation) throws {
        let bench = try benchWithReports(2, to: ["pacs"], implementation)
        let first = try #require(try bench.claimDelivery())
        try bench.queue.finish(first, .dead(reason: "refused: not authorised (0x0124)"), now: bench.now)
        #expect(try bench.queue.list(.deadLetters).map(\.id) == [first.id])
        try bench.deliver()
        // The destination has the newer report: the older one must not arrive after it.
        #expect(throws: WorkQueueError.self) { try bench.queue.retry(first.id, now: bench.now) }
        try bench.queue.discard(first.id, reason: "superseded", now: bench.now)
        #expect(try bench.queue.counts().deadLetters == 0)
    }

    @Test(arguments: Implementation.allCases)
    func aRetriedPredecessorGoesFirstAgain(_ implementation: Implementation) throws {
        let bench = try benchWithReports(3, to: ["pacs"], implementation)
        let dead = try (1...2).map { _ in
            let claim = try #require(try bench.claimDelivery())
            try bench.queue.finish(claim, .dead(reason: "no"), now: bench.now)
            return claim
        }
        try bench.queue.retry(dead[0].id, now: bench.now)
        #expect(try bench.deliver().id == dead[0].id)
        #expect(try bench.deliver().report.number > dead[1].report.number)
    }

    @Test(arguments: Implementation.allCases)
    func patienceBeginsAnewWithARetryByHand(_ implementation: Implementation) throws {
        let bench = try benchWithReports(1, to: ["pacs"], implementation)
        let dead = try #require(try bench.claimDelivery())
        try bench.queue.finish(dead, .dead(reason: "no answer for three days"), now: bench.now)
        bench.time.advance(by: .seconds(3600))
        try bench.queue.retry(dead.id, now: bench.now)
        let again = try #require(try bench.claimDelivery())
        #expect(again.createdAt == bench.now)
        #expect(again.createdAt > dead.createdAt)
    }

    @Test(arguments: Implementation.allCases)
    func anExpiredDeliveryIsTakenOverAndTheLateOneRefused(_ implementation: Implementation) throws {
        let bench = try benchWithReports(1, to: ["pacs"], implementation)
        let slow = try #require(try bench.claimDelivery())
        bench.time.advance(by: .seconds(60))
        let fast = try #require(try bench.claimDelivery())
        #expect(throws: WorkQueueError.leaseExpired(slow.id)) {
            try bench.queue.finish(slow, .dead(reason: "late"), now: bench.now)
        }
        try bench.queue.finish(fast, .delivered(fast.report.files[0], warning: nil), now: bench.now)
        #expect(try bench.queue.counts().deliveries["pacs"]?.done == 1)
    }

    @Test(arguments: Implementation.allCases)
    func deliveriesToDestinationsThatAreGoneBecomeDeadLetters(_ implementation: Implementation) throws {
        let bench = try benchWithReports(2, to: ["pacs", "archive"], implementation)
        let count = try bench.queue.buryDeliveries(
            toOthersThan: ["pacs"], reason: "no destination archive any more", now: bench.now)
        #expect(count == 2)
        let letters = try bench.queue.list(.deadLetters)
        #expect(letters.map(\.destination) == ["archive", "archive"])
        try bench.deliver("pacs")
        try bench.queue.retry(letters[0].id, now: bench.now)
        try bench.deliver("archive")
    }

    @Test(arguments: Implementation.allCases)
    func allOfManyDeliveriesAreBuried(_ implementation: Implementation) throws {
        let count = 300  // more than one portion
        let bench = try QueueBench(implementation)
        for number in 1...count {
            try bench.keep("1.\(number)", study: "study\(number)", association: "a")
        }
        try bench.hangUp("a")
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        for _ in 1...count { try bench.report(to: ["archive"]) }
        let buried = try bench.queue.buryDeliveries(
            toOthersThan: ["pacs"], reason: "gone", now: bench.now)
        #expect(buried == count)
        #expect(try bench.queue.counts().deliveries["archive"]?.dead == count)
    }

    @Test(arguments: Implementation.allCases)
    func aReportForNobodyIsFinished(_ implementation: Implementation) throws {
        let bench = try benchWithReports(1, to: [], implementation)
        #expect(try bench.queue.counts().deliveries.isEmpty)
        bench.time.advance(by: .seconds(10))
        #expect(try bench.queue.purge(finishedBefore: bench.now, studiesMax: 10).studies == 1)
    }
}
