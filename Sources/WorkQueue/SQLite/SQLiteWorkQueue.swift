internal import Foundation
internal import GRDB

/// The queue in one SQLite file: the default, for one machine.
///
/// Several processes may have it open at the same time: the daemon, and `glenoid queue …` beside it. One connection
/// writes, others read what was last committed without waiting for it. Commits are durable: WAL mode with
/// `synchronous = FULL`, checked after opening.
package final class SQLiteWorkQueue: WorkQueue {
    /// What this process may do with the queue.
    package enum Access: Sendable {
        /// Everything; the file is created if it is absent, and brought to the present schema.
        case readWrite
        /// Only look; the file must exist and have the present schema.
        case readOnly
    }

    package let changes = ChangeSignal()
    /// How this queue behaves.
    package let settings: QueueSettings
    private let pool: DatabasePool
    private let group: GroupCommit
    private let doubtful = DoubtfulClaims()

    /// The largest the write-ahead log stays after it was folded into the database, in bytes.
    package static let logBytesMax = 16 << 20

    /// Opens a queue.
    ///
    /// - Parameter path: the database file; `-wal` and `-shm` files appear beside it. Must be on a local file system.
    /// - Throws: ``WorkQueueError/unusable(_:)`` if the file is no queue, is damaged, was written by a newer program,
    ///   or cannot be opened; what a write may throw if the schema has to be brought up to date.
    package init(
        path: String, settings: QueueSettings, access: Access = .readWrite
    ) throws(WorkQueueError) {
        self.settings = settings
        do {
            pool = try Self.open(path, settings: settings, access: access)
        } catch {
            throw WorkQueueError(error)
        }
        group = GroupCommit(writer: pool)
    }

    private static func open(_ path: String, settings: QueueSettings, access: Access) throws -> DatabasePool {
        if access == .readOnly, !FileManager.default.fileExists(atPath: path) {
            throw WorkQueueError.unusable("there is no queue at \(path)")
        }
        var configuration = Configuration()
        configuration.readonly = access == .readOnly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(Double(settings.busyTimeout.microseconds) / 1e6)
        configuration.label = "WorkQueue"
        let pool = try DatabasePool(path: path, configuration: configuration)
        let applicationID = try pool.read { db in try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0 }
        let isEmpty = try pool.read { db in try !db.exists("SELECT 1 FROM sqlite_master") }
        guard applicationID == SQLiteSchema.applicationID || (isEmpty && access == .readWrite) else {
            throw WorkQueueError.unusable("\(path) is not a queue of this program")
        }
        let migrator = SQLiteSchema.migrator
        guard try !pool.read(migrator.hasBeenSuperseded) else {
            throw WorkQueueError.unusable("\(path) was written by a newer version of this program")
        }
        if access == .readWrite {
            try pool.writeWithoutTransaction { try makeDurable($0, settings) }
            try migrator.migrate(pool)
        } else if try !pool.read(migrator.hasCompletedMigrations) {
            throw WorkQueueError.unusable("\(path) was written by an older version; start the daemon once")
        }
        return pool
    }

    /// GRDB's own set-up of WAL mode leaves `synchronous = NORMAL`, with which a commit may be lost when power
    /// fails (SQLite, "PRAGMA synchronous": "WAL mode … might roll back following a power loss"); so this comes
    /// after it, and is read back, since a queue that only seems durable is the worst of all.
    private static func makeDurable(_ db: Database, _ settings: QueueSettings) throws {
        try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = \(logBytesMax)")
        let pageBytes = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
        try db.execute(sql: "PRAGMA max_page_count = \(settings.databaseBytesMax / pageBytes)")
        let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
        let foreignKeys = try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
        guard synchronous == 2, journal == "wal", foreignKeys == 1 else {
            throw WorkQueueError.unusable("SQLite does not give durable commits on this file system")
        }
    }

    /// A transaction of one call, durable when this returns; wakes workers afterwards.
    func write<Value: Sendable>(
        now: Timestamp, _ body: @escaping @Sendable (SQLiteTransaction) throws -> Value
    ) throws(WorkQueueError) -> Value {
        let (value, topics) = try group.perform { [settings] db in
            let transaction = SQLiteTransaction(db, now: now, settings: settings)
            let value = try body(transaction)
            return (value, transaction.topics)
        }
        changes.announce(topics)
        return value
    }

    /// A transaction of one call that claims work, and first gives back what earlier ones claimed in vain.
    func claim<Value: Sendable>(
        now: Timestamp, _ body: @escaping @Sendable (SQLiteTransaction) throws -> Value
    ) throws(WorkQueueError) -> Value {
        let earlier = doubtful.list
        let made = DoubtfulClaims()
        do throws(WorkQueueError) {
            let value = try write(now: now) { transaction in
                for (id, token) in earlier { try transaction.giveBack(id, token: token) }
                let value = try body(transaction)
                made.add(transaction.claims)
                return value
            }
            doubtful.remove(earlier)
            return value
        } catch {
            doubtful.add(made.list)
            throw error
        }
    }

    /// Commits made so far through this queue; fewer than calls when callers shared them.
    package var commitCount: Int { group.commitCount }

    /// A look at what was last committed.
    func read<Value>(_ body: (Database) throws -> Value) throws(WorkQueueError) -> Value {
        do {
            return try pool.read(body)
        } catch {
            throw WorkQueueError(error)
        }
    }

    package func checkpoint() throws(WorkQueueError) {
        do {
            try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        } catch {
            throw WorkQueueError(error)
        }
    }

    /// What a connection that writes has set, for tests: `synchronous`, `journal_mode`, `foreign_keys`,
    /// `journal_size_limit`.
    package func pragmas() throws(WorkQueueError) -> [String: String] {
        do {
            return try pool.writeWithoutTransaction { db in
                var values: [String: String] = [:]
                for name in ["synchronous", "journal_mode", "foreign_keys", "journal_size_limit"] {
                    values[name] = try String.fetchOne(db, sql: "PRAGMA \(name)")
                }
                return values
            }
        } catch {
            throw WorkQueueError(error)
        }
    }
}
