import Daemon
import Locks
import Logging
import Testing
import WorkQueue

@Suite("Lanes")
struct LaneTests {
    /// Work that does what a test says.
    private final class Scripted: LaneWork {
        let body: () -> LaneStep
        init(_ body: @escaping () -> LaneStep) { self.body = body }
        func step() -> LaneStep { body() }
    }

    /// What a played service manager was told.
    private final class Told: Sendable {
        private let states = Lock<[String]>([])
        func add(_ state: String) { states.withLock { $0.append(state) } }
        var pings: Int { states.withLock { $0.count { $0.contains("WATCHDOG=1") } } }
    }

    private func watchdog(_ told: Told) -> WatchdogService {
        WatchdogService(
            notifier: SystemdNotifier(send: told.add), interval: .milliseconds(50),
            logger: Logger(label: "watchdog"))
    }

    @Test("a lane works until it is cancelled, and ends after the step in hand")
    func runsAndEnds() async throws {
        let changes = ChangeSignal()
        let box = Counter()
        let lane = Lane(
            name: "test", changes: changes, topics: .instances, watchdog: watchdog(Told()),
            stepMax: .seconds(10)
        ) {
            Scripted {
                box.add()
                return .rest(atMost: .milliseconds(1))
            }
        }
        let task = Task { try await lane.run() }
        while box.count < 5 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        try await task.value
        let after = box.count
        try await Task.sleep(for: .milliseconds(50))
        #expect(box.count == after)
    }

    @Test("a change in the queue ends a rest early")
    func changeWakes() async throws {
        let changes = ChangeSignal()
        let box = Counter()
        let lane = Lane(
            name: "test", changes: changes, topics: .reports, watchdog: watchdog(Told()),
            stepMax: .seconds(10)
        ) {
            Scripted {
                box.add()
                return .rest(atMost: .seconds(1))
            }
        }
        let task = Task { try await lane.run() }
        while box.count < 1 { try await Task.sleep(for: .milliseconds(1)) }
        let start = ContinuousClock.now
        for wanted in 2...6 {
            changes.announce(.reports)
            while box.count < wanted { try await Task.sleep(for: .milliseconds(1)) }
        }
        // Five rests of a second each, cut short; a machine must be very slow to need a second for each.
        #expect(ContinuousClock.now - start < .seconds(4))
        task.cancel()
        try await task.value
    }

    @Test("a lane that hangs stops the pings to systemd, and one that moves again starts them again")
    func hangStopsPings() async throws {
        let told = Told()
        let watchdog = watchdog(told)
        let hung = Flag()
        let lane = Lane(
            name: "hanging", changes: ChangeSignal(), topics: .instances, watchdog: watchdog,
            stepMax: .milliseconds(300)
        ) {
            Scripted {
                while hung.isSet { hung.pause() }
                return .rest(atMost: .milliseconds(10))
            }
        }
        // Other tests may keep every task from running for minutes: one that watches nothing shows whether they run.
        let control = Told()
        let controlWatchdog = self.watchdog(control)
        let running = Task { try await lane.run() }
        let guarding = [
            Task { try await watchdog.run() }, Task { try await controlWatchdog.run() },
        ]
        func wait(_ isSo: () -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(600)
            while !isSo() {
                try #require(
                    ContinuousClock.now < deadline, "\(told.pings) pings, \(control.pings) of the control")
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        try await wait { told.pings >= 3 }
        hung.set(true)
        // The pings end: there comes a time in which the control gets ten and the hanging one none.
        var (pings, controlPings) = (told.pings, control.pings)
        try await wait {
            if told.pings != pings { (pings, controlPings) = (told.pings, control.pings) }
            return control.pings >= controlPings + 10
        }
        hung.set(false)
        try await wait { told.pings >= pings + 3 }
        running.cancel()
        try await running.value
        for task in guarding {
            task.cancel()
            try await task.value
        }
    }
}

/// A count that several threads see.
private final class Counter: Sendable {
    private let value = Lock(0)
    func add() { value.withLock { $0 += 1 } }
    var count: Int { value.withLock { $0 } }
}

/// A flag that a blocked thread looks at.
private final class Flag: Sendable {
    private let value = Lock(false)
    private let signal = ChangeSignal()
    func set(_ new: Bool) { value.withLock { $0 = new } }
    var isSet: Bool { value.withLock { $0 } }
    /// Blocks the thread for a moment.
    func pause() { signal.wait(for: .instances, after: signal.generation(of: .instances), seconds: 0.01) }
}
