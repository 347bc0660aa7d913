import Locks

/// The configuration in force; a reload replaces it, and whoever needs a setting asks for it when it is needed.
package final class LiveConfiguration: Sendable {
    private let configuration: Lock<Configuration>

    /// Puts a configuration into force.
    package init(_ configuration: Configuration) {
        self.configuration = Lock(configuration)
    }

    /// The configuration in force.
    package var current: Configuration {
        get { configuration.withLock { $0 } }
        set { configuration.withLock { $0 = newValue } }
    }
}
