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

/// The work of a lane. Made, used and dropped on the lane's own thread, so it need not be `Sendable`: an association
/// that is kept open between two steps lives here.
package protocol LaneWork: AnyObject {
    /// One unit of work. It handles its own errors; what could not be done stays in the queue.
    func step() -> LaneStep
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

    /// Its name, for the log and the watchdog.
    package let name: String
    private let changes: ChangeSignal
    private let topics: QueueTopics
    private let watchdog: WatchdogService
    private let heartbeat: Heartbeat
    private let stepMax: @Sendable () -> Duration
    private let niceness: Int
    private let makeWork: @Sendable () -> any LaneWork
    private let isStopping = Atomic<Bool>(false)

    /// - Parameters:
    ///   - name: also the thread's, of which Linux shows 15 characters.
    ///   - topics: the changes of the queue that end a rest early.
    ///   - stepMax: the longest a step may honestly take; after that the watchdog takes the lane for stuck. Asked before
    ///     each step.
    ///   - niceness: by how much the thread gives way to others (nice(2)), 0 to 19.
    ///   - makeWork: called once, on the lane's thread.
    package init(
        name: String, changes: ChangeSignal, topics: QueueTopics, watchdog: WatchdogService,
        stepMax: @autoclosure @escaping @Sendable () -> Duration, niceness: Int = 0,
        makeWork: @escaping @Sendable () -> any LaneWork
    ) {
        self.name = name
        self.changes = changes
        self.topics = topics
        self.watchdog = watchdog
        self.niceness = niceness
        self.makeWork = makeWork
        self.stepMax = stepMax
        heartbeat = watchdog.heartbeat(name, limit: stepMax())
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
        // Of this thread alone: Linux keeps niceness by thread.
        if niceness > 0 { _ = nice(Int32(niceness)) }
        let work = makeWork()
        while !isStopping.load(ordering: .acquiring) {
            heartbeat.beat(limit: stepMax())
            // Read before the step looks: a change between its look and the wait is not missed.
            let generation = changes.generation(of: topics)
            guard case .rest(let limit) = work.step(), !isStopping.load(ordering: .acquiring) else {
                continue
            }
            changes.wait(for: topics, after: generation, seconds: min(limit, Self.restMax) / .seconds(1))
        }
        watchdog.forget(heartbeat)
    }
}
