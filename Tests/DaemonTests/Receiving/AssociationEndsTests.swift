import Daemon
import Logging
import Testing
import WorkQueue

@Suite struct AssociationEndsTests {
    @Test func anEndThatTheQueueRefusedIsRecordedAtTheNext() throws {
        let bench = try SpoolBench()
        let faults = SimulatedFaults(SplitMix(state: 1))
        let ends = AssociationEnds(
            queue: FaultyQueue(bench.queue, faults), time: bench.time,
            logger: Logger(label: "ends") { _ in SwiftLogNoOpLogHandler() })
        _ = try bench.receive("1.2.3")  // over the association a1
        let claim = try #require(
            try bench.queue.claimInstances(max: 1, lease: .seconds(60), now: bench.time.now()).first)
        try bench.queue.finish(
            claim, .classified([ModelResult(model: "m", json: "{}")]), now: bench.time.now())
        // Settled, but not idle: nothing but the open association holds the report back.
        bench.time.advance(by: .seconds(3))
        func isDue() throws -> Bool {
            try bench.queue.claimReport(
                timing: StudyTiming(), lease: .seconds(60), now: bench.time.now()) != nil
        }
        faults.failuresPerThousand = 1000
        ends.record("a1")
        #expect(try !isDue())
        faults.end()
        ends.record("a2")
        #expect(try isDue())
    }
}
