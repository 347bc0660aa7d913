internal import GRDB

extension SQLiteWorkQueue {
    package func claimReport(
        timing: StudyTiming, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> ReportClaim? {
        try claim(now: now) { try $0.claimReport(timing: timing, lease: lease) }
    }

    package func record(
        _ file: ReportFile, for claim: ReportClaim, destinations: [String], now: Timestamp
    ) throws(WorkQueueError) -> RecordOutcome {
        try write(now: now) { try $0.record(file, for: claim, destinations: destinations) }
    }

    package func finish(
        _ claim: ReportClaim, _ outcome: ReportOutcome, now: Timestamp
    ) throws(WorkQueueError) {
        let verdict: Work.Verdict =
            switch outcome {
            case .retry(let reason, let notBefore): .retry(reason: reason, notBefore: notBefore)
            case .dead(let reason): .dead(reason: reason)
            case .release: .release
            }
        try write(now: now) { transaction in
            _ = try transaction.apply(.finish(token: claim.lease.token, verdict), to: claim.id)
        }
    }

    package func contents(ofReport number: Int64) throws(WorkQueueError) -> ReportContents? {
        try read { db in try reportContents(number, in: db) }
    }

    package func addVariant(
        _ file: ReportFile, toReport number: Int64, now: Timestamp
    ) throws(WorkQueueError) -> ReportFile {
        try write(now: now) { try $0.addVariant(file, toReport: number) }
    }

    package func nextReportWake(timing: StudyTiming) throws(WorkQueueError) -> Timestamp? {
        try read { db in
            var moments = try dueCandidates(timing, in: db).map(\.due)
            let other = try db.integer(
                """
                SELECT min(moment) FROM (
                    SELECT min(notBefore) AS moment FROM reporting WHERE state = 1
                    UNION ALL SELECT min(leaseUntil) FROM reporting WHERE state = 2)
                """)
            if let other { moments.append(Timestamp(microseconds: other)) }
            return moments.min()
        }
    }
}

/// The earliest study of each way to become due: quiet, quiet though somebody is connected, too old.
///
/// One index each. All are judged by the one rule, ``StudyTiming/due(_:)``.
private func dueCandidates(
    _ timing: StudyTiming, in db: Database
) throws -> [(number: Int64, due: Timestamp)] {
    let quiet = "SELECT * FROM reporting WHERE state = 0 AND unclassified = 0 AND held = "
    let queries = [
        quiet + "0 ORDER BY lastReceivedAt LIMIT 1",
        quiet + "1 ORDER BY lastReceivedAt LIMIT 1",
        "SELECT * FROM reporting WHERE state = 0 ORDER BY firstUnreportedAt LIMIT 1",
    ]
    return try queries.compactMap { query in
        try db.row(query).map { row in
            let facts = StudyFacts(
                lastReceivedAt: row.timestamp("lastReceivedAt"),
                firstUnreportedAt: row.timestamp("firstUnreportedAt"),
                unclassifiedCount: row["unclassified"], isAssociationOpen: row["held"])
            return (row["id"], timing.due(facts))
        }
    }
}

extension SQLiteTransaction {
    fileprivate func claimReport(timing: StudyTiming, lease duration: Duration) throws -> ReportClaim? {
        try tick(.report)
        let candidates = try dueCandidates(timing, in: db).filter { $0.due <= now }
        guard let candidate = candidates.min(by: { $0.due < $1.due }) else { return nil }
        let id = WorkID(.report, candidate.number)
        let lease = makeLease(duration)
        try apply(.claim(lease), to: id)
        try db.run("UPDATE reporting SET claimed = changed WHERE id = ?", [id.number])
        guard
            let row = try db.row(
                """
                SELECT reporting.*, study.uid AS studyUID FROM reporting JOIN study ON study.id = studyID
                WHERE reporting.id = ?
                """, [id.number])
        else { throw WorkQueueError.absent(id) }
        let contents = ReportContents(
            studyInstanceUID: row["studyUID"], model: row["model"],
            instances: try speakingInstances(study: row["studyID"], model: row["model"]),
            predecessors: try earlierReports(of: id.number, before: .max, in: db))
        return ReportClaim(id: id, attempt: row["attempts"], lease: lease, contents: contents)
    }

