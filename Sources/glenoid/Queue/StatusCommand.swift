// `glenoid status`: how much work stands where.
import ArgumentParser
import Daemon
import WorkQueue

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Sums up the daemon's work: what waits, what is done, what nobody could do.",
        discussion:
            "Read from the queue file, whether the daemon runs or not. 'systemctl status glenoid' tells that."
    )

    @OptionGroup var access: QueueAccess

    func run() throws {
        let counts = try access.open(.readOnly).counts()
        print(access.json ? try jsonText(StatusJSON(counts)) : Self.text(counts))
    }

    private static func text(_ counts: QueueCounts) -> String {
        let head = ["", "WAITING", "IN HAND", "DONE", "DEAD", "DISCARDED"]
        func row(_ name: String, _ states: QueueCounts.States) -> [String] {
            [
                name, "\(states.ready + states.deferred)", "\(states.claimed)", "\(states.done)",
                "\(states.dead)",
                "\(states.discarded)",
            ]
        }
        var rows = [head, row("instances", counts.instances), row("reports", counts.reports)]
        for (destination, states) in counts.deliveries.sorted(by: { $0.key < $1.key }) {
            rows.append(row("to \(destination)", states))
        }
        var lines = [
            table(rows), "", "\(counts.skipped) instances skipped, \(counts.recordedReports) reports made.",
        ]
        if let oldest = counts.oldestUnclassified {
            lines.append("The oldest unclassified instance is of \(oldest).")
        }
        if let oldest = counts.oldestUndelivered {
            lines.append("The oldest undelivered report is of \(oldest).")
        }
        if counts.deadLetters > 0 {
            lines.append(
                "\(counts.deadLetters) dead letters need somebody: 'glenoid queue list --dead' shows them.")
        }
        return lines.joined(separator: "\n")
    }
}

/// The summary as JSON.
private struct StatusJSON: Encodable {
    let unfinished, deadLetters, skipped, recordedReports: Int
    let instances, reports: QueueCounts.States
    let deliveries: [String: QueueCounts.States]
    let oldestUnclassified, oldestUndelivered: String?

    init(_ counts: QueueCounts) {
        let deliveriesUnfinished = counts.deliveries.values.reduce(0) { $0 + $1.unfinished }
        unfinished = counts.instances.unfinished + counts.reports.unfinished + deliveriesUnfinished
        deadLetters = counts.deadLetters
        skipped = counts.skipped
        recordedReports = counts.recordedReports
        instances = counts.instances
        reports = counts.reports
        deliveries = counts.deliveries
        oldestUnclassified = counts.oldestUnclassified?.description
        oldestUndelivered = counts.oldestUndelivered?.description
    }
}
