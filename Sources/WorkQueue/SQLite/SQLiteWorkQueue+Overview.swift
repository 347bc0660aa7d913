internal import GRDB

extension SQLiteWorkQueue {
    package func counts() throws(WorkQueueError) -> QueueCounts {
        try read { db in
            var counts = QueueCounts()
            for row in try db.rows(
                "SELECT state, outcome, count(*) AS count FROM instance GROUP BY state, outcome")
            {
                try counts.instances.add(row)
                if row["state"] == Work.State.done.rawValue, row["outcome"] == 2 {
                    counts.skipped += row["count"]
                }
            }
            for row in try db.rows("SELECT state, count(*) AS count FROM reporting GROUP BY state") {
                try counts.reports.add(row)
            }
            for row in try db.rows(
                "SELECT destination, state, count(*) AS count FROM delivery GROUP BY destination, state")
            {
                try counts.deliveries[row["destination"], default: .init()].add(row)
            }
            counts.recordedReports = Int(try db.integer("SELECT count(*) FROM report") ?? 0)
            counts.oldestUnclassified = try db.integer(
                "SELECT min(receivedAt) FROM instance WHERE state < 3"
            ).map(Timestamp.init(microseconds:))
            counts.oldestUndelivered = try db.integer(
                "SELECT min(createdAt) FROM delivery WHERE state < 3"
            ).map(Timestamp.init(microseconds:))
            return counts
        }
    }

    package func list(_ filter: WorkFilter) throws(WorkQueueError) -> [WorkSummary] {
        try read { db in
            let kinds = WorkID.Kind.allCases.filter { filter.kinds.isEmpty || filter.kinds.contains($0) }
            let states = filter.states.isEmpty ? Set(Work.State.allCases) : filter.states
            let numbers = states.map { String($0.rawValue) }.sorted().joined(separator: ", ")
            return try kinds.flatMap { kind in
                var condition = "\(kind.table).state IN (\(numbers))"
                var arguments: StatementArguments = []
                if let destination = filter.destination {
                    guard kind == .delivery else { return [WorkSummary]() }
                    condition += " AND destination = ?"
                    arguments = [destination]
                }
                if let id = filter.id {
                    condition += " AND \(kind.table).id = ?"
                    arguments += [id.number]
                }
                return try summaries(kind, where: condition, arguments, countMax: filter.countMax, in: db)
            }
        }
    }

    package func room() throws(WorkQueueError) -> QueueRoom {
        let used = try read { db in try SQLiteSize.usedBytes(db) }
        if used > settings.databaseBytesForNew { return .none }
        return used > settings.databaseBytesForNew / 8 * 7 ? .scarce : .ample
    }

    package func spoolIdentity() throws(WorkQueueError) -> String? {
        try read { db in try String.fetchOne(db, sql: "SELECT identity FROM spool") }
    }

    package func setSpoolIdentity(_ identity: String) throws(WorkQueueError) {
        try write(now: .distantPast) { transaction in
            try transaction.db.run("INSERT OR REPLACE INTO spool VALUES (0, ?)", [identity])
        }
    }

    package func forEachPath(_ body: (QueuedPath) -> Void) throws(WorkQueueError) {
        try read { db in
            let instances = try Row.fetchCursor(
                db, sql: "SELECT path, CASE WHEN state < 2 THEN id END AS number FROM instance")
            // Columns by number: looking names up costs more than everything else here, over 100,000 rows.
            while let row = try instances.next() {
                let number = row[1] as Int64?
                body(QueuedPath(path: row[0], neededBy: number.map { WorkID(.instance, $0) }))
            }
            let files = try Row.fetchCursor(
                db,
                sql: """
                    SELECT path, delivery.id AS number FROM reportFile
                    LEFT JOIN delivery ON delivery.reportID = reportFile.reportID AND delivery.state < 2
                    """)
            while let row = try files.next() {
                let number = row[1] as Int64?
                body(QueuedPath(path: row[0], neededBy: number.map { WorkID(.delivery, $0) }))
            }
        }
    }
}

extension QueueCounts.States {
    /// Adds a row of a `GROUP BY state`.
    fileprivate mutating func add(_ row: Row) throws {
        let count: Int = row["count"]
        switch Work.State(rawValue: row["state"]) {
        case .ready: ready += count
        case .deferred: deferred += count
        case .claimed: claimed += count
        case .done: done += count
        case .dead: dead += count
        case .discarded: discarded += count
        case nil: throw WorkQueueError.store("a row has the unknown state \(row["state"] as Int)")
        }
    }
}

/// Work of one kind as lists show it, oldest first.
///
/// - Parameter condition: SQL over the kind's table, `study` and, but for instances, `reporting`.
func summaries(
    _ kind: WorkID.Kind, where condition: String, _ arguments: StatementArguments, countMax: Int,
    in db: Database
) throws -> [WorkSummary] {
    let query =
        switch kind {
        case .instance:
            """
            SELECT instance.*, receivedAt AS createdAt, study.uid AS studyUID, NULL AS model, NULL AS destination
            FROM instance LEFT JOIN study ON study.id = instance.studyID
            """
        case .report:
            """
            SELECT reporting.*, study.uid AS studyUID, NULL AS sopInstanceUID, NULL AS path, NULL AS destination
            FROM reporting JOIN study ON study.id = reporting.studyID
            """
        case .delivery:
            """
            SELECT delivery.*, study.uid AS studyUID, model, sopInstanceUID, path
            FROM delivery JOIN reporting ON reporting.id = delivery.reportingID
            JOIN study ON study.id = reporting.studyID
            LEFT JOIN reportFile ON reportFile.reportID = delivery.reportID
                AND (reportFile.sopInstanceUID = deliveredUID OR (deliveredUID IS NULL AND variant = 0))
            """
        }
    let rows = try Row.fetchAll(
        db, sql: "\(query) WHERE \(condition) ORDER BY \(kind.table).id LIMIT \(countMax)",
        arguments: arguments)
    return try rows.map { row in
        let work = try row.work()
        return WorkSummary(
            id: WorkID(kind, row["id"]), state: work.state, studyInstanceUID: row["studyUID"],
            sopInstanceUID: row["sopInstanceUID"], model: row["model"], destination: row["destination"],
            attempts: work.attempts, abandonments: work.abandonments, createdAt: row.timestamp("createdAt"),
            notBefore: work.state == .deferred ? work.notBefore : nil, finishedAt: work.finishedAt,
            reason: work.reason, path: row["path"])
    }
}
