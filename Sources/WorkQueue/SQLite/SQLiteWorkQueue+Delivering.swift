internal import GRDB

extension SQLiteWorkQueue {
    package func claimDelivery(
        destination: String, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> DeliveryClaim? {
        try claim(now: now) { try $0.claimDelivery(destination: destination, lease: lease) }
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
        guard !destinations.isSuperset(of: known) else { return 0 }
        return try write(now: now) { transaction in
            let waiting = try transaction.db.rows(
                "SELECT id, destination FROM delivery WHERE state IN (0, 1) AND state < 3")
            let stranded = waiting.filter { !destinations.contains($0["destination"]) }
            for row in stranded {
                try transaction.apply(.bury(reason: reason), to: WorkID(.delivery, row["id"]))
            }
            return stranded.count
        }
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
            guard let offered else { return }
            try db.run(
                "UPDATE delivery SET deliveredUID = ? WHERE id = ?",
                [offered.sopInstanceUID, claim.id.number])
        case .dead(let reason):
            try apply(.finish(token: token, .dead(reason: reason)), to: claim.id)
        case .release:
            try apply(.finish(token: token, .release), to: claim.id)
        }
    }
}