    /// Of each SOP Instance UID the newest content that has a result.
    private func speakingInstances(study: Int64, model: String) throws -> [ReportedInstance] {
        try db.rows(
            """
            SELECT instance.*, study.uid AS studyUID, result.json, max(instance.id),
                (SELECT count(*) FROM instance AS other
                 WHERE other.sopInstanceUID = instance.sopInstanceUID) > 1 AS conflicting
            FROM instance
            JOIN result ON result.instanceID = instance.id AND result.model = ?2
            JOIN study ON study.id = instance.studyID
            WHERE instance.studyID = ?1
            GROUP BY instance.sopInstanceUID ORDER BY instance.id
            """, [study, model]
        ).map(reportedInstance)
    }

    fileprivate func record(
        _ file: ReportFile, for claim: ReportClaim, destinations: [String]
    ) throws -> RecordOutcome {
        try apply(.finish(token: claim.lease.token, .done), to: claim.id)
        let known = try db.row(
            """
            SELECT reportID, reportingID FROM reportFile JOIN report ON report.id = reportID
            WHERE sopInstanceUID = ?
            """, [file.sopInstanceUID])
        let outcome: RecordOutcome
        if let known {
            guard known["reportingID"] == claim.id.number else {
                throw WorkQueueError.refused("\(claim.id) has the SOP Instance UID of another study's report")
            }
            outcome = .unchanged(report: known["reportID"])
            try log(.unchanged, "", of: claim.id, study: studyID(ofReporting: claim.id))
        } else {
            outcome = .recorded(report: try insertReport(file, for: claim, destinations: destinations))
        }
        try db.run(
            """
            UPDATE reporting SET reported = claimed, lastReportAt = ?1, firstUnreportedAt = ?1 WHERE id = ?2
            """, [now.microseconds, claim.id.number])
        // News came in while the report was composed: it is not in there, so a successor is wanted.
        if try db.exists("SELECT 1 FROM reporting WHERE id = ? AND changed > reported", [claim.id.number]) {
            try apply(.renewal, to: claim.id)
        }
        return outcome
    }

    private func studyID(ofReporting id: WorkID) throws -> Int64? {
        try db.integer("SELECT studyID FROM reporting WHERE id = ?", [id.number])
    }

    private func insertReport(
        _ file: ReportFile, for claim: ReportClaim, destinations: [String]
    ) throws -> Int64 {
        let study = try studyID(ofReporting: claim.id)
        try db.run(
            """
            INSERT INTO report (reportingID, predecessorID, recordedAt)
            SELECT id, lastReportID, ?2 FROM reporting WHERE id = ?1
            """, [claim.id.number, now.microseconds])
        let report = db.lastInsertedRowID
        try db.run("UPDATE reporting SET lastReportID = ? WHERE id = ?", [report, claim.id.number])
        try insert(file, report: report, variant: 0)
        for instance in claim.contents.instances {
            try db.run(
                "INSERT INTO reportInstance (reportID, instanceID) VALUES (?, ?)",
                [report, instance.id.number])
        }
        let count = claim.contents.instances.count
        try log(
            .reported, "\(claim.contents.model), \(count) \(count == 1 ? "instance" : "instances")",
            of: claim.id, study: study, report: report)
        for destination in destinations {
            try insertDelivery(of: report, reporting: claim.id, to: destination, study: study)
        }
        return report
    }

    private func insert(_ file: ReportFile, report: Int64, variant: Int64) throws {
        try db.run(
            """
            INSERT INTO reportFile (sopInstanceUID, reportID, variant, sopClassUID, path, byteCount)
            VALUES (?, ?, ?, ?, ?, ?)
            """, [file.sopInstanceUID, report, variant, file.sopClassUID, file.path, file.byteCount])
    }

