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
        let running = Task { try await service.run() }
        // Other tests may hold up every task for more than a minute: the worker has a thread of its own, and every wait is for an
        // event, not for a time.
        try await waitForPing(after: 0, of: manager, whileBeating: heartbeat)

        // The worker hangs: the pings come to an end.
        var pings = 0
        while pings != manager.received.count {
            pings = manager.received.count
            try await Task.sleep(for: .milliseconds(200))
        }

        // It moves again.
        try await waitForPing(after: pings, of: manager, whileBeating: heartbeat)
        running.cancel()
        try await running.value
    }

    private func waitForPing(
        after count: Int, of manager: Manager, whileBeating heartbeat: Heartbeat
    ) async throws {
        let worker = Worker()
        defer { worker.stop() }
        worker.start(beating: heartbeat)
        let deadline = SuspendingClock.now + .seconds(600)
        while manager.received.count <= count {
            try #require(SuspendingClock.now < deadline, "no ping for ten minutes")
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
