internal import GRDB

extension SQLiteWorkQueue {
    package func claimDelivery(
        destination: String, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> DeliveryClaim? {
        try claim(now: now) { try $0.claimDelivery(destination: destination, lease: lease) }
    }

    package func offer(
        _ file: ReportFile, for claim: DeliveryClaim, now: Timestamp
    ) throws(WorkQueueError) {
        try write(now: now) { try $0.offer(file, for: claim) }
    }

    package func finish(
        _ claim: DeliveryClaim, _ outcome: DeliveryOutcome, now: Timestamp
    ) throws(WorkQueueError) {
        try write(now: now) { try $0.finish(claim, outcome) }
    }

    package func buryDeliveries(
        toOthersThan destinations: Set<String>, reason: String, now: Timestamp
    ) throws(WorkQueueError) -> Int {
        // Only a change of the configuration leaves any; a long outage leaves many to destinations that are known.
        let known = try read { db in
            try db.rows("SELECT DISTINCT destination FROM delivery WHERE state < 3").map {
                $0["destination"] as String
            }
        }
        var count = 0
        for destination in Set(known).subtracting(destinations) {
            // In portions: whoever keeps an image must not wait for a hundred thousand of them.
            while true {
                let buried = try write(now: now) { transaction in
                    let stranded = try transaction.db.rows(
                        """
                        SELECT id FROM delivery WHERE destination = ? AND state IN (0, 1) AND state < 3
                        LIMIT \(SQLiteTransaction.ticksMax)
                        """, [destination])
                    for row in stranded {
                        try transaction.apply(.bury(reason: reason), to: WorkID(.delivery, row["id"]))
                    }
                    return stranded.count
                }
                count += buried
                if buried < SQLiteTransaction.ticksMax { break }
            }
        }
        return count
    }

    package func nextDeliveryWake(destination: String) throws(WorkQueueError) -> Timestamp? {
        try read { db in
            if try db.exists(readyDeliveries, [destination]) { return .distantPast }
            return try db.integer(
                """
                SELECT min(moment) FROM (
                    SELECT min(notBefore) AS moment FROM delivery WHERE destination = ?1 AND state = 1
                    UNION ALL SELECT min(leaseUntil) FROM delivery WHERE destination = ?1 AND state = 2)
                """, [destination]
            ).map(Timestamp.init(microseconds:))
        }
    }
}

private let readyDeliveries = """
    SELECT id FROM delivery WHERE destination = ? AND state = 0 AND blocked = 0 ORDER BY id
    """

extension SQLiteTransaction {
    fileprivate func claimDelivery(destination: String, lease duration: Duration) throws -> DeliveryClaim? {
        try tick(.delivery, destination: destination)
        guard let number = try db.integer(readyDeliveries + " LIMIT 1", [destination]) else { return nil }
        let id = WorkID(.delivery, number)
        let lease = makeLease(duration)
        try apply(.claim(lease), to: id)
        guard
            let row = try db.row(
                """
                SELECT delivery.*, model, study.uid AS studyUID FROM delivery
                JOIN reporting ON reporting.id = delivery.reportingID JOIN study ON study.id = studyID
                WHERE delivery.id = ?
                """, [number]),
            let report = try reportSummary(row["reportID"], in: db)
        else { throw WorkQueueError.absent(id) }
        let offeredUID: String? = row["deliveredUID"]
        return DeliveryClaim(
            id: id, attempt: row["attempts"], lease: lease, destination: destination,
            studyInstanceUID: row["studyUID"], model: row["model"], createdAt: row.timestamp("createdAt"),
            report: report, offered: report.files.first { $0.sopInstanceUID == offeredUID })
    }

    fileprivate func offer(_ file: ReportFile, for claim: DeliveryClaim) throws {
        try db.run(
            "UPDATE delivery SET deliveredUID = ? WHERE id = ? AND state = 2 AND leaseToken = ?",
            [file.sopInstanceUID, claim.id.number, claim.lease.token])
        guard db.changesCount == 1 else { throw WorkQueueError.leaseExpired(claim.id) }
    }

    /// What the destination may have after an attempt: what it left open, or what was open before.
    private func settle(_ offered: ReportFile?, of claim: DeliveryClaim) throws {
        try db.run(
            "UPDATE delivery SET deliveredUID = ? WHERE id = ?",
            [(offered ?? claim.offered)?.sopInstanceUID, claim.id.number])
    }

    fileprivate func finish(_ claim: DeliveryClaim, _ outcome: DeliveryOutcome) throws {
        let token = claim.lease.token
        switch outcome {
        case .delivered(let file, let warning):
            try apply(.finish(token: token, .done), to: claim.id)
            try db.run(
                "UPDATE delivery SET deliveredUID = ?, reason = ? WHERE id = ?",
                [file.sopInstanceUID, warning, claim.id.number])
            let detail = warning.map { "\(claim.destination), with a warning: \($0)" } ?? claim.destination
            let study = try db.integer(
                "SELECT id FROM study WHERE uid = ?", [claim.studyInstanceUID])
            try log(.delivered, detail, of: claim.id, study: study, report: claim.report.number)
        case .retry(let reason, let notBefore, let offered):
            try apply(.finish(token: token, .retry(reason: reason, notBefore: notBefore)), to: claim.id)
            try settle(offered, of: claim)
        case .dead(let reason, let offered):
            try apply(.finish(token: token, .dead(reason: reason)), to: claim.id)
            try settle(offered, of: claim)
        case .release:
            try apply(.finish(token: token, .release), to: claim.id)
        }
    }
}
