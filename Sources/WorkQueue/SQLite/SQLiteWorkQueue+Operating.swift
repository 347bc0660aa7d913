internal import GRDB

extension SQLiteWorkQueue {
    package func recover(now: Timestamp) throws(WorkQueueError) -> Recovery {
        try write(now: now) { try $0.recover() }
    }

    package func retry(_ id: WorkID, now: Timestamp) throws(WorkQueueError) {
        try write(now: now) { try $0.retry(id) }
    }

    package func discard(_ id: WorkID, reason: String, now: Timestamp) throws(WorkQueueError) {
        try write(now: now) { transaction in _ = try transaction.apply(.discard(reason: reason), to: id) }
    }

    package func bury(_ id: WorkID, reason: String, now: Timestamp) throws(WorkQueueError) {
        try write(now: now) { transaction in _ = try transaction.apply(.bury(reason: reason), to: id) }
    }

    package func purge(
        finishedBefore moment: Timestamp, studiesMax: Int
    ) throws(WorkQueueError) -> Purge {
        precondition(studiesMax > 0, "a purge of nothing")
        // The look at all studies holds nobody up; the transaction asks again, of those few only.
        let candidates = try read {
            try purgeCandidates(finishedBefore: moment, countMax: studiesMax, in: $0)
        }
        guard !candidates.studies.isEmpty || !candidates.instances.isEmpty else { return Purge() }
        // Nothing in a purge asks what time it is.
        return try write(now: moment) {
            try $0.purge(candidates, finishedBefore: moment, studiesMax: studiesMax)
        }
    }
}

/// Ids of what a purge may remove, the longest untouched first.
private struct PurgeCandidates: Sendable {
    var studies: [Int64]
    /// Instances without a study.
    var instances: [Int64]
}

/// Studies whose whole work ended before ?1.
private let isFinishedStudy = """
    lastActivityAt < ?1 AND openAssociations = 0 AND unclassified = 0
        AND NOT EXISTS (SELECT 1 FROM instance WHERE studyID = study.id AND state NOT IN (3, 5))
        AND NOT EXISTS (SELECT 1 FROM reporting WHERE studyID = study.id AND state NOT IN (3, 5))
        AND NOT EXISTS (SELECT 1 FROM reporting JOIN delivery ON reportingID = reporting.id
                        WHERE studyID = study.id AND delivery.state NOT IN (3, 5))
    """
/// Instances without a study whose work ended before ?1.
private let isFinishedAlone = "studyID IS NULL AND finishedAt < ?1 AND state IN (3, 5)"

private func purgeCandidates(
    finishedBefore moment: Timestamp, countMax: Int, in db: Database
) throws -> PurgeCandidates {
    func ids(_ query: String) throws -> [Int64] {
        try db.rows(query + " LIMIT ?2", [moment.microseconds, countMax]).map { $0["id"] }
    }
    return PurgeCandidates(
        studies: try ids("SELECT id FROM study WHERE \(isFinishedStudy) ORDER BY lastActivityAt"),
        instances: try ids("SELECT id FROM instance WHERE \(isFinishedAlone) ORDER BY finishedAt"))
}

extension SQLiteTransaction {
    fileprivate func recover() throws -> Recovery {
        var recovery = Recovery()
        for kind in WorkID.Kind.allCases {
            let claimed = try db.rows("SELECT id FROM \(kind.table) WHERE state = 2")
            for row in claimed {
                switch try apply(.recover(node: settings.node), to: WorkID(kind, row["id"])) {
                case .abandoned: recovery.released += 1
                case .died: recovery.died += 1
                default: break
                }
            }
        }
        try forget("node = ?", [settings.node])
        recovery.timesCorrected = try correctTimes()
        announce(.all)
        return recovery
    }

