import Daemon
import Foundation
import Locks
import Logging
import Testing

/// Keeps what a notifier sent.
private final class Manager: Sendable {
    private let states = Lock<[String]>([])
    var received: [String] { states.withLock { $0 } }
    var notifier: SystemdNotifier { SystemdNotifier { state in self.states.withLock { $0.append(state) } } }
}

/// A thread that beats until it is stopped.
private final class Worker: Sendable {
    private let isStopped = Lock(false)

    func start(beating heartbeat: Heartbeat) {
        Thread.detachNewThread {
            while !self.isStopped.withLock({ $0 }) {
                heartbeat.beat()
                Thread.sleep(forTimeInterval: 0.001)
            }
        }
    }

    func stop() { isStopped.withLock { $0 = true } }
}

@Suite struct SystemdNotifierTests {
    @Test func statesAreThoseOfTheProtocol() {
        let manager = Manager()
        manager.notifier.ready("listening on 11112")
        manager.notifier.status("3 studies wait")
        manager.notifier.watchdog()
        manager.notifier.stopping("finishing")
        #expect(
            manager.received == [
                "READY=1\nSTATUS=listening on 11112", "STATUS=3 studies wait", "WATCHDOG=1",
                "STOPPING=1\nSTATUS=finishing",
            ])
    }

    @Test func reloadCarriesItsMoment() throws {
        let manager = Manager()
        manager.notifier.reloading()
        manager.notifier.reloading()
        let moments = manager.received.map { state in
            Int(state.split(separator: "\nMONOTONIC_USEC=").last ?? "")
        }
        #expect(manager.received.allSatisfy { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
        #expect(try #require(moments[0]) <= #require(moments[1]))
    }

    @Test func statusCannotSmuggleAnAssignment() {
        let manager = Manager()
        manager.notifier.status("a\nREADY=1\r\nMAINPID=1")
        #expect(manager.received == ["STATUS=a READY=1 MAINPID=1"])
    }

    @Test func pingsStopWhileAThreadStandsStill() async throws {
        let manager = Manager()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = WatchdogService(notifier: manager.notifier, interval: .milliseconds(5), logger: logger)
        let heartbeat = service.heartbeat("worker", limit: .milliseconds(50))
        let control = Manager()
        let unwatched = WatchdogService(
            notifier: control.notifier, interval: .milliseconds(5), logger: logger)
        let running = [Task { try await service.run() }, Task { try await unwatched.run() }]
        // Other tests may hold up every task for minutes: the worker has a thread of its own, every wait is for an event,
        // and a service that watches nothing shows whether tasks run.
        try await waitForPing(after: 0, of: manager, whileBeating: heartbeat)

        // The worker hangs: there comes a time in which the control gets twenty pings and this one none.
        var (pings, controlPings) = (manager.received.count, control.received.count)
        try await wait {
            if manager.received.count != pings {
                (pings, controlPings) = (manager.received.count, control.received.count)
            }
            return control.received.count >= controlPings + 20
        }

        // It moves again.
        try await waitForPing(after: pings, of: manager, whileBeating: heartbeat)
        for task in running {
            task.cancel()
            try await task.value
        }
    }

    private func waitForPing(
        after count: Int, of manager: Manager, whileBeating heartbeat: Heartbeat
    ) async throws {
        let worker = Worker()
        defer { worker.stop() }
        worker.start(beating: heartbeat)
        try await wait { manager.received.count > count }
    }

    private func wait(_ isSo: () -> Bool) async throws {
        let deadline = SuspendingClock.now + .seconds(600)
        while !isSo() {
            try #require(SuspendingClock.now < deadline, "it did not happen in ten minutes")
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