    private func insertDelivery(
        of report: Int64, reporting: WorkID, to destination: String, study: Int64?
    ) throws {
        try db.run(
            """
            INSERT INTO delivery (reportID, reportingID, destination, createdAt, blocked) VALUES (?, ?, ?, ?, 0)
            """, [report, reporting.number, destination, now.microseconds])
        let id = WorkID(.delivery, db.lastInsertedRowID)
        try log(.queued, destination, of: id, study: study, report: report)
        try orderDeliveries(reporting: reporting.number, destination: destination)
    }

    fileprivate func addVariant(_ file: ReportFile, toReport number: Int64) throws -> ReportFile {
        guard let summary = try reportSummary(number, in: db),
            let row = try db.row(
                """
                SELECT reportingID, studyID FROM report JOIN reporting ON reporting.id = reportingID
                WHERE report.id = ?
                """, [number])
        else { throw WorkQueueError.refused("there is no report number \(number)") }
        if let known = summary.files.first(where: { $0.sopClassUID == file.sopClassUID }) { return known }
        try insert(file, report: number, variant: Int64(summary.files.count))
        try log(
            .variant, file.sopClassUID, of: WorkID(.report, row["reportingID"]), study: row["studyID"],
            report: number)
        return file
    }
}

/// A recorded report and its files.
func reportSummary(_ number: Int64, in db: Database) throws -> ReportSummary? {
    guard let report = try db.row("SELECT recordedAt FROM report WHERE id = ?", [number]) else { return nil }
    let files = try db.rows("SELECT * FROM reportFile WHERE reportID = ? ORDER BY variant", [number])
    return ReportSummary(
        number: number, recordedAt: report.timestamp("recordedAt"),
        files: files.map { row in
            ReportFile(
                sopInstanceUID: row["sopInstanceUID"], sopClassUID: row["sopClassUID"], path: row["path"],
                byteCount: row["byteCount"])
        })
}

/// Every report of a study and model before this one, oldest first.
///
/// Not the chain's last alone: where a destination refused the one in between, its successor must supersede the one
/// before that too, or two reports would stand there.
private func earlierReports(
    of reporting: Int64, before number: Int64, in db: Database
) throws -> [ReportSummary] {
    try db.rows(
        "SELECT id FROM report WHERE reportingID = ? AND id < ? ORDER BY id", [reporting, number]
    ).compactMap { try reportSummary($0["id"], in: db) }
}

/// What a recorded report covers.
private func reportContents(_ number: Int64, in db: Database) throws -> ReportContents? {
    guard
        let report = try db.row(
            """
            SELECT reportingID, model, study.uid AS studyUID FROM report
            JOIN reporting ON reporting.id = reportingID JOIN study ON study.id = studyID WHERE report.id = ?
            """, [number])
    else { return nil }
    let instances = try db.rows(
        """
        SELECT instance.*, ?2 AS studyUID, result.json,
            (SELECT count(*) FROM instance AS other
             WHERE other.sopInstanceUID = instance.sopInstanceUID) > 1 AS conflicting
        FROM reportInstance JOIN instance ON instance.id = reportInstance.instanceID
        JOIN result ON result.instanceID = instance.id AND result.model = ?3
        WHERE reportID = ?1 ORDER BY instance.id
        """, [number, report["studyUID"] as String, report["model"] as String])
    return ReportContents(
        studyInstanceUID: report["studyUID"], model: report["model"],
        instances: instances.map(reportedInstance),
        predecessors: try earlierReports(of: report["reportingID"], before: number, in: db))
}

private func reportedInstance(_ row: Row) -> ReportedInstance {
    ReportedInstance(
        id: WorkID(.instance, row["id"]), receivedAt: row.timestamp("receivedAt"),
        isConflicting: row["conflicting"], instance: row.receivedInstance(), json: row["json"])
}
