internal import GRDB

/// The tables of a queue in SQLite, as versioned migrations.
///
/// All times are microseconds since 1970 (``Timestamp``), all `state`s are ``Work/State`` raw values. The columns that
/// instance, reporting and delivery have in common (`state` … `finishedAt`) hold a ``Work`` each. Partial indexes cover
/// only work that is unfinished or dead, so they stay small however much finished work is retained; a query uses
/// one only if its WHERE clause repeats the index's condition literally.
enum SQLiteSchema {
    /// `GLND`; tells a queue from any other SQLite file.
    static let applicationID: Int32 = 0x474C_4E44

    /// Every migration, oldest first.
    ///
    /// A published one is never changed, only followed by another.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            for statement in [studies, callers, instances, results, reports, deliveries, events] {
                try db.execute(sql: statement)
            }
        }
        migrator.registerMigration("2") { db in try db.execute(sql: spool) }
        return migrator
    }

    /// The name of the spool whose files the rows name.
    private static let spool =
        "CREATE TABLE spool (id INTEGER PRIMARY KEY CHECK (id = 0), identity TEXT NOT NULL)"

    /// The columns of a ``Work``.
    private static let work = """
        state INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        abandonments INTEGER NOT NULL DEFAULT 0,
        notBefore INTEGER NOT NULL DEFAULT 0,
        leaseToken INTEGER,
        leaseNode TEXT,
        leaseUntil INTEGER,
        reason TEXT,
        finishedAt INTEGER
        """

    /// One row a study.
    ///
    /// `unclassified` counts its instances that are ready, deferred or claimed. The trigger copies what the
    /// due rule needs to the study's reportings, where indexes can see it.
    private static let studies = """
        CREATE TABLE study (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            unclassified INTEGER NOT NULL DEFAULT 0 CHECK (unclassified >= 0),
            openAssociations INTEGER NOT NULL DEFAULT 0 CHECK (openAssociations >= 0),
            lastReceivedAt INTEGER NOT NULL,
            lastActivityAt INTEGER NOT NULL
        );
        CREATE INDEX studyActivity ON study (lastActivityAt);
        -- Which open associations brought something of which study; emptied when they end.
        CREATE TABLE studyAssociation (
            node TEXT NOT NULL,
            association TEXT NOT NULL,
            studyID INTEGER NOT NULL REFERENCES study ON DELETE CASCADE,
            PRIMARY KEY (node, association, studyID)
        ) WITHOUT ROWID;
        CREATE INDEX studyAssociationStudy ON studyAssociation (studyID);
        """

    /// Fair queueing: each caller's last turn, and the turn that was claimed last (``FairTurn``).
    private static let callers = """
        CREATE TABLE caller (aeTitle TEXT PRIMARY KEY, lastTurn INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE fairness (id INTEGER PRIMARY KEY CHECK (id = 0), claimedTurn INTEGER NOT NULL);
        INSERT INTO fairness VALUES (0, 0);
        """

    /// One row for each kept content.
    ///
    /// `outcome`: 0 none yet, 1 classified, 2 skipped. A larger id is newer.
    private static let instances = """
        CREATE TABLE instance (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            studyID INTEGER REFERENCES study,
            sopInstanceUID TEXT NOT NULL,
            sopClassUID TEXT NOT NULL,
            transferSyntaxUID TEXT NOT NULL,
            digest TEXT NOT NULL,
            byteCount INTEGER NOT NULL,
            path TEXT NOT NULL UNIQUE,
            callingAE TEXT NOT NULL,
            peerAddress TEXT NOT NULL,
            association TEXT NOT NULL,
            receivedAt INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            outcome INTEGER NOT NULL DEFAULT 0,
            \(work),
            UNIQUE (sopInstanceUID, digest)
        );
        CREATE INDEX instanceFresh ON instance (turn, id) WHERE state = 0 AND abandonments = 0;
        CREATE INDEX instanceSuspect ON instance (turn, id) WHERE state = 0 AND abandonments > 0;
        CREATE INDEX instanceDeferred ON instance (notBefore) WHERE state = 1;
        CREATE INDEX instanceClaimed ON instance (leaseUntil) WHERE state = 2;
        CREATE INDEX instanceDead ON instance (id) WHERE state = 4;
        CREATE INDEX instanceUnclassified ON instance (receivedAt) WHERE state < 3;
        CREATE INDEX instanceStudy ON instance (studyID, sopInstanceUID);
        CREATE INDEX instanceStudyless ON instance (finishedAt) WHERE studyID IS NULL;
        """

    /// What a model said about an instance.
    ///
    /// `change` is the reporting's change number at that time, 0 if a newer content of the same UID had
    /// spoken already.
    private static let results = """
        CREATE TABLE result (
            instanceID INTEGER NOT NULL REFERENCES instance ON DELETE CASCADE,
            model TEXT NOT NULL,
            change INTEGER NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (instanceID, model)
        );
        """

    /// `reporting`: one row for each study and model, the work of making its reports.
    ///
    /// `changed` counts its news, `claimed` is the count when the report in hand was begun, `reported` the
    /// count that the last report covers. `report`: one row for each report made; `reportFile`: its bytes,
    /// first the original (`variant` 0).
    private static let reports = """
        CREATE TABLE reporting (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            studyID INTEGER NOT NULL REFERENCES study,
            model TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            changed INTEGER NOT NULL DEFAULT 0,
            claimed INTEGER NOT NULL DEFAULT 0,
            reported INTEGER NOT NULL DEFAULT 0,
            firstUnreportedAt INTEGER NOT NULL,
            lastReportID INTEGER,
            lastReportAt INTEGER NOT NULL DEFAULT 0,
            unclassified INTEGER NOT NULL,
            held INTEGER NOT NULL,
            lastReceivedAt INTEGER NOT NULL,
            \(work),
            UNIQUE (studyID, model)
        );
        CREATE INDEX reportingQuiet ON reporting (held, lastReceivedAt) WHERE state = 0 AND unclassified = 0;
        CREATE INDEX reportingAge ON reporting (firstUnreportedAt) WHERE state = 0;
        CREATE INDEX reportingDeferred ON reporting (notBefore) WHERE state = 1;
        CREATE INDEX reportingClaimed ON reporting (leaseUntil) WHERE state = 2;
        CREATE INDEX reportingDead ON reporting (id) WHERE state = 4;
        CREATE TRIGGER studyReporting
            AFTER UPDATE OF unclassified, openAssociations, lastReceivedAt ON study
        BEGIN
            UPDATE reporting SET unclassified = NEW.unclassified, held = NEW.openAssociations > 0,
                lastReceivedAt = NEW.lastReceivedAt WHERE studyID = NEW.id;
        END;
        CREATE TABLE report (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            reportingID INTEGER NOT NULL REFERENCES reporting,
            predecessorID INTEGER,
            recordedAt INTEGER NOT NULL
        );
        CREATE INDEX reportReporting ON report (reportingID);
        CREATE TABLE reportFile (
            sopInstanceUID TEXT NOT NULL PRIMARY KEY,
            reportID INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
            variant INTEGER NOT NULL,
            sopClassUID TEXT NOT NULL,
            path TEXT NOT NULL,
            byteCount INTEGER NOT NULL,
            UNIQUE (reportID, sopClassUID)
        );
        CREATE TABLE reportInstance (
            reportID INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
            instanceID INTEGER NOT NULL REFERENCES instance,
            PRIMARY KEY (reportID, instanceID)
        ) WITHOUT ROWID;
        CREATE INDEX reportInstanceInstance ON reportInstance (instanceID);
        """

    /// One row for each report and destination.
    ///
    /// `blocked`: an older delivery of the same reporting to the same destination is unfinished. `reason`
    /// holds the destination's warning once delivered.
    private static let deliveries = """
        CREATE TABLE delivery (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            reportID INTEGER NOT NULL REFERENCES report,
            reportingID INTEGER NOT NULL REFERENCES reporting,
            destination TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            blocked INTEGER NOT NULL,
            deliveredUID TEXT,
            \(work),
            UNIQUE (reportID, destination)
        );
        CREATE INDEX deliveryReady ON delivery (destination, id) WHERE state = 0 AND blocked = 0;
        CREATE INDEX deliveryDeferred ON delivery (destination, notBefore) WHERE state = 1;
        CREATE INDEX deliveryClaimed ON delivery (destination, leaseUntil) WHERE state = 2;
        CREATE INDEX deliveryDead ON delivery (id) WHERE state = 4;
        CREATE INDEX deliveryUnfinished ON delivery (createdAt) WHERE state < 3;
        CREATE INDEX deliveryChain ON delivery (reportingID, destination, id);
        """

    /// What happened, for ``WorkQueue/explain(_:)``.
    ///
    /// `count` and `lastAt` stand for repetitions of the same thing.
    private static let events = """
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            studyID INTEGER,
            kind TEXT NOT NULL,
            number INTEGER NOT NULL,
            reportID INTEGER,
            at INTEGER NOT NULL,
            lastAt INTEGER NOT NULL,
            count INTEGER NOT NULL DEFAULT 1,
            name TEXT NOT NULL,
            detail TEXT NOT NULL
        );
        CREATE INDEX eventWork ON event (kind, number);
        CREATE INDEX eventStudy ON event (studyID) WHERE studyID IS NOT NULL;
        """
}
