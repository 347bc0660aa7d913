internal import GRDB

extension SQLiteWorkQueue {
    package func keep(
        _ instance: ReceivedInstance, now: Timestamp
    ) throws(WorkQueueError) -> KeepOutcome {
        try write(now: now) { try $0.keep(instance) }
    }

    package func keptInstance(
        sopInstanceUID: String, digest: String
    ) throws(WorkQueueError) -> KeptInstance? {
        try read { db in
            guard let kept = try kept(sopInstanceUID, digest, in: db), kept.isInHonour else { return nil }
            return KeptInstance(id: kept.id, path: kept.path)
        }
    }

    package func noteDuplicate(
        of id: WorkID, callingAE: String, now: Timestamp
    ) throws(WorkQueueError) {
        try write(now: now) { try $0.noteDuplicate(of: id, callingAE: callingAE) }
    }

    package func associationEnded(_ association: String, now: Timestamp) throws(WorkQueueError) {
        // Most associations that end brought nothing that still matters (echoes, probes): spare them the write.
        let isKnown = try read { [settings] db in
            try db.exists(
                "SELECT 1 FROM studyAssociation WHERE node = ? AND association = ?",
                [settings.node, association])
        }
        guard isKnown else { return }
        try write(now: now) { transaction in
            try transaction.forget(
                "node = ? AND association = ?", [transaction.settings.node, association])
        }
    }
}

/// A content that is kept already.
private struct KeptContent {
    let id: WorkID
    let path: String
    /// Whether it is a dead letter, whose file may be what is missing, or was thrown away.
    let isLost: Bool
    /// Whether an operator threw away the report on it, or the last report's delivery.
    let isReportDiscarded: Bool

    /// Whether the promise of its first keeping still holds without anybody's help: a sender that is told success must
    /// not be told so for nothing.
    var isInHonour: Bool { !isLost && !isReportDiscarded }
}

private func kept(_ sopInstanceUID: String, _ digest: String, in db: Database) throws -> KeptContent? {
    try db.row(
        """
        SELECT id, path, state IN (4, 5) AS isLost, EXISTS (
            SELECT 1 FROM reporting LEFT JOIN delivery ON reportingID = reporting.id AND reportID = lastReportID
            WHERE studyID = instance.studyID AND (reporting.state = 5 OR delivery.state = 5)
        ) AS isReportDiscarded FROM instance WHERE sopInstanceUID = ? AND digest = ?
        """,
        [sopInstanceUID, digest]
    ).map { row in
        KeptContent(
            id: WorkID(.instance, row["id"]), path: row["path"], isLost: row["isLost"],
            isReportDiscarded: row["isReportDiscarded"])
    }
}

extension SQLiteTransaction {
    fileprivate func keep(_ instance: ReceivedInstance) throws -> KeepOutcome {
        if let kept = try kept(instance.sopInstanceUID, instance.digest, in: db) {
            guard !kept.isLost else { return try revive(kept, as: instance) }
            if kept.isReportDiscarded { try takeBackDiscarded(of: kept, callingAE: instance.callingAE) }
            try noteDuplicate(of: kept.id, callingAE: instance.callingAE)
            return .duplicate(of: kept.id)
        }
        guard try SQLiteSize.usedBytes(db) <= settings.databaseBytesForNew else { throw WorkQueueError.full }
        let isConflicting = try db.exists(
            "SELECT 1 FROM instance WHERE sopInstanceUID = ?", [instance.sopInstanceUID])
        let study = try instance.studyInstanceUID.map {
            try enter($0, association: instance.association, newCount: 1)
        }
        let id = try insert(instance, study: study)
        let name = isConflicting ? EventName.conflicting : .received
        try log(name, "from \(instance.callingAE) at \(instance.peerAddress)", of: id, study: study)
        announce([.instances, .reports])
        return isConflicting ? .conflicting(id) : .new(id)
    }

    fileprivate func noteDuplicate(of id: WorkID, callingAE: String) throws {
        guard let row = try db.row("SELECT studyID FROM instance WHERE id = ?", [id.number]) else {
            throw WorkQueueError.absent(id)
        }
        try log(.duplicate, "from \(callingAE)", of: id, study: row["studyID"])
    }

