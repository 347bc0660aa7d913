import Testing
import WorkQueue

/// A machine, told what happens, that writes down what it answers.
private struct Transcript {
    var work = Work()
    var now = Timestamp(microseconds: 1_000_000_000)
    var limits = WorkLimits(attemptsMaximum: 3, abandonmentsMaximum: 2)
    var token: Int64 = 0
    let id = WorkID(.instance, 1)

    mutating func tell(_ event: Work.Event) throws(WorkQueueError) -> Work.Step {
        try work.apply(event, to: id, now: now, limits: limits)
    }

    mutating func claim(seconds: Int = 60) throws(WorkQueueError) -> Work.Step {
        token += 1
        return try tell(.claim(Lease(token: token, node: "here", until: now + .seconds(seconds))))
    }
}

@Suite struct WorkTests {
    @Test func goodWorkIsClaimedAndDone() throws {
        var machine = Transcript()
        #expect(try machine.claim() == .claimed)
        #expect(machine.work.attempts == 1)
        #expect(try machine.tell(.finish(token: 1, .done)) == .done)
        #expect(machine.work.state == .done && machine.work.lease == nil)
        #expect(machine.work.finishedAt == machine.now)
    }

    @Test func failedWorkWaitsForItsTimeAndStartsAgain() throws {
        var machine = Transcript()
        _ = try machine.claim()
        let later = machine.now + .seconds(10)
        #expect(
            try machine.tell(.finish(token: 1, .retry(reason: "down", notBefore: later)))
                == .deferred(reason: "down"))
        #expect(throws: WorkQueueError.refused("i1 is deferred, not ready")) { try machine.claim() }
        #expect(try machine.tell(.tick) == .nothing)
        machine.now = later
        #expect(try machine.tell(.tick) == .ready)
        #expect(machine.work.reason == nil)
        #expect(try machine.claim() == .claimed)
        #expect(machine.work.attempts == 2)
    }

    @Test func theLastAttemptKills() throws {
        var machine = Transcript()
        for _ in 1...2 {
            _ = try machine.claim()
            _ = try machine.tell(
                .finish(token: machine.token, .retry(reason: "down", notBefore: machine.now)))
            _ = try machine.tell(.tick)
        }
        _ = try machine.claim()
        let step = try machine.tell(.finish(token: 3, .retry(reason: "down", notBefore: machine.now)))
        #expect(step == .died(reason: "given up after 3 attempts: down"))
        #expect(machine.work.state == .dead && machine.work.finishedAt == machine.now)
    }

    @Test func withoutALimitWorkIsTriedForEver() throws {
        var machine = Transcript()
        machine.limits = WorkLimits(attemptsMaximum: nil, abandonmentsMaximum: 2)
        for _ in 1...1000 {
            _ = try machine.claim()
            _ = try machine.tell(
                .finish(token: machine.token, .retry(reason: "down", notBefore: machine.now)))
            _ = try machine.tell(.tick)
        }
        #expect(machine.work.state == .ready && machine.work.attempts == 1000)
    }

    @Test func aLeaseEndsAtItsMomentAndNotBefore() throws {
        var machine = Transcript()
        _ = try machine.claim(seconds: 60)
        machine.now = machine.now + .seconds(60) - .microseconds(1)
        #expect(try machine.tell(.tick) == .nothing)
        machine.now = machine.now + .microseconds(1)
        #expect(try machine.tell(.tick) == .abandoned)
        #expect(machine.work.state == .ready && machine.work.abandonments == 1)
    }

    @Test func aLateWorkerIsHeardUnlessSomebodyElseHasTheWork() throws {
        var machine = Transcript()
        _ = try machine.claim(seconds: 60)
        machine.now = machine.now + .seconds(3600)
        #expect(try machine.tell(.finish(token: 1, .done)) == .done)

        machine = Transcript()
        _ = try machine.claim(seconds: 60)
        machine.now = machine.now + .seconds(3600)
        _ = try machine.tell(.tick)
        _ = try machine.claim()
        #expect(throws: WorkQueueError.leaseExpired(machine.id)) {
            try machine.tell(.finish(token: 1, .done))
        }
        #expect(machine.work.state == .claimed && machine.work.lease?.token == 2)
    }

    @Test func finishingTwiceIsRefused() throws {
        var machine = Transcript()
        _ = try machine.claim()
        _ = try machine.tell(.finish(token: 1, .done))
        #expect(throws: WorkQueueError.leaseExpired(machine.id)) {
            try machine.tell(.finish(token: 1, .dead(reason: "no")))
        }
        #expect(machine.work.state == .done)
    }

    @Test func aRenewedLeaseLastsLonger() throws {
        var machine = Transcript()
        _ = try machine.claim(seconds: 60)
        #expect(try machine.tell(.renew(token: 1, until: machine.now + .seconds(120))) == .renewed)
        machine.now = machine.now + .seconds(90)
        #expect(try machine.tell(.tick) == .nothing)
        #expect(throws: WorkQueueError.leaseExpired(machine.id)) {
            try machine.tell(.renew(token: 7, until: .distantPast))
        }
    }

    @Test func workThatKillsItsWorkersDies() throws {
        var machine = Transcript()
        _ = try machine.claim()
        #expect(try machine.tell(.recover(node: "there")) == .nothing)
        #expect(try machine.tell(.recover(node: "here")) == .abandoned)
        _ = try machine.claim()
        let step = try machine.tell(.recover(node: "here"))
        #expect(step == .died(reason: "its worker vanished 2 times while at it"))
    }

    @Test func givenBackWorkDoesNotCount() throws {
        var machine = Transcript()
        for _ in 1...10 {
            _ = try machine.claim()
            #expect(try machine.tell(.finish(token: machine.token, .release)) == .ready)
        }
        #expect(machine.work.attempts == 0 && machine.work.abandonments == 0)
    }

    @Test func onlyDeadLettersAreRetriedOrDiscarded() throws {
        for (state, event) in [
            (Work.State.ready, Work.Event.retry), (.deferred, .retry), (.claimed, .retry), (.done, .retry),
            (.discarded, .retry), (.ready, .discard(reason: "x")), (.done, .discard(reason: "x")),
            (.claimed, .discard(reason: "x")), (.discarded, .discard(reason: "x")),
        ] {
            var machine = Transcript()
            machine.work.state = state
            #expect(throws: WorkQueueError.refused("i1 is \(state), not a dead letter")) {
                try machine.tell(event)
            }
            #expect(machine.work.state == state)
        }
    }

    @Test func aRetriedDeadLetterHasACleanSlate() throws {
        var machine = Transcript()
        _ = try machine.claim()
        _ = try machine.tell(.finish(token: 1, .dead(reason: "bad data")))
        #expect(machine.work.reason == "bad data")
        #expect(try machine.tell(.retry) == .retried)
        #expect(machine.work == Work())
    }

    @Test func aDiscardedDeadLetterIsOver() throws {
        var machine = Transcript()
        _ = try machine.claim()
        _ = try machine.tell(.finish(token: 1, .dead(reason: "bad data")))
        #expect(try machine.tell(.discard(reason: "by root")) == .discarded(reason: "by root"))
        #expect(machine.work.state.isFinished)
        #expect(try machine.tell(.tick) == .nothing)
    }

    @Test func newsReviveWhatWasOverAndLeaveTheRest() throws {
        for state in [Work.State.done, .dead, .discarded] {
            var machine = Transcript()
            machine.work.state = state
            #expect(try machine.tell(.renewal) == .ready)
            #expect(machine.work.state == .ready)
        }
        for state in [Work.State.ready, .deferred, .claimed] {
            var machine = Transcript()
            machine.work.state = state
            #expect(try machine.tell(.renewal) == .nothing)
            #expect(machine.work.state == state)
        }
    }

    @Test func onlyWaitingWorkIsBuried() throws {
        var machine = Transcript()
        #expect(try machine.tell(.bury(reason: "its file is gone")) == .died(reason: "its file is gone"))
        machine = Transcript()
        _ = try machine.claim()
        #expect(throws: WorkQueueError.refused("i1 is claimed, not waiting")) {
            try machine.tell(.bury(reason: "x"))
        }
    }
}
