// One lane for each destination, also for those that a reload brings.
import ServiceLifecycle
import Synchronization

/// Runs a lane for every destination that the configuration in force names.
///
/// A destination that a reload takes away keeps its lane, idle, until the daemon stops: a report may be on its way there,
/// and it may come back. Its waiting deliveries become dead letters at once (``Reloading``).
final class DeliveringService: Service {
    private let makeLane: @Sendable (String) -> Lane
    private let names: AsyncStream<[String]>
    private let continuation: AsyncStream<[String]>.Continuation

    /// - Parameters:
    ///   - destinations: the names to begin with.
    ///   - makeLane: the lane of one destination, not yet running.
    init(destinations: [String], makeLane: @escaping @Sendable (String) -> Lane) {
        self.makeLane = makeLane
        (names, continuation) = AsyncStream.makeStream()
        continuation.yield(destinations)
    }

    /// Starts lanes for destinations that have none yet.
    func serve(_ destinations: [String]) {
        continuation.yield(destinations)
    }

    /// Returns once every lane has ended after a graceful stop.
    func run() async throws {
        await withDiscardingTaskGroup { group in
            var running: Set<String> = []
            for await destinations in names.cancelOnGracefulShutdown() {
                for name in destinations where running.insert(name).inserted {
                    let lane = makeLane(name)
                    // A lane's run throws nothing: its work handles its own errors.
                    group.addTask { try? await lane.run() }
                }
            }
        }
    }
}
