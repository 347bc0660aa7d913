// SIGHUP: puts a changed configuration into effect, or keeps the old one.
import Logging
import ServiceLifecycle
import UnixSignals
import WorkQueue

/// Reads the configuration again when the operator asks for it.
final class Reloading: Service {
    private let load: @Sendable () throws(ConfigurationError) -> LoadedConfiguration
    private let configuration: LiveConfiguration
    private let apply: @Sendable (Configuration) -> Void
    private let notifier: SystemdNotifier
    private let logger: Logger

    /// - Parameters:
    ///   - load: reads the configuration as it was read at start.
    ///   - apply: tells the parts that hold a copy of a setting.
    init(
        load: @escaping @Sendable () throws(ConfigurationError) -> LoadedConfiguration,
        configuration: LiveConfiguration, notifier: SystemdNotifier, logger: Logger,
        apply: @escaping @Sendable (Configuration) -> Void
    ) {
        self.load = load
        self.configuration = configuration
        self.notifier = notifier
        self.logger = logger
        self.apply = apply
    }

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { reload() }
    }

    private func reload() {
        notifier.reloading()
        // Whatever comes of it, the reload is over then, and the daemon works.
        defer { notifier.ready("the configuration in force is that of the last good reload") }
        let loaded: LoadedConfiguration
        do throws(ConfigurationError) {
            loaded = try load()
        } catch {
            for problem in error.problems { logger.error("reload refused: \(problem)") }
            logger.error("the old configuration stays in force")
            return
        }
        let old = configuration.current
        let changes = loaded.configuration.changes(from: old)
        configuration.current = old.adopting(loaded.configuration)
        apply(configuration.current)
        for warning in loaded.warnings { logger.warning("\(warning)") }
        if !changes.live.isEmpty { logger.notice("reloaded: \(changes.live.joined(separator: ", "))") }
        if !changes.restart.isEmpty {
            logger.warning("these changes wait for a restart: \(changes.restart.joined(separator: ", "))")
        }
        if changes.isEmpty { logger.notice("reloaded: nothing has changed") }
    }
}
