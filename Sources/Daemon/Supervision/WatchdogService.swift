internal import Locks
package import Logging
internal import ServiceLifecycle

/// Pings systemd as long as every watched thread moves.
///
/// When one stands still, the pings stop and the log names it; systemd then ends the process with SIGABRT and starts
/// it anew (WatchdogSec and Restart of the unit), and the queue still holds the work. Without systemd the log alone
/// tells.
package final class WatchdogService: Service {
    /// How often threads are looked at when nobody asks for pings.
    private static let intervalWithoutSystemd = Duration.seconds(10)

    private let notifier: SystemdNotifier
    private let interval: Duration
    private let logger: Logger
    private let watchdog = Lock(Watchdog())

    /// Creates the service.
    ///
    /// - Parameters:
    ///   - notifier: Gets the pings.
    ///   - interval: Time between pings; nil: nobody asked for any.
    ///   - logger: Is told what stands still.
    package init(
        notifier: SystemdNotifier, interval: Duration? = SystemdNotifier.watchdogInterval(), logger: Logger
    ) {
        self.notifier = notifier
        self.interval = interval ?? Self.intervalWithoutSystemd
        self.logger = logger
    }

    /// A new heartbeat, watched from now on.
    package func heartbeat(_ name: String, limit: Duration) -> Heartbeat {
        let heartbeat = Heartbeat(name: name, limit: limit)
        watchdog.withLock { $0.watch(heartbeat, now: .now) }
        return heartbeat
    }

    /// Watches a heartbeat no longer.
    package func forget(_ heartbeat: Heartbeat) {
        watchdog.withLock { $0.forget(heartbeat) }
    }

    /// Looks at the threads and pings until the service group shuts down or is cancelled.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var stalledBefore: [String] = []
            while !Task.isCancelled {
                stalledBefore = self.look(stalledBefore: stalledBefore)
                // Cancellation is the way this ends; the loop's condition sees it.
                try? await Task.sleep(for: self.interval, clock: .suspending)
            }
        }
    }

    /// One look at the threads: a ping, or a message about those that newly stand still.
    private func look(stalledBefore: [String]) -> [String] {
        let stalled = watchdog.withLock { $0.stalled(now: .now) }
        if stalled.isEmpty { notifier.watchdog() }
        for heartbeat in stalled where !stalledBefore.contains(heartbeat.name) {
            let seconds = heartbeat.limit.components.seconds
            logger.critical(
                "\(heartbeat.name) has not moved for \(seconds) s; the watchdog is not fed any more")
        }
        for name in stalledBefore where !stalled.contains(where: { $0.name == name }) {
            logger.notice("\(name) moves again")
        }
        return stalled.map(\.name)
    }
}
