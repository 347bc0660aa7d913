// A thread of the daemon that does one kind of work.
import Foundation
import ServiceLifecycle
import Synchronization
package import WorkQueue

/// What a lane does after one step of its work.
package enum LaneStep: Sendable {
    /// There may be more: the next step follows at once.
    case again
    /// Nothing to do before the queue changes or the time is over.
    case rest(atMost: Duration)

    /// Nothing to do before the queue changes or a moment has come; `nil`: before it changes.
    static func rest(until moment: Timestamp?, now: Timestamp) -> LaneStep {
        .rest(atMost: moment.map { max($0 - now, .zero) } ?? Lane.restMax)
    }
}

/// A thread that does one kind of blocking work, step by step, until the daemon stops.
///
/// Everything a lane calls (the queue, DCMTK, the network) blocks, so it must not run on the cooperative pool. A
/// step is never interrupted: at a graceful stop the step in hand is finished, and no other one begun. What has not
/// been begun stays in the queue.
package final class Lane: Service {
    /// The longest sleep, so that an idle lane still shows the watchdog that it lives, and sees what another process
    /// (`glenoid queue retry`) changed.
    package static let restMax = Duration.seconds(1)
    /// DCMTK recurses while it parses; its depth is bounded before, and this is what the bound was tried with.
    private static let stackBytes = 8 << 20

    package let name: String
    private let changes: ChangeSignal
    private let topics: QueueTopics
    private let beat: @Sendable () -> Void
    private let step: @Sendable () -> LaneStep
    private let isStopping = Atomic<Bool>(false)

    /// - Parameters:
    ///   - topics: the changes of the queue that end a rest early.
    ///   - beat: called before every step; the watchdog counts these.
    ///   - step: one unit of work, called on the lane's own thread only. It handles its own errors.
    package init(
        name: String, changes: ChangeSignal, topics: QueueTopics, beat: @escaping @Sendable () -> Void,
        step: @escaping @Sendable () -> LaneStep
    ) {
        self.name = name
        self.changes = changes
        self.topics = topics
        self.beat = beat
        self.step = step
    }

    /// Runs the thread until the service group shuts down, and returns once the thread has ended.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let thread = Thread {
                        self.work()
                        continuation.resume()
                    }
                    thread.name = name
                    thread.stackSize = Self.stackBytes
                    thread.start()
                }
            } onCancel: {
                stop()
            }
        } onGracefulShutdown: {
            self.stop()
        }
    }

    private func stop() {
        isStopping.store(true, ordering: .releasing)
        changes.announce(topics)
    }

    private func work() {
        while !isStopping.load(ordering: .acquiring) {
            beat()
            // Read before the step looks: a change between its look and the wait is not missed.
            let generation = changes.generation(of: topics)
            guard case .rest(let limit) = step(), !isStopping.load(ordering: .acquiring) else { continue }
            changes.wait(for: topics, after: generation, seconds: min(limit, Self.restMax) / .seconds(1))
        }
    }
}
