// The daemon put together: this file assembles, it decides nothing.
import Classification
import Dicom
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals
import WorkQueue

/// Why the daemon does not start: one line that says what to do.
package struct StartError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// The daemon: everything it is made of, from the port to the destinations.
package struct Application {
    private let configuration: LiveConfiguration
    private let load: @Sendable () throws(ConfigurationError) -> LoadedConfiguration
    private let softwareVersion: String
    private let threshold: LogThreshold
    private let makeLogger: @Sendable (String) -> Logger

    /// - Parameters:
    ///   - load: reads the configuration; called again at each reload.
    ///   - softwareVersion: as reports name it.
    ///   - write: takes log lines; standard error unless a test listens.
    package init(
        load: @escaping @Sendable () throws(ConfigurationError) -> LoadedConfiguration,
        softwareVersion: String,
        write: @escaping @Sendable (String) -> Void = writeToStandardError
    ) throws(ConfigurationError) {
        let loaded = try load()
        let settings = loaded.configuration.log
        let threshold = LogThreshold(settings.level)
        self.load = load
        self.softwareVersion = softwareVersion
        self.threshold = threshold
        configuration = LiveConfiguration(loaded.configuration)
        makeLogger = { label in
            Logger(label: label) { _ in
                LineLogHandler(label: label, format: settings.format, threshold: threshold, write: write)
            }
        }
        for warning in loaded.warnings { makeLogger("glenoid").warning("\(warning)") }
    }

    /// Opens everything, serves until SIGTERM or SIGINT, finishes what is in hand, and returns.
    ///
    /// Throws ``StartError`` if it cannot start; nothing has been received then.
    package func run() async throws {
        let logger = makeLogger("glenoid")
        let settings = configuration.current
        let notifier = SystemdNotifier()
        let watchdog = WatchdogService(notifier: notifier, logger: makeLogger("watchdog"))
        let store = try Store(settings, configuration: configuration, logger: logger)
        let models = try Self.models(settings, logger: logger)
        let composer = ReportComposer(
            spool: store.spool, models: models,
            installation: ResultDocument.Installation(
                name: settings.installation.name, serialNumber: settings.installation.serialNumber,
                softwareVersion: softwareVersion))
        let delivering = delivering(store, composer, watchdog)
        let services: [any Service] =
            [
                // Shut down from the last to the first: receiving ends before what it feeds, the watchdog at the very end.
                watchdog, retaining(store, watchdog), delivering, reporting(store, composer, watchdog),
            ] + classifying(store, models, watchdog) + [
                reloading(delivering, notifier), try receiving(store, watchdog, notifier),
            ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: makeLogger("services")))
        try await group.run()
        logger.notice("stopped")
    }

    private static func models(_ settings: Configuration, logger: Logger) throws(StartError) -> [ModelInUse] {
        var models: [ModelInUse] = []
        for entry in settings.models {
            do {
                let model = try ModelInUse(entry, threads: settings.classification.threads)
                guard !models.contains(where: { $0.key == model.key }) else {
                    throw StartError("models: \(entry.bundle) is the same model as another entry")
                }
                models.append(model)
                logger.notice("model \(model.key) loaded from \(entry.bundle)")
            } catch let error as StartError {
                throw error
            } catch {
                throw StartError("the model in \(entry.bundle) cannot be used: \(error)")
            }
        }
        if models.isEmpty { logger.warning("no model is configured: every instance will be skipped") }
        return models
    }
}

extension Application {
    private func receiving(
        _ store: Store, _ watchdog: WatchdogService, _ notifier: SystemdNotifier
    ) throws(StartError) -> ReceivingService {
        let receiver = Receiver(
            queue: store.queue, spool: store.spool, time: store.time, configuration: configuration,
            logger: makeLogger("receiving"))
        let settings = configuration.current.dicom
        do {
            return ReceivingService(
                provider: try StoreProvider(StoreProviderSettings(settings), delegate: receiver),
                configuration: configuration, watchdog: watchdog, notifier: notifier,
                logger: makeLogger("receiving"))
        } catch {
            throw StartError(
                "\(error): choose another dicom.port, or stop the program that has it (ss -ltnp)")
        }
    }

    private func classifying(
        _ store: Store, _ models: [ModelInUse], _ watchdog: WatchdogService
    ) -> [any Service] {
        let settings = configuration.current.classification
        let logger = makeLogger("classifying")
        return (1...settings.workers).map { number in
            Lane(
                name: "classifying \(number)", changes: store.queue.changes, topics: .instances,
                watchdog: watchdog,
                stepMax: Classifying.stepMax, niceness: Classifying.niceness
            ) {
                Classifying(
                    queue: store.queue, spool: store.spool, time: store.time, models: models,
                    settings: settings,
                    logger: logger)
            }
        }
    }

    private func reporting(_ store: Store, _ composer: ReportComposer, _ watchdog: WatchdogService) -> Lane {
        let logger = makeLogger("reporting")
        return Lane(
            name: "reporting", changes: store.queue.changes, topics: .reports, watchdog: watchdog,
            stepMax: Reporting.stepMax
        ) { [configuration] in
            Reporting(
                queue: store.queue, spool: store.spool, time: store.time, configuration: configuration,
                composer: composer, logger: logger)
        }
    }

    private func delivering(
        _ store: Store, _ composer: ReportComposer, _ watchdog: WatchdogService
    ) -> DeliveringService {
        let logger = makeLogger("delivering")
        let configuration = configuration
        return DeliveringService(destinations: configuration.current.destinations.keys.sorted()) { name in
            Lane(
                name: "to \(name)", changes: store.queue.changes, topics: .deliveries, watchdog: watchdog,
                stepMax: Delivering.stepMax(
                    configuration.current.destinations[name] ?? DestinationSettings())
            ) {
                Delivering(
                    destination: name, queue: store.queue, spool: store.spool, time: store.time,
                    configuration: configuration, composer: composer, logger: logger)
            }
        }
    }

    private func retaining(_ store: Store, _ watchdog: WatchdogService) -> Lane {
        let logger = makeLogger("retaining")
        return Lane(
            name: "retaining", changes: store.queue.changes, topics: [], watchdog: watchdog,
            stepMax: Retaining.stepMax
        ) { [configuration] in
            Retaining(
                queue: store.queue, spool: store.spool, time: store.time, configuration: configuration,
                logger: logger)
        }
    }

    private func reloading(_ delivering: DeliveringService, _ notifier: SystemdNotifier) -> Reloading {
        let logger = makeLogger("reloading")
        return Reloading(load: load, configuration: configuration, notifier: notifier, logger: logger) {
            [threshold] new in
            threshold.current = new.log.level
            delivering.serve(new.destinations.keys.sorted())
        }
    }
}

extension StoreProviderSettings {
    /// The listener of the configuration, as the network wants it.
    init(_ settings: DicomSettings) {
        self.init()
        bind = settings.bind
        port = settings.port
        pduBytesMax = settings.maximumPDU
        associationsMax = settings.maximumAssociations
        dataSetBytesMax = Int(settings.maximumInstanceSize)
        requestSeconds = settings.negotiationTimeout / .seconds(1)
        pduSeconds = settings.messageTimeout / .seconds(1)
        idleSeconds = settings.idleTimeout / .seconds(1)
    }
}
