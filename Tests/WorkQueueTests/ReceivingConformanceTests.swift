import Foundation
import Testing
import WorkQueue

@Suite struct ReceivingConformanceTests {
    @Test(arguments: Implementation.allCases)
    func aKeptInstanceSurvivesARestart(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let id = try bench.keep("1.2.3").id
        try bench.restart()
        #expect(try bench.summary(id).state == .ready)
        let claim = try bench.claimOne()
        #expect(claim.instance.sopInstanceUID == "1.2.3" && claim.instance.studyInstanceUID == "study")
        #expect(claim.instance.byteCount == 7_500_000 && claim.receivedAt == bench.now)
    }

    @Test(arguments: Implementation.allCases)
    func theSameContentTwiceIsNoNewWork(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let id = try bench.keep("1.2.3").id
        #expect(try bench.queue.keptInstance(sopInstanceUID: "1.2.3", digest: "digest of 1.2.3")?.id == id)
        for _ in 1...3 { #expect(try bench.keep("1.2.3", from: "OTHER") == .duplicate(of: id)) }
        try bench.queue.noteDuplicate(of: id, callingAE: "OTHER", now: bench.now)
        try bench.classifyAll()
        #expect(try bench.queue.counts().instances.done == 1)
        #expect(try bench.keep("1.2.3") == .duplicate(of: id))
        #expect(try bench.claim().isEmpty)
        #expect(
            try bench.steps("1.2.3").filter { $0.hasPrefix("duplicate") } == ["duplicate×4", "duplicate"])
    }

    @Test(arguments: Implementation.allCases)
    func theSameContentUnderAnotherUIDIsNewWork(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        try bench.keep("1.2.3", digest: "same")
        guard case .new = try bench.keep("1.2.4", digest: "same") else {
            Issue.record("another UID is another instance")
            return
        }
    }

    @Test(arguments: Implementation.allCases)
    func theSameUIDWithOtherContentIsKeptBeside(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let first = try bench.keep("1.2.3", digest: "old").id
        let outcome = try bench.keep("1.2.3", digest: "new")
        #expect(outcome == .conflicting(outcome.id) && outcome.id != first)
        // Whatever was kept stays known, however many other contents came since.
        #expect(try bench.keep("1.2.3", digest: "old") == .duplicate(of: first))
        #expect(try bench.steps("1.2.3") == ["received", "conflicting", "duplicate"])
    }

    @Test(arguments: Implementation.allCases)
    func everythingInAUIDIsData(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let uid = "../../etc/passwd'; DROP TABLE instance; --\u{7f}é"
        try bench.keep(uid, study: uid, digest: uid, from: uid, association: uid)
        #expect(try bench.claimOne().instance.sopInstanceUID == uid)
        #expect(try bench.queue.explain(uid)?.subject == .study)
    }

    @Test(arguments: Implementation.allCases)
    func concurrentCallersAllKeepTheirInstances(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let instances = (0..<8).map { caller in
            (0..<25).map { bench.instance("1.\(caller).\($0)", study: "s\($0 % 5)", from: "AE\(caller)") }
        }
        let (queue, now) = (bench.queue, bench.now)
        let failures = Counter()
        DispatchQueue.concurrentPerform(iterations: instances.count) { caller in
            for instance in instances[caller] {
                do {
                    guard case .new = try queue.keep(instance, now: now) else { return failures.add() }
                } catch {
                    failures.add()
                }
            }
        }
        #expect(failures.value == 0)
        #expect(try bench.queue.counts().instances.ready == 200)
        try bench.classifyAll()
        #expect(try bench.queue.counts().reports.ready == 5)
    }

    @Test(arguments: Implementation.allCases)
    func ofTheSameInstanceSentByManyOneIsNew(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        let copies = (0..<8).map { bench.instance("1.2.3", association: "a\($0)") }
        let (queue, now) = (bench.queue, bench.now)
        let new = Counter()
        DispatchQueue.concurrentPerform(iterations: copies.count) { index in
            if case .new = try? queue.keep(copies[index], now: now) { new.add() }
        }
        #expect(new.value == 1)
        #expect(try bench.queue.counts().instances.ready == 1)
    }

