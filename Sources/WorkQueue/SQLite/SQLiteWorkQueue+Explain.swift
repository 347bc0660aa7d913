internal import GRDB

extension SQLiteWorkQueue {
    package func explain(_ uid: String) throws(WorkQueueError) -> Explanation? {
        try read { db in
            if let study = try db.integer("SELECT id FROM study WHERE uid = ?", [uid]) {
                return try explainStudy(study, uid, in: db)
            }
            let instances = try db.rows("SELECT id FROM instance WHERE sopInstanceUID = ? ORDER BY id", [uid])
            if !instances.isEmpty { return try explainInstances(instances.map { $0["id"] }, uid, in: db) }
            if let report = try db.integer("SELECT reportID FROM reportFile WHERE sopInstanceUID = ?", [uid])
            {
                return try explainReport(report, uid, in: db)
            }
            return nil
        }
    }
}

/// The most rows of one kind that an explanation shows.
private let rowsMax = 100_000

private func explainStudy(_ study: Int64, _ uid: String, in db: Database) throws -> Explanation {
    var work: [WorkSummary] = []
    for kind in WorkID.Kind.allCases {
        work += try summaries(kind, where: "study.id = ?", [study], countMax: rowsMax, in: db)
    }
    return Explanation(
        subject: .study, uid: uid, work: work, steps: try steps("studyID = ?", [study], in: db))
}

/// All contents that came with one UID, the reports that cover any of them, and what is to be reported of them.
private func explainInstances(_ ids: [Int64], _ uid: String, in db: Database) throws -> Explanation {
    let list = ids.map(String.init).joined(separator: ", ")
    let reports = "SELECT reportID FROM reportInstance WHERE instanceID IN (\(list))"
    let reportings = """
        SELECT reporting.id FROM instance JOIN result ON result.instanceID = instance.id
        JOIN reporting ON reporting.studyID = instance.studyID AND reporting.model = result.model
        WHERE instance.id IN (\(list))
        """
    let work =
        try summaries(.instance, where: "instance.id IN (\(list))", [], countMax: rowsMax, in: db)
        + summaries(.report, where: "reporting.id IN (\(reportings))", [], countMax: rowsMax, in: db)
        + summaries(.delivery, where: "delivery.reportID IN (\(reports))", [], countMax: rowsMax, in: db)
    let concerned = """
        event.id IN (
            SELECT id FROM event WHERE kind = 'i' AND number IN (\(list))
            UNION SELECT id FROM event
                WHERE studyID IN (SELECT studyID FROM instance WHERE id IN (\(list)))
                AND (reportID IN (\(reports)) OR (kind = 'r' AND reportID IS NULL AND number IN (\(reportings)))))
        """
    return Explanation(subject: .instance, uid: uid, work: work, steps: try steps(concerned, [], in: db))
}

private func explainReport(_ report: Int64, _ uid: String, in db: Database) throws -> Explanation {
    let reporting = "SELECT reportingID FROM report WHERE id = \(report)"
    let work =
        try summaries(.report, where: "reporting.id IN (\(reporting))", [], countMax: rowsMax, in: db)
        + summaries(.delivery, where: "delivery.reportID = ?", [report], countMax: rowsMax, in: db)
    let study = "SELECT studyID FROM reporting WHERE id IN (\(reporting))"
    return Explanation(
        subject: .report, uid: uid, work: work,
        steps: try steps("studyID IN (\(study)) AND reportID = ?", [report], in: db))
}

private func steps(
    _ condition: String, _ arguments: StatementArguments, in db: Database
) throws -> [Explanation.Step] {
    let rows = try Row.fetchAll(
        db,
        sql: """
            SELECT event.*, coalesce(
                (SELECT sopInstanceUID FROM instance WHERE kind = 'i' AND instance.id = number),
                (SELECT sopInstanceUID FROM reportFile WHERE reportFile.reportID = event.reportID AND variant = 0)
            ) AS uid
            FROM event WHERE \(condition) ORDER BY at, id LIMIT \(rowsMax)
            """, arguments: arguments)
    return rows.compactMap { row in
        // An event of a newer version that this one has no word for is left out rather than fatal.
        guard let name = EventName(rawValue: row["name"]) else { return nil }
        let kind = WorkID.Kind(rawValue: row["kind"])
        return Explanation.Step(
            at: row.timestamp("at"), lastAt: row.timestamp("lastAt"), count: row["count"],
            work: kind.map { WorkID($0, row["number"]) }, sopInstanceUID: row["uid"], name: name,
            detail: row["detail"])
    }
}
