import Testing
import WorkQueue

@Suite struct ClassifyingConformanceTests {
    @Test(arguments: Implementation.allCases)
    func instancesAreClaimedOnceAndOldestFirst(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for number in 1...5 { try bench.keep("1.\(number)") }
        #expect(try bench.claim(3).map(\.instance.sopInstanceUID) == ["1.1", "1.2", "1.3"])
        #expect(try bench.claim(3).map(\.instance.sopInstanceUID) == ["1.4", "1.5"])
        #expect(try bench.claim(3).isEmpty)
    }

    @Test(arguments: Implementation.allCases)
    func aFloodOfOneCallerDoesNotStarveAnother(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for number in 1...200 { try bench.keep("1.\(number)", from: "FLOOD") }
        #expect(try bench.claim(10).count == 10)
        try bench.keep("2.1", from: "EMERGENCY")
        #expect(try bench.claim(2).map(\.instance.callingAE).contains("EMERGENCY"))
    }

    @Test(arguments: Implementation.allCases)
    func callersTakeTurns(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        for caller in ["A", "B", "C"] {
            for number in 1...3 { try bench.keep("\(caller).\(number)", from: caller) }
        }
        let order = try bench.claim(9).map(\.instance.sopInstanceUID)
        #expect(order == ["A.1", "B.1", "C.1", "A.2", "B.2", "C.2", "A.3", "B.3", "C.3"])
    }

    @Test(arguments: Implementation.allCases)
    func aCallerCannotSaveUpTurns(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("A.1", from: "A")
        for number in 1...50 { try bench.keep("B.\(number)", from: "B") }
        _ = try bench.claim(40)
        for number in 2...20 { try bench.keep("A.\(number)", from: "A") }
        // A was silent for 40 turns; it still only alternates with B from here on.
        let next = try bench.claim(6).map(\.instance.callingAE)
        #expect(next.filter { $0 == "B" }.count == 3)
    }

    @Test(arguments: Implementation.allCases)
    func aSkipIsRecordedWithItsReason(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let id = try bench.keep("1.2.3").id
        try bench.queue.finish(
            bench.claimOne(), .skipped(reason: "modality CT is not accepted"), now: bench.now)
        #expect(try bench.summary(id).state == .done)
        #expect(try bench.summary(id).reason == "modality CT is not accepted")
        #expect(try bench.queue.counts().skipped == 1)
        let explanation = try #require(try bench.queue.explain("1.2.3"))
        #expect(explanation.steps.map(\.name) == [.received, .claimed, .skipped])
        #expect(explanation.steps.last?.detail == "modality CT is not accepted")
    }

    @Test(arguments: Implementation.allCases)
    func aRetryWaitsForItsTime(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.2.3")
        let later = bench.now + .seconds(10)
        try bench.queue.finish(
            bench.claimOne(), .retry(reason: "disk error", notBefore: later), now: bench.now)
        #expect(try bench.claim().isEmpty)
        #expect(try bench.queue.nextInstanceWake() == later)
        bench.time.advance(by: .seconds(10))
        #expect(try bench.claimOne().attempt == 2)
    }

    @Test(arguments: Implementation.allCases)
    func attemptsAreBounded(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        bench.settings.instanceLimits = WorkLimits(attemptsMaximum: 3, abandonmentsMaximum: 2)
        try bench.restart()
        let id = try bench.keep("1.2.3").id
        for _ in 1...3 {
            try bench.queue.finish(
                bench.claimOne(), .retry(reason: "disk error", notBefore: bench.now), now: bench.now)
        }
        #expect(try bench.claim().isEmpty)
        let letter = try #require(try bench.queue.list(.deadLetters).first)
        #expect(letter.id == id && letter.reason == "given up after 3 attempts: disk error")
    }

