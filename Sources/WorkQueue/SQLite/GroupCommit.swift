internal import Foundation
internal import GRDB

/// Lets concurrent callers share one transaction, and so one sync of the write-ahead log.
///
/// The first caller to come leads: it takes everything that waits, runs it in one transaction, commits, and wakes the
/// others. Whatever comes while it commits forms the next group. Nobody waits for company, so a lone caller pays
/// nothing. Each caller's part runs in a savepoint of its own: what one part throws undoes that part only. When the
/// commit fails, nothing of the group has happened and all its callers throw.
final class GroupCommit: @unchecked Sendable {
    // Unchecked: `waiting`, `isLed` and `commits` are only touched with `condition` locked.
    private let condition = NSCondition()
    private var waiting: [any Part] = []
    private var isLed = false
    private var commits = 0
    private let writer: any DatabaseWriter

    /// The most callers that share a commit: bounds what a failed commit takes down and how long it may last.
    static let partsMax = 256

    /// Commits through a connection pool whose writer nobody else uses.
    init(writer: any DatabaseWriter) {
        self.writer = writer
    }

    /// Transactions made so far, failed ones included.
    var commitCount: Int { condition.withLock { commits } }

    /// Runs a part of a transaction and returns when it is durable.
    ///
    /// The part may run on another caller's thread. It must not commit or roll back by itself.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) throws(WorkQueueError) -> Value {
        let part = TypedPart(body)
        condition.lock()
        waiting.append(part)
        while !part.isSettled {
            guard !isLed else {
                condition.wait()
                continue
            }
            isLed = true
            let group = Array(waiting.prefix(Self.partsMax))
            waiting.removeFirst(group.count)
            condition.unlock()
            let failure = commit(group)
            condition.lock()
            for part in group { part.settle(failure) }
            commits += 1
            isLed = false
            condition.broadcast()
        }
        condition.unlock()
        return try part.outcome()
    }

    /// One transaction; returns why it failed as a whole.
    private func commit(_ group: [any Part]) -> WorkQueueError? {
        do {
            try writer.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    for part in group { try run(part, in: db) }
                    if let number = FaultPoint.queueCommit.reach() {
                        throw WorkQueueError(errorNumber: number)
                    }
                    return .commit
                }
            }
            // As when the disk's answer to the last sync is an error: what was written is there all the same.
            return FaultPoint.queueCommitted.reach().map { _ in
                .store("the commit was answered with an error")
            }
        } catch {
            return WorkQueueError(error)
        }
    }

    private func run(_ part: any Part, in db: Database) throws {
        do {
            try db.inSavepoint {
                try part.run(in: db)
                return .commit
            }
        } catch {
            // Out of space or a failing disk makes SQLite roll back everything, not only the savepoint.
            guard db.isInsideTransaction else { throw error }
            part.fail(WorkQueueError(error))
        }
    }
}

/// What one caller wants done; only the leader touches it between joining a group and being settled.
private protocol Part: AnyObject {
    func run(in db: Database) throws
    func fail(_ error: WorkQueueError)
    func settle(_ failure: WorkQueueError?)
}

private final class TypedPart<Value: Sendable>: Part {
    private let body: @Sendable (Database) throws -> Value
    private var result: Result<Value, WorkQueueError>?
    private(set) var isSettled = false

    init(_ body: @escaping @Sendable (Database) throws -> Value) {
        self.body = body
    }

    func run(in db: Database) throws {
        result = .success(try body(db))
    }

    func fail(_ error: WorkQueueError) {
        result = .failure(error)
    }

    /// The group has ended; a part's own failure stays its own unless the group as a whole failed.
    func settle(_ failure: WorkQueueError?) {
        if let failure { result = .failure(failure) }
        isSettled = true
    }

    func outcome() throws(WorkQueueError) -> Value {
        guard let result else { preconditionFailure("a part was settled without having run") }
        return try result.get()
    }
}
