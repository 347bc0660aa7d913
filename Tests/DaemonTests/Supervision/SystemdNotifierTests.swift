import Daemon
import Logging
import Synchronization
import Testing

/// Keeps what a notifier sent.
private final class Manager: Sendable {
    private let states = Mutex<[String]>([])
    var received: [String] { states.withLock { $0 } }
    var notifier: SystemdNotifier { SystemdNotifier { state in self.states.withLock { $0.append(state) } } }
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
        while manager.received.isEmpty { await Task.yield() }

        // The worker hangs: after its limit, no further ping.
        try await Task.sleep(for: .milliseconds(300))
        let pings = manager.received.count
        try await Task.sleep(for: .milliseconds(100))
        #expect(manager.received.count == pings)

        // It moves again.
        while manager.received.count == pings {
            heartbeat.beat()
            try await Task.sleep(for: .milliseconds(1))
        }
        running.cancel()
        try await running.value
    }
}