    @Test(arguments: Implementation.allCases)
    func anExpiredLeaseIsTakenOverAndItsFormerOwnerRefused(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.2.3")
        let slow = try bench.claimOne()
        bench.time.advance(by: .seconds(59))
        #expect(try bench.claim().isEmpty)
        #expect(try bench.queue.nextInstanceWake() == bench.now + .seconds(1))
        bench.time.advance(by: .seconds(1))
        let fast = try bench.claimOne()
        #expect(fast.id == slow.id && fast.attempt == 2)
        #expect(throws: WorkQueueError.leaseExpired(slow.id)) {
            try bench.classify(slow, says: "by the slow one")
        }
        try bench.classify(fast, says: "by the fast one")
        #expect(throws: WorkQueueError.leaseExpired(slow.id)) {
            try bench.queue.finish(slow, .dead(reason: "too late"), now: bench.now)
        }
        bench.time.advance(by: .seconds(60))
        #expect(try bench.claimOneReport().contents.instances.map(\.json) == ["by the fast one"])
    }

    @Test(arguments: Implementation.allCases)
    func aLateWorkerIsHeardIfNobodyElseHasTheWork(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.2.3")
        let slow = try bench.claimOne()
        bench.time.advance(by: .seconds(3600))
        try bench.classify(slow)
        #expect(try bench.claim().isEmpty)
    }

    @Test(arguments: Implementation.allCases)
    func aRenewedLeaseHolds(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.2.3")
        let claim = try bench.claimOne()
        bench.time.advance(by: .seconds(50))
        _ = try bench.queue.renew(claim.id, claim.lease, for: .seconds(60), now: bench.now)
        bench.time.advance(by: .seconds(50))
        #expect(try bench.claim().isEmpty)
        try bench.classify(claim)
        #expect(throws: WorkQueueError.leaseExpired(claim.id)) {
            try bench.queue.renew(claim.id, claim.lease, for: .seconds(60), now: bench.now)
        }
    }

    @Test(arguments: Implementation.allCases)
    func aRestartTakesBackItsOwnLeasesAndNoOthers(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.keep("1.2")
        let neighbour = try bench.neighbour()
        let theirs = try neighbour.claimInstances(max: 1, lease: .seconds(60), now: bench.now)
        let ours = try bench.claimOne()
        try bench.restart()
        #expect(try bench.queue.recover(now: bench.now).released == 1)
        #expect(try bench.claim(5).map(\.id) == [ours.id])
        #expect(throws: WorkQueueError.leaseExpired(ours.id)) { try bench.classify(ours) }
        try neighbour.finish(theirs[0], .skipped(reason: "theirs"), now: bench.now)
    }

    @Test(arguments: Implementation.allCases)
    func whatKillsItsWorkerDiesAloneAndNothingElseWithIt(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let poison = try bench.keep("poison").id
        for number in 1...7 { try bench.keep("1.\(number)") }
        // Two workers with batches of four; whoever has the poison takes the process down.
        var restarts = 0
        while true {
            let batches = [try bench.claim(4), try bench.claim(4)]
            if batches.allSatisfy(\.isEmpty) { break }
            if batches.joined().contains(where: { $0.id == poison }) {
                restarts += 1
                try bench.restart()
                _ = try bench.queue.recover(now: bench.now)
            } else {
                for claim in batches.joined() { try bench.classify(claim) }
            }
            try #require(restarts < 20, "the poison is never given up")
        }
        #expect(restarts == 5)
        #expect(try bench.queue.list(.deadLetters).map(\.id) == [poison])
        #expect(try bench.queue.counts().instances.done == 7)
    }

    @Test(arguments: Implementation.allCases)
    func suspectsAreNotASpinningReason(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.1")
        try bench.keep("1.2")
        _ = try bench.claim(2)
        bench.time.advance(by: .seconds(60))
        #expect(try bench.claim(2).count == 1)
        #expect(try bench.claim(2).isEmpty)
        // The other suspect waits for the first to end; waking at once would find nothing, over and over.
        #expect(try bench.queue.nextInstanceWake() == bench.now + .seconds(60))
    }

    @Test(arguments: Implementation.allCases)
    func givenBackWorkIsThereAtOnce(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.2.3")
        try bench.queue.finish(bench.claimOne(), .release, now: bench.now)
        #expect(try bench.claimOne().attempt == 1)
    }

    @Test(arguments: Implementation.allCases)
    func withoutAStudyThereIsNothingToReportOn(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let id = try bench.keep("1.2.3", study: nil).id
        let claim = try bench.claimOne()
        #expect(throws: WorkQueueError.self) { try bench.classify(claim) }
        #expect(try bench.summary(id).state == .claimed)
        try bench.queue.finish(claim, .dead(reason: "no Study Instance UID"), now: bench.now)
        #expect(try bench.steps("1.2.3") == ["received", "claimed", "dead"])
    }

    @Test(arguments: Implementation.allCases)
    func anInstanceThatNoModelClassifiedIsNotClassified(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.2.3")
        let claim = try bench.claimOne()
        #expect(throws: WorkQueueError.self) { try bench.classify(claim, by: []) }
        try bench.classify(claim)
    }
}
