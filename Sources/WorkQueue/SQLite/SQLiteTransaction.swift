internal import GRDB

/// What happens within one call's part of a transaction: state changes, the events that tell of them, and
/// whom to wake afterwards.
///
/// Confined to the thread that runs the part.
final class SQLiteTransaction {
    /// The connection, inside a transaction.
    let db: Database
    /// The caller's moment.
    let now: Timestamp
    /// The queue's settings.
    let settings: QueueSettings
    /// Who is to be woken once this is committed.
    private(set) var topics: QueueTopics = []

    /// What was claimed in this part, with its tokens.
    private(set) var claims: [WorkID: Int64] = [:]

    /// The most events of one name that one piece of work keeps; more are counted onto the newest.
    static let eventsOfOneNameMax: Int64 = 32
    /// The most rows whose time has come that one call moves; the rest follow with the next call.
    static let ticksMax = 256

    /// A part of a transaction on a connection.
    init(_ db: Database, now: Timestamp, settings: QueueSettings) {
        self.db = db
        self.now = now
        self.settings = settings
    }

    /// Wakes whoever waits for this, once committed.
    func announce(_ topics: QueueTopics) {
        self.topics.formUnion(topics)
    }

    // MARK: State changes

    /// Lets an event happen to a piece of work: the machine decides, the row follows, and so does what depends on it
    /// (the study's count, the deliveries behind this one, the event log).
    @discardableResult
    func apply(_ event: Work.Event, to id: WorkID) throws -> Work.Step {
        guard let row = try db.row("SELECT * FROM \(id.kind.table) WHERE id = ?", [id.number]) else {
            throw WorkQueueError.absent(id)
        }
        let before = try row.work()
        var work = before
        let step = try work.apply(event, to: id, now: now, limits: settings.limits(for: id.kind))
        guard work != before else { return step }
        try save(work, id)
        if case .claim(let lease) = event { claims[id] = lease.token }
        switch id.kind {
        case .instance: try instanceMoved(row, from: before.state, to: work.state)
        case .report: break
        case .delivery: try orderDeliveries(reporting: row["reportingID"], destination: row["destination"])
        }
        announce(id.kind.topic)
        if let entry = entry(for: step, attempt: work.attempts) {
            try log(entry.name, entry.detail, of: id, study: studyID(of: id, row), report: row["reportID"])
        }
        return step
    }

    private func save(_ work: Work, _ id: WorkID) throws {
        try db.run(
            """
            UPDATE \(id.kind.table) SET state = ?, attempts = ?, abandonments = ?, notBefore = ?, leaseToken = ?,
                leaseNode = ?, leaseUntil = ?, reason = ?, finishedAt = ? WHERE id = ?
            """,
            [
                work.state.rawValue, work.attempts, work.abandonments, work.notBefore.microseconds,
                work.lease?.token, work.lease?.node, work.lease?.until.microseconds, work.reason,
                work.finishedAt?.microseconds, id.number,
            ])
    }

    /// Keeps the study's count of unclassified instances.
    private func instanceMoved(_ row: Row, from before: Work.State, to after: Work.State) throws {
        guard let study = row["studyID"] as Int64? else { return }
        let difference = (after.isOpen ? 1 : 0) - (before.isOpen ? 1 : 0)
        guard difference != 0 else { return }
        try db.run("UPDATE study SET unclassified = unclassified + ? WHERE id = ?", [difference, study])
        announce(.reports)
    }

    /// Lets the oldest unfinished delivery of a chain of reports through and holds the others back.
    func orderDeliveries(reporting: Int64, destination: String) throws {
        guard
            let first = try db.integer(
                "SELECT min(id) FROM delivery WHERE reportingID = ? AND destination = ? AND state < 3",
                [reporting, destination])
        else { return }
        try db.run(
            """
            UPDATE delivery SET blocked = id > ?1
            WHERE reportingID = ?2 AND destination = ?3 AND state < 3 AND blocked <> (id > ?1)
            """, [first, reporting, destination])
        announce(.deliveries)
    }