    /// Pulls back what a clock that was wrong has put into the future.
    ///
    /// Deferred work becomes due, quiet time and age count from now; other nodes' leases last at most as long
    /// as anything may be put off.
    private func correctTimes() throws -> Int {
        let latest = (now + settings.deferralMax).microseconds
        var count = 0
        for kind in WorkID.Kind.allCases {
            try db.run(
                "UPDATE \(kind.table) SET notBefore = ? WHERE state = 1 AND notBefore > ?",
                [
                    now.microseconds, latest,
                ])
            count += db.changesCount
            try db.run(
                "UPDATE \(kind.table) SET leaseUntil = ?1 WHERE state = 2 AND leaseUntil > ?1", [latest])
            count += db.changesCount
        }
        for (table, column) in [
            ("study", "lastReceivedAt"), ("study", "lastActivityAt"), ("reporting", "firstUnreportedAt"),
            ("reporting", "lastReportAt"),
        ] {
            try db.run("UPDATE \(table) SET \(column) = ?1 WHERE \(column) > ?1", [now.microseconds])
            count += db.changesCount
        }
        // Patience with a destination, and the age of a study's first image, are counted from these.
        for (table, column) in [("delivery", "createdAt"), ("instance", "receivedAt")] {
            try db.run(
                "UPDATE \(table) SET \(column) = ?1 WHERE state < 3 AND \(column) > ?1", [now.microseconds])
            count += db.changesCount
        }
        return count
    }

    fileprivate func retry(_ id: WorkID) throws {
        if id.kind == .delivery {
            let overtaking = try db.integer(
                """
                SELECT later.id FROM delivery JOIN delivery AS later
                    ON later.reportingID = delivery.reportingID AND later.destination = delivery.destination
                    AND later.id > delivery.id
                WHERE delivery.id = ? AND delivery.state = 4
                    AND (later.state IN (2, 3) OR later.state < 2 AND later.deliveredUID IS NOT NULL)
                """, [id.number])
            if let overtaking {
                throw WorkQueueError.refused(
                    "\(id) is superseded: the destination has, may have, or is being sent, the newer report of "
                        + "\(WorkID(.delivery, overtaking)); discard it")
            }
            // A person has looked: it may go in whatever class the destination takes now, and patience begins anew.
            try db.run(
                "UPDATE delivery SET deliveredUID = NULL, createdAt = ? WHERE id = ?",
                [now.microseconds, id.number])
        }
        try apply(.retry, to: id)
    }

    // MARK: Purging

    fileprivate func purge(
        _ candidates: PurgeCandidates, finishedBefore moment: Timestamp, studiesMax: Int
    ) throws -> Purge {
        var purge = Purge()
        let arguments = { (id: Int64) -> StatementArguments in [moment.microseconds, id] }
        for id in candidates.instances {
            let query = "SELECT path FROM instance WHERE id = ?2 AND \(isFinishedAlone)"
            guard let row = try db.row(query, arguments(id)) else { continue }
            try purgeInstance(id, path: row["path"], &purge)
        }
        // An image may have come for a study since.
        for id in candidates.studies
        where try db.exists("SELECT 1 FROM study WHERE id = ?2 AND \(isFinishedStudy)", arguments(id)) {
            try purgeStudy(id, &purge)
        }
        purge.isPartial = max(candidates.instances.count, candidates.studies.count) == studiesMax
        // A caller whose last turn has been claimed starts where the claims are, row or no row.
        try db.run("DELETE FROM caller WHERE lastTurn <= (SELECT claimedTurn FROM fairness)")
        return purge
    }

    private func purgeStudy(_ study: Int64, _ purge: inout Purge) throws {
        let instances = try db.rows("SELECT path FROM instance WHERE studyID = ?", [study])
        let files = try db.rows(
            """
            SELECT path FROM reporting JOIN report ON reportingID = reporting.id
            JOIN reportFile ON reportID = report.id WHERE studyID = ?
            """, [study])
        purge.paths += (instances + files).map { $0["path"] }
        purge.instances += instances.count
        purge.studies += 1
        let reporting = "SELECT id FROM reporting WHERE studyID = ?"
        try db.run("DELETE FROM delivery WHERE reportingID IN (\(reporting))", [study])
        // Files and lists of instances go with their report, results with their instance (ON DELETE CASCADE).
        try db.run("DELETE FROM report WHERE reportingID IN (\(reporting))", [study])
        purge.reports += db.changesCount
        try db.run("DELETE FROM reporting WHERE studyID = ?", [study])
        try db.run("DELETE FROM instance WHERE studyID = ?", [study])
        try db.run("DELETE FROM event WHERE studyID = ?", [study])
        try db.run("DELETE FROM study WHERE id = ?", [study])
    }

    private func purgeInstance(_ id: Int64, path: String, _ purge: inout Purge) throws {
        try db.run("DELETE FROM event WHERE kind = 'i' AND number = ?", [id])
        try db.run("DELETE FROM instance WHERE id = ?", [id])
        purge.paths.append(path)
        purge.instances += 1
    }
}
