// `glenoid queue …`: the work of a daemon, dead letters included.
import ArgumentParser
import Daemon
import Foundation
import WorkQueue

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Shows the daemon's work, and settles its dead letters.",
        discussion: """
            Work has names: i12 is a received instance, r3 a report to be made on a study by a model, d7 a report on \
            its way to a destination. The daemon may be running or not, but for adopt-spool.
            """,
        subcommands: [
            QueueListCommand.self, QueueShowCommand.self, QueueRetryCommand.self, QueueDiscardCommand.self,
            QueueAdoptSpoolCommand.self,
        ])
}

struct QueueListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists unfinished work and dead letters, oldest first.")

    @OptionGroup var access: QueueAccess

    @Flag(help: "Only dead letters.")
    var dead = false

    @Flag(help: "Finished work too.")
    var all = false

    @Option(help: "Only deliveries to this destination.")
    var destination: String?

    @Option(help: "The most rows of each kind.")
    var limit = 1000

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be above 0") }
        guard !(dead && all) else { throw ValidationError("--dead and --all contradict each other") }
    }

    func run() throws {
        var filter = dead ? WorkFilter.deadLetters : all ? WorkFilter(states: []) : WorkFilter()
        filter.countMax = limit
        let queue = try access.open(.readOnly)
        if let destination {
            try checkIsKnown(destination, in: queue)
            filter.destination = destination
            filter.kinds = [.delivery]
        }
        let work = try queue.list(filter)
        if access.json {
            print(try jsonText(work.map(WorkRow.init)))
        } else if work.isEmpty {
            print(dead ? "No dead letters." : all ? "No work." : "Nothing unfinished, no dead letters.")
        } else {
            print(table([["WORK", "STATE", "SINCE", "TRIES", "WHAT", "REASON"]] + work.map { Self.row($0) }))
        }
    }

    /// A misspelt destination would look like one that has nothing to do.
    private func checkIsKnown(_ destination: String, in queue: SQLiteWorkQueue) throws {
        let known = Set(try access.configuration.loaded().destinations.keys)
            .union(try queue.counts().deliveries.keys)
        guard !known.contains(destination) else { return }
        let hint =
            Suggestion.nearest(to: destination, among: Array(known)).map { "did you mean \($0)?" }
            ?? "there are: \(known.sorted().joined(separator: ", "))"
        throw CommandFailure("neither configuration nor queue has a destination \(destination); \(hint)")
    }

    private static func row(_ work: WorkSummary) -> [String] {
        let what: String
        switch work.id.kind {
        case .instance: what = "instance \(work.sopInstanceUID ?? "?")"
        case .report: what = "report on study \(work.studyInstanceUID ?? "?")"
        case .delivery: what = "report \(work.sopInstanceUID ?? "?") to \(work.destination ?? "?")"
        }
        let waits = work.notBefore.map { " (next at \($0))" } ?? ""
        let tries = "\(work.attempts)"
        return [
            work.id.description, work.state.word, work.createdAt.description, tries, what,
            (work.reason ?? "") + waits,
        ]
    }
}

struct QueueShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows everything about one piece of work.")

    @Argument(help: "Its name, e.g. d7.")
    var work: WorkName

    @OptionGroup var access: QueueAccess

    func run() throws {
        let queue = try access.open(.readOnly)
        guard let found = try queue.list(.only(work.id)).first else {
            throw CommandFailure("there is no \(work.id) in the queue")
        }
        print(access.json ? try jsonText(WorkRow(found)) : table(WorkRow(found).lines))
    }
}

struct QueueRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Has dead letters tried again; a running daemon sees it within a second.")

    @Argument(help: "Names of dead letters, e.g. i12 d7.")
    var work: [WorkName] = []

    @Flag(help: "Every dead letter.")
    var all = false

    @OptionGroup var access: QueueAccess

    func validate() throws {
        guard work.isEmpty == all else { throw ValidationError("Name dead letters, or give --all.") }
    }

    func run() throws {
        let queue = try access.open(.readWrite)
        let ids =
            all ? try queue.list(WorkFilter(states: [.dead], countMax: Int.max)).map(\.id) : work.map(\.id)
        try settle(ids, json: access.json, done: "will be tried again") { id, now throws(WorkQueueError) in
            try queue.retry(id, now: now)
        }
    }
}

struct QueueDiscardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Throws dead letters away; that it was done, and why, stays on record until it is purged.")

    @Argument(help: "Names of dead letters, e.g. i12 d7.")
    var work: [WorkName]

    @Option(help: "Why, for the record.")
    var reason: String

    @OptionGroup var access: QueueAccess

    func run() throws {
        let queue = try access.open(.readWrite)
        try settle(work.map(\.id), json: access.json, done: "discarded") { id, now throws(WorkQueueError) in
            try queue.discard(id, reason: reason, now: now)
        }
    }
}

/// Does something to each piece of work, says how each went, and fails at the end if one did.
private func settle(
    _ ids: [WorkID], json: Bool, done: String, _ action: (WorkID, Timestamp) throws(WorkQueueError) -> Void
) throws {
    var settled: [String] = []
    var failed = false
    for id in ids {
        do throws(WorkQueueError) {
            try action(id, SystemTime().now())
            settled.append(id.description)
            if !json { print("\(id) \(done)") }
        } catch {
            failed = true
            complain("\(error)")
        }
    }
    if json { print(try jsonText(settled)) }
    if !json, ids.isEmpty { print("No dead letters.") }
    if failed { throw ExitCode.failure }
}

/// The name of a piece of work on the command line.
struct WorkName: ExpressibleByArgument {
    let id: WorkID

    init?(argument: String) {
        guard let id = WorkID(argument) else { return nil }
        self.id = id
    }
}

/// One piece of work as JSON.
struct WorkRow: Encodable {
    let work, state, createdAt: String
    let studyInstanceUID, sopInstanceUID, model, destination, notBefore, finishedAt, reason: String?
    let attempts, abandonments: Int

    init(_ summary: WorkSummary) {
        work = summary.id.description
        state = summary.state.word
        createdAt = summary.createdAt.description
        studyInstanceUID = summary.studyInstanceUID
        sopInstanceUID = summary.sopInstanceUID
        model = summary.model
        destination = summary.destination
        notBefore = summary.notBefore?.description
        finishedAt = summary.finishedAt?.description
        reason = summary.reason
        attempts = summary.attempts
        abandonments = summary.abandonments
    }

    /// Names and values for a person.
    var lines: [[String]] {
        let pairs: [(String, String?)] = [
            ("work", work), ("state", state), ("study", studyInstanceUID), ("SOP instance", sopInstanceUID),
            ("model", model), ("destination", destination), ("since", createdAt), ("next", notBefore),
            ("finished", finishedAt), ("tries", "\(attempts)"), ("vanished workers", "\(abandonments)"),
            ("reason", reason),
        ]
        return pairs.compactMap { name, value in value.map { [name, $0] } }
    }
}
