internal import GRDB

/// How much of its file a database uses.
enum SQLiteSize {
    /// Bytes of all pages but the free ones, which are used before the file grows.
    static func usedBytes(_ db: Database) throws -> Int64 {
        func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
        return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
    }
}