    private func studyID(of id: WorkID, _ row: Row) throws -> Int64? {
        guard id.kind == .delivery else { return row["studyID"] }
        return try db.integer("SELECT studyID FROM reporting WHERE id = ?", [row["reportingID"] as Int64])
    }

    /// Moves work whose time has come: deferred work that is due, leases that have run out.
    func tick(_ kind: WorkID.Kind, destination: String? = nil) throws {
        let scope = destination == nil ? "" : "destination = ?2 AND"
        let arguments: StatementArguments =
            destination.map { [now.microseconds, $0] } ?? [now.microseconds]
        let due = try db.rows(
            """
            SELECT id FROM \(kind.table) WHERE \(scope) state = 1 AND notBefore <= ?1
            UNION ALL SELECT id FROM \(kind.table) WHERE \(scope) state = 2 AND leaseUntil <= ?1
            LIMIT \(Self.ticksMax)
            """, arguments)
        for row in due { try apply(.tick, to: WorkID(kind, row["id"])) }
    }

    /// Gives a claim back as if it had never been made, if it is held.
    func giveBack(_ id: WorkID, token: Int64) throws {
        do {
            try apply(.finish(token: token, .release), to: id)
        } catch WorkQueueError.leaseExpired, WorkQueueError.absent {
            // The commit did not happen, or the lease has ended since.
        }
    }

    /// A lease that nobody else has.
    func makeLease(_ duration: Duration) -> Lease {
        // Random rather than counted: tokens must differ even if the database is put back to an earlier state.
        Lease(token: .random(in: 1...Int64.max), node: settings.node, until: now + duration)
    }

    // MARK: The event log

    /// Writes down what happened, or counts it onto the last time the same thing happened to the same work.
    func log(
        _ name: EventName, _ detail: String, of id: WorkID, study: Int64?, report: Int64? = nil
    ) throws {
        if let study {
            try db.run(
                "UPDATE study SET lastActivityAt = ?1 WHERE id = ?2 AND lastActivityAt < ?1",
                [now.microseconds, study])
        }
        if try repeatEvent(name, detail, of: id) { return }
        try db.run(
            """
            INSERT INTO event (studyID, kind, number, reportID, at, lastAt, name, detail)
            VALUES (?, ?, ?, ?, ?5, ?5, ?, ?)
            """,
            [study, id.kind.rawValue, id.number, report, now.microseconds, name.rawValue, detail])
    }

    private func repeatEvent(_ name: EventName, _ detail: String, of id: WorkID) throws -> Bool {
        guard EventName.repeatable.contains(name) else { return false }
        let same: StatementArguments = [id.kind.rawValue, id.number, name.rawValue]
        let events = try db.rows(
            "SELECT id, detail FROM event WHERE kind = ? AND number = ? AND name = ? ORDER BY id", same)
        let known = events.last { $0["detail"] == detail }
        guard let event = known ?? (events.count >= Self.eventsOfOneNameMax ? events.last : nil) else {
            return false
        }
        try db.run(
            "UPDATE event SET count = count + 1, lastAt = ?, detail = ? WHERE id = ?",
            [now.microseconds, detail, event["id"] as Int64])
        return true
    }

    /// How a step of the machine is told; `nil` for steps that their caller tells better or nobody needs.
    private func entry(for step: Work.Step, attempt: Int) -> (name: EventName, detail: String)? {
        switch step {
        case .nothing, .renewed, .done, .ready: nil
        case .claimed: (.claimed, "")
        case .deferred(let reason): (.deferred, reason)
        case .abandoned: (.abandoned, "")
        case .died(let reason): (.dead, reason)
        case .retried: (.retried, "")
        case .discarded(let reason): (.discarded, reason)
        }
    }
}

extension Work.State {
    /// Whether a worker still has to do something: not done, dead or discarded.
    var isOpen: Bool { rawValue < Work.State.done.rawValue }
}

extension EventName {
    /// What may happen to the same work over and over.
    fileprivate static let repeatable: Set<EventName> = [
        .duplicate, .claimed, .deferred, .abandoned, .unchanged, .dead, .retried,
    ]
}
