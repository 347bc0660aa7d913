// The listener: from the open port to the last association's end.
import Dicom
import Foundation
import Logging
import ServiceLifecycle

/// Serves associations until the daemon stops, then lets those that are open finish.
final class ReceivingService: Service {
    /// Between two looks whether the accept loop runs.
    private static let lookInterval = Duration.seconds(1)
    /// The longest the accept loop may be away before the watchdog takes it for dead.
    private static let limit = Duration.seconds(10)

    private let provider: StoreProvider
    private let configuration: LiveConfiguration
    private let watchdog: WatchdogService
    private let notifier: SystemdNotifier
    private let logger: Logger

    init(
        provider: StoreProvider, configuration: LiveConfiguration, watchdog: WatchdogService,
        notifier: SystemdNotifier, logger: Logger
    ) {
        self.provider = provider
        self.configuration = configuration
        self.watchdog = watchdog
        self.notifier = notifier
        self.logger = logger
    }

    func run() async throws {
        try provider.run()
        let settings = configuration.current.dicom
        let status = "\(settings.aeTitle) listens on \(settings.bind) port \(provider.port)"
        logger.notice("\(status)")
        notifier.ready(status)

        let heartbeat = watchdog.heartbeat("listener", limit: Self.limit)
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if self.provider.isListening { heartbeat.beat() }
                // Cancellation is the way this ends; the loop's condition sees it.
                try? await Task.sleep(for: Self.lookInterval)
            }
        }
        watchdog.forget(heartbeat)

        notifier.stopping("finishing what is in hand")
        logger.notice("stopping: no new associations, those that are open may finish")
        let seconds = configuration.current.dicom.drainTimeout / .seconds(1)
        let hasDrained = await withCheckedContinuation { continuation in
            // Blocks for as long as associations take, so it has a thread of its own.
            Thread { continuation.resume(returning: self.provider.drain(deadlineSeconds: seconds)) }.start()
        }
        if !hasDrained {
            logger.warning("associations were still open after dicom.drainTimeout and were aborted")
        }
    }
}