    /// Makes work again of the discarded reports on a content, and of discarded deliveries of the last ones.
    private func takeBackDiscarded(of kept: KeptContent, callingAE: String) throws {
        let study = try db.integer("SELECT studyID FROM instance WHERE id = ?", [kept.id.number])
        let reports = try db.rows(
            "SELECT id, lastReportID AS reportID FROM reporting WHERE studyID = ? AND state = 5", [study])
        let deliveries = try db.rows(
            """
            SELECT delivery.id, reportID FROM reporting JOIN delivery ON reportingID = reporting.id AND reportID = lastReportID
            WHERE studyID = ? AND delivery.state = 5
            """, [study])
        for (kind, rows) in [(WorkID.Kind.report, reports), (.delivery, deliveries)] {
            for row in rows {
                let id = WorkID(kind, row["id"])
                try apply(.renewal, to: id)
                // Patience with the destination begins anew.
                if kind == .delivery {
                    try db.run(
                        "UPDATE delivery SET createdAt = ? WHERE id = ?", [now.microseconds, id.number])
                }
                try log(
                    .retried, "image sent again by \(callingAE)", of: id, study: study,
                    report: row["reportID"])
            }
        }
        announce([.reports, .deliveries])
    }

    /// Makes work of a dead or discarded content again, with the file that came now.
    private func revive(_ kept: KeptContent, as instance: ReceivedInstance) throws -> KeepOutcome {
        let study = try instance.studyInstanceUID.map {
            try enter($0, association: instance.association, newCount: 0)
        }
        try db.run(
            """
            UPDATE instance SET path = ?, byteCount = ?, transferSyntaxUID = ?, callingAE = ?, peerAddress = ?,
                association = ?, outcome = 0, turn = ? WHERE id = ?
            """,
            [
                instance.path, instance.byteCount, instance.transferSyntaxUID, instance.callingAE,
                instance.peerAddress, instance.association, try takeTurn(of: instance.callingAE),
                kept.id.number,
            ])
        try apply(.renewal, to: kept.id)
        try log(.retried, "sent again by \(instance.callingAE)", of: kept.id, study: study)
        announce([.instances, .reports])
        return .revived(kept.id, replacedPath: kept.path)
    }

    /// The study gets more unclassified instances, brought by an association.
    private func enter(_ studyInstanceUID: String, association: String, newCount: Int) throws -> Int64 {
        try db.run(
            """
            INSERT INTO study (uid, unclassified, lastReceivedAt, lastActivityAt) VALUES (?1, ?3, ?2, ?2)
            ON CONFLICT (uid) DO UPDATE SET unclassified = unclassified + ?3, lastReceivedAt = ?2
            """, [studyInstanceUID, now.microseconds, newCount])
        guard let study = try db.integer("SELECT id FROM study WHERE uid = ?", [studyInstanceUID]) else {
            throw WorkQueueError.store("a study vanished while it was written")
        }
        try db.run(
            "INSERT OR IGNORE INTO studyAssociation (node, association, studyID) VALUES (?, ?, ?)",
            [settings.node, association, study])
        if db.changesCount > 0 {
            try db.run("UPDATE study SET openAssociations = openAssociations + 1 WHERE id = ?", [study])
        }
        return study
    }

    private func insert(_ instance: ReceivedInstance, study: Int64?) throws -> WorkID {
        try db.run(
            """
            INSERT INTO instance (studyID, sopInstanceUID, sopClassUID, transferSyntaxUID, digest, byteCount, path,
                callingAE, peerAddress, association, receivedAt, turn)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                study, instance.sopInstanceUID, instance.sopClassUID, instance.transferSyntaxUID,
                instance.digest,
                instance.byteCount, instance.path, instance.callingAE, instance.peerAddress,
                instance.association, now.microseconds, try takeTurn(of: instance.callingAE),
            ])
        return WorkID(.instance, db.lastInsertedRowID)
    }

    private func takeTurn(of callingAE: String) throws -> Int64 {
        let turn = FairTurn.next(
            callerLast: try db.integer("SELECT lastTurn FROM caller WHERE aeTitle = ?", [callingAE]),
            claimed: try db.integer("SELECT claimedTurn FROM fairness") ?? 0)
        try db.run(
            """
            INSERT INTO caller (aeTitle, lastTurn) VALUES (?1, ?2)
            ON CONFLICT (aeTitle) DO UPDATE SET lastTurn = ?2
            """, [callingAE, turn])
        return turn
    }

    /// Forgets open associations: their studies wait for them no longer.
    func forget(_ condition: String, _ arguments: StatementArguments) throws {
        try db.run(
            """
            UPDATE study SET openAssociations = openAssociations - gone.count
            FROM (SELECT studyID, count(*) AS count FROM studyAssociation WHERE \(condition) GROUP BY studyID) AS gone
            WHERE gone.studyID = study.id
            """, arguments)
        try db.run("DELETE FROM studyAssociation WHERE \(condition)", arguments)
        announce(.reports)
    }
}
