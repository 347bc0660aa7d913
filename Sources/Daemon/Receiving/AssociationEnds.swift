import Locks
package import Logging
package import WorkQueue

/// Takes down in the queue that associations have ended, those too that it could not take down when they did.
///
/// A study whose association still counts as open is reported after `study.idle` instead of `study.settle`, and is never
/// purged. Any thread may call.
package final class AssociationEnds: Sendable {
    private let queue: any WorkQueue
    private let time: any TimeSource
    private let logger: Logger
    private let unrecorded = Lock<[String]>([])

    /// Nothing is waiting to be taken down.
    package init(queue: any WorkQueue, time: any TimeSource, logger: Logger) {
        self.queue = queue
        self.time = time
        self.logger = logger
    }

    /// Takes down an end, and those before it that were refused; what is refused now is tried again at the next end.
    package func record(_ name: String) {
        var names = unrecorded.withLock { names in
            defer { names = [] }
            return names + [name]
        }
        do {
            while let name = names.last {
                try queue.associationEnded(name, now: time.now())
                names.removeLast()
            }
        } catch {
            logger.error("the end of \(names.count) associations could not be recorded yet: \(error)")
            unrecorded.withLock { $0 += names }
        }
    }
}
