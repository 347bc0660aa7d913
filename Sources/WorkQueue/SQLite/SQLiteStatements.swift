internal import GRDB

extension Database {
    /// Runs a statement that returns no rows; compiled once for each connection.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// All rows of a query; compiled once for each connection.
    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    /// The first row of a query.
    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// The whole number in the first column of the first row, if there is a row and it is not NULL.
    func integer(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64? {
        try Int64.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// Whether a `SELECT EXISTS (…)` says yes.
    func exists(_ sql: String, _ arguments: StatementArguments = []) throws -> Bool {
        try integer("SELECT EXISTS (\(sql))", arguments) == 1
    }
}

extension Row {
    /// A column that holds a moment.
    func timestamp(_ column: String) -> Timestamp {
        Timestamp(microseconds: self[column])
    }

    /// A column that may hold a moment.
    func optionalTimestamp(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map(Timestamp.init(microseconds:))
    }

    /// The columns every kind of work has.
    func work() throws -> Work {
        guard let state = Work.State(rawValue: self["state"]) else {
            throw WorkQueueError.store("a row has the unknown state \(self["state"] as Int)")
        }
        var work = Work()
        work.state = state
        work.attempts = self["attempts"]
        work.abandonments = self["abandonments"]
        work.notBefore = timestamp("notBefore")
        if let token = self["leaseToken"] as Int64? {
            work.lease = Lease(token: token, node: self["leaseNode"], until: timestamp("leaseUntil"))
        }
        work.reason = self["reason"]
        work.finishedAt = optionalTimestamp("finishedAt")
        return work
    }

    /// The columns of an instance; `studyUID` must be among them.
    func receivedInstance() -> ReceivedInstance {
        ReceivedInstance(
            sopInstanceUID: self["sopInstanceUID"], sopClassUID: self["sopClassUID"],
            studyInstanceUID: self["studyUID"], transferSyntaxUID: self["transferSyntaxUID"],
            digest: self["digest"], byteCount: self["byteCount"], path: self["path"],
            callingAE: self["callingAE"], peerAddress: self["peerAddress"], association: self["association"])
    }
}

extension WorkID.Kind {
    /// The table that holds this kind of work.
    var table: String {
        switch self {
        case .instance: "instance"
        case .report: "reporting"
        case .delivery: "delivery"
        }
    }

    /// Who waits for this kind of work.
    var topic: QueueTopics {
        switch self {
        case .instance: .instances
        case .report: .reports
        case .delivery: .deliveries
        }
    }
}

extension WorkQueueError {
    /// The room's own words for what SQLite reports.
    ///
    /// GRDB's texts carry the SQL but no arguments, hence no values.
    init(_ error: any Error) {
        guard let database = error as? DatabaseError else {
            self = error as? WorkQueueError ?? .store(String(describing: error))
            return
        }
        let text = database.message ?? "code \(database.resultCode.rawValue)"
        switch database.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_READONLY: self = .readOnly(text)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_CANTOPEN, .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_PERM, .SQLITE_AUTH:
            self = .unusable(text)
        default: self = .store("\(text) (\(database.extendedResultCode.rawValue))")
        }
    }
}