    /// Told success and forgotten: what a duplicate of a dead letter would be, above all one whose file is missing.
    @Test(arguments: Implementation.allCases, [false, true])
    func whatComesAgainAfterItsDeadLetterIsWorkAgain(
        _ implementation: Implementation, isDiscarded: Bool
    ) throws {
        let bench = try QueueBench(implementation)
        let id = try bench.keep("1.2.3").id
        try bench.hangUp()
        let path = try bench.claimOne().instance.path
        try bench.restart()
        _ = try bench.queue.recover(now: bench.now)
        try bench.queue.bury(id, reason: "its file is missing from the spool", now: bench.now)
        if isDiscarded { try bench.queue.discard(id, reason: "gone", now: bench.now) }
        #expect(
            try bench.queue.keptInstance(sopInstanceUID: "1.2.3", digest: "digest of 1.2.3") == nil)
        #expect(
            try bench.keep("1.2.3", from: "OTHER", association: "a2") == .revived(id, replacedPath: path))
        #expect(try bench.queue.counts().instances.ready == 1)
        let claim = try bench.claimOne()
        #expect(claim.id == id && claim.instance.path != path && claim.instance.callingAE == "OTHER")
        #expect(try bench.keep("1.2.3", association: "a3") == .duplicate(of: id))
        try bench.classify(claim)
        for association in ["a2", "a3"] { try bench.hangUp(association) }
        bench.time.advance(by: .seconds(2))
        #expect(try bench.report().contents.instances.count == 1)
        #expect(try bench.steps("1.2.3").contains("retried"))
    }

    /// The image's own work was done; what an operator threw away is the report on it, or the report's delivery.
    @Test(arguments: Implementation.allCases, [WorkID.Kind.report, .delivery])
    func whatComesAgainAfterItsReportWasDiscardedIsWorkAgain(
        _ implementation: Implementation, kind: WorkID.Kind
    ) throws {
        let bench = try QueueBench(implementation)
        let id = try bench.keep("1.2.3").id
        try bench.hangUp()
        try bench.classifyAll()
        bench.time.advance(by: .seconds(2))
        let letter: WorkID
        if kind == .report {
            let claim = try bench.claimOneReport()
            try bench.queue.finish(claim, .dead(reason: "no such model"), now: bench.now)
            letter = claim.id
        } else {
            try bench.report(to: ["pacs", "gone"])
            try bench.deliver("pacs")
            let claim = try #require(try bench.claimDelivery("gone"))
            try bench.queue.finish(claim, .dead(reason: "refused"), now: bench.now)
            letter = claim.id
        }
        // A letter that lies there is seen; only what was thrown away is nobody's.
        #expect(try bench.keep("1.2.3", association: "a2") == .duplicate(of: id))
        try bench.queue.discard(letter, reason: "by anna", now: bench.now)
        #expect(
            try bench.queue.keptInstance(sopInstanceUID: "1.2.3", digest: "digest of 1.2.3") == nil)
        #expect(try bench.keep("1.2.3", association: "a2") == .duplicate(of: id))
        #expect(try bench.summary(letter).state == .ready)
        bench.time.advance(by: .seconds(30))
        if kind == .report { try bench.report(to: ["gone"]) }
        try bench.deliver("gone")
        // Made good: from here on it is kept as everything else.
        #expect(
            try bench.queue.keptInstance(sopInstanceUID: "1.2.3", digest: "digest of 1.2.3")?.id == id)
    }

    @Test(arguments: Implementation.allCases)
    func onePartsFailureIsNotTheOthers(_ implementation: Implementation) throws {
        let bench = try QueueBench(implementation)
        var clashing = bench.instance("1.2.4")
        clashing.path = "instances/clash"
        var other = bench.instance("1.2.5")
        other.path = "instances/clash"
        _ = try bench.queue.keep(clashing, now: bench.now)
        // Two files in one place can only be a mistake of ours; nothing of the call may stay.
        #expect(throws: WorkQueueError.self) { try bench.queue.keep(other, now: bench.now) }
        #expect(try bench.queue.counts().instances.ready == 1)
        #expect(try bench.queue.explain("1.2.5") == nil)
        try bench.classifyAll()
        bench.time.advance(by: .seconds(30))
        #expect(try bench.claimOneReport().contents.instances.count == 1)
    }
}

/// A count that several threads add to.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }
    func add() { lock.withLock { count += 1 } }
}
