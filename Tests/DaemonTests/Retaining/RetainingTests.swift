import Daemon
import Logging
import Testing
import WorkQueue

@Suite struct RetainingTests {
    @Test func aStepPurgesOnePortionAndTheNextGoesOn() throws {
        let bench = try SpoolBench()
        try keepSkipped(120, in: bench)
        bench.time.advance(by: .seconds(1))
        var settings = Configuration()
        settings.spool.keepFor = .zero
        let retaining = Retaining(
            queue: bench.queue, spool: bench.spool, time: bench.time,
            configuration: LiveConfiguration(settings),
            logger: Logger(label: "retaining") { _ in SwiftLogNoOpLogHandler() })
        for left in [70, 20, 0] {
            guard case .again = retaining.step() else {
                Issue.record("it rests with \(left) to be left")
                return
            }
            #expect(bench.files("instances").count == left)
        }
        guard case .rest = retaining.step() else {
            Issue.record("nothing is left, and it does not rest")
            return
        }
    }

    @Test func deliveriesToADestinationThatIsGoneBecomeDeadLetters() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        _ = try bench.record(bench.claimReport())
        var settings = Configuration()
        settings.destinations["pacs"] = DestinationSettings()
        let configuration = LiveConfiguration(settings)
        let retaining = Retaining(
            queue: bench.queue, spool: bench.spool, time: bench.time, configuration: configuration,
            logger: Logger(label: "retaining") { _ in SwiftLogNoOpLogHandler() })
        while case .again = retaining.step() {}
        #expect(try bench.queue.counts().deadLetters == 0)
        configuration.current.destinations = [:]
        bench.time.advance(by: .seconds(61))
        while case .again = retaining.step() {}
        #expect(try bench.queue.counts().deadLetters == 1)
    }

    @Test func aQueueThatIsNearlyFullIsEmptiedBeforeItsTime() throws {
        for (databaseBytesMax, left) in [(8 << 30, 300), (2_000_000, 0)] as [(Int64, Int)] {
            let bench = try SpoolBench()
            try keepSkipped(300, in: bench)
            bench.time.advance(by: .seconds(1))
            try bench.reopenQueue(databaseBytesMax: databaseBytesMax)
            let retaining = Retaining(
                queue: bench.queue, spool: bench.spool, time: bench.time,
                configuration: LiveConfiguration(Configuration()),
                logger: Logger(label: "retaining") { _ in SwiftLogNoOpLogHandler() })
            while case .again = retaining.step() {}
            #expect(bench.files("instances").count == left)
        }
    }

    /// Finished instances without a study.
    private func keepSkipped(_ count: Int, in bench: SpoolBench) throws {
        for number in 1...count {
            let incoming = try bench.spool.makeIncomingPath()
            bench.disk.receive([1], at: incoming)
            var instance = SpoolBench.instance("1.\(number)", digest: "\(number)")
            instance.studyInstanceUID = nil
            _ = try bench.spool.keep(
                incoming: incoming, as: instance, in: bench.queue, now: bench.time.now())
        }
        while let claim = try bench.queue.claimInstances(
            max: 1, lease: .seconds(60), now: bench.time.now()
        ).first {
            try bench.queue.finish(claim, .skipped(reason: "no study"), now: bench.time.now())
        }
    }
}
