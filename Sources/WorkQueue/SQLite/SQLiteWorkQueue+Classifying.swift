internal import GRDB

extension SQLiteWorkQueue {
    package func claimInstances(
        max countMax: Int, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> [InstanceClaim] {
        try claim(now: now) { try $0.claimInstances(max: countMax, lease: lease) }
    }

    package func finish(
        _ claim: InstanceClaim, _ outcome: InstanceOutcome, now: Timestamp
    ) throws(WorkQueueError) {
        try write(now: now) { try $0.finish(claim, outcome) }
    }

    package func renew(
        _ id: WorkID, _ lease: Lease, for duration: Duration, now: Timestamp
    ) throws(WorkQueueError) -> Lease {
        let renewed = Lease(token: lease.token, node: lease.node, until: now + duration)
        try write(now: now) { transaction in
            _ = try transaction.apply(.renew(token: lease.token, until: renewed.until), to: id)
        }
        return renewed
    }

    package func nextInstanceWake() throws(WorkQueueError) -> Timestamp? {
        try read { db in
            if try db.exists(freshInstances) { return .distantPast }
            // A suspect is handed out only when no other is in hand; the end of that claim is a change.
            if try db.exists(suspectInstances), try !db.exists(suspectInHand) { return .distantPast }
            return try db.integer(
                """
                SELECT min(moment) FROM (
                    SELECT min(notBefore) AS moment FROM instance WHERE state = 1
                    UNION ALL SELECT min(leaseUntil) FROM instance WHERE state = 2)
                """
            ).map(Timestamp.init(microseconds:))
        }
    }
}

/// Instances nobody has stumbled over.
private let freshInstances = """
    SELECT id, turn FROM instance WHERE state = 0 AND abandonments = 0 ORDER BY turn, id
    """
/// Instances over which a worker has vanished: perhaps they killed it.
private let suspectInstances = """
    SELECT id, turn FROM instance WHERE state = 0 AND abandonments > 0 ORDER BY turn, id
    """
private let suspectInHand = "SELECT 1 FROM instance WHERE state = 2 AND abandonments > 0"

extension SQLiteTransaction {
    fileprivate func claimInstances(max countMax: Int, lease: Duration) throws -> [InstanceClaim] {
        precondition(countMax > 0, "a claim of nothing")
        try tick(.instance)
        if try !db.exists(suspectInHand), let suspect = try db.row(suspectInstances + " LIMIT 1") {
            return [try claimInstance(suspect["id"], lease: lease)]
        }
        let fresh = try db.rows(freshInstances + " LIMIT ?", [countMax])
        guard let last = fresh.last else { return [] }
        try db.run(
            "UPDATE fairness SET claimedTurn = ?1 WHERE claimedTurn < ?1", [last["turn"] as Int64])
        return try fresh.map { try claimInstance($0["id"], lease: lease) }
    }

    private func claimInstance(_ number: Int64, lease duration: Duration) throws -> InstanceClaim {
        let id = WorkID(.instance, number)
        let lease = makeLease(duration)
        try apply(.claim(lease), to: id)
        guard
            let row = try db.row(
                """
                SELECT instance.*, study.uid AS studyUID FROM instance
                LEFT JOIN study ON study.id = studyID WHERE instance.id = ?
                """, [number])
        else { throw WorkQueueError.absent(id) }
        return InstanceClaim(
            id: id, attempt: row["attempts"], lease: lease, instance: row.receivedInstance(),
            receivedAt: row.timestamp("receivedAt"))
    }

    fileprivate func finish(_ claim: InstanceClaim, _ outcome: InstanceOutcome) throws {
        let token = claim.lease.token
        switch outcome {
        case .classified(let results):
            try classified(claim, results)
        case .skipped(let reason):
            try apply(.finish(token: token, .done), to: claim.id)
            try db.run("UPDATE instance SET outcome = 2, reason = ? WHERE id = ?", [reason, claim.id.number])
            try log(.skipped, reason, of: claim.id, study: studyID(of: claim))
        case .retry(let reason, let notBefore):
            try apply(.finish(token: token, .retry(reason: reason, notBefore: notBefore)), to: claim.id)
        case .dead(let reason):
            try apply(.finish(token: token, .dead(reason: reason)), to: claim.id)
        case .release:
            try apply(.finish(token: token, .release), to: claim.id)
        }
    }

    private func studyID(of claim: InstanceClaim) throws -> Int64? {
        try db.integer("SELECT studyID FROM instance WHERE id = ?", [claim.id.number])
    }

    private func classified(_ claim: InstanceClaim, _ results: [ModelResult]) throws {
        try apply(.finish(token: claim.lease.token, .done), to: claim.id)
        guard let study = try studyID(of: claim) else {
            throw WorkQueueError.refused(
                "\(claim.id) belongs to no study, so no report could name its results")
        }
        guard !results.isEmpty else {
            throw WorkQueueError.refused(
                "\(claim.id) was classified by no model; that is a skip with a reason")
        }
        try db.run("UPDATE instance SET outcome = 1 WHERE id = ?", [claim.id.number])
        for result in results {
            let change =
                try speaks(claim, for: result.model, in: study)
                ? try noteNews(of: claim, by: result.model, in: study) : 0
            try db.run(
                "INSERT OR REPLACE INTO result (instanceID, model, change, json) VALUES (?, ?, ?, ?)",
                [claim.id.number, result.model, change, result.json])
            let detail = change > 0 ? result.model : "\(result.model); newer content with this UID speaks"
            try log(.classified, detail, of: claim.id, study: study)
        }
        announce(.reports)
    }

    /// Whether no newer content of the same UID has a result of the model already.
    private func speaks(_ claim: InstanceClaim, for model: String, in study: Int64) throws -> Bool {
        try !db.exists(
            """
            SELECT 1 FROM instance JOIN result ON instanceID = instance.id AND model = ?
            WHERE studyID = ? AND sopInstanceUID = ? AND instance.id > ?
            """, [model, study, claim.instance.sopInstanceUID, claim.id.number])
    }

    /// The model's reporting of the study has news, waiting since the instance was received or, if that is later,
    /// since the last report: a backlog that is worked off must not bring a report for each image.
    ///
    /// - Returns: the number of the news.
    private func noteNews(of claim: InstanceClaim, by model: String, in study: Int64) throws -> Int64 {
        try db.run(
            """
            INSERT INTO reporting
                (studyID, model, createdAt, firstUnreportedAt, unclassified, held, lastReceivedAt, changed)
            SELECT id, ?2, ?3, ?4, unclassified, openAssociations > 0, lastReceivedAt, 1 FROM study WHERE id = ?1
            ON CONFLICT (studyID, model) DO UPDATE SET
                firstUnreportedAt = CASE WHEN changed > reported
                    THEN min(firstUnreportedAt, max(?4, lastReportAt)) ELSE max(?4, lastReportAt) END,
                changed = changed + 1
            """, [study, model, now.microseconds, claim.receivedAt.microseconds])
        guard
            let row = try db.row(
                "SELECT id, changed FROM reporting WHERE studyID = ? AND model = ?", [study, model])
        else { throw WorkQueueError.store("a reporting vanished while it was written") }
        try apply(.renewal, to: WorkID(.report, row["id"]))
        return row["changed"]
    }
}
