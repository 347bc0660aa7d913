// `glenoid explain UID`: the life of one instance, study or report.
import ArgumentParser
import Daemon
import WorkQueue

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells what happened to an instance, a study or a report, step by step.")

    @Argument(help: "A SOP Instance UID or a Study Instance UID.")
    var uid: String

    @OptionGroup var access: QueueAccess

    func run() throws {
        guard let explanation = try access.open(.readOnly).explain(uid) else {
            throw CommandFailure(
                "\(uid) is unknown: it never arrived here, or its record was purged (see spool.keepFor)")
        }
        print(access.json ? try jsonText(ExplanationJSON(explanation)) : Self.text(explanation))
    }

    private static func text(_ explanation: Explanation) -> String {
        let work = explanation.work.map { row in
            let state = row.reason.map { "\(row.state.word): \($0)" } ?? row.state.word
            return ["  \(row.id)", row.destination ?? row.sopInstanceUID ?? row.model ?? "", state]
        }
        let steps = explanation.steps.map { step in
            let times = step.count > 1 ? " (\(step.count) times, last at \(step.lastAt))" : ""
            return ["  \(step.at)", step.work?.description ?? "", step.name.rawValue, step.detail + times]
        }
        return """
            \(explanation.subject.rawValue) \(explanation.uid)
            Now:
            \(table(work))
            Steps:
            \(table(steps))
            """
    }
}

/// An explanation as JSON.
private struct ExplanationJSON: Encodable {
    struct Step: Encodable {
        let at, name, detail: String
        let work, sopInstanceUID: String?
        let count: Int
        let lastAt: String
    }

    let subject, uid: String
    let work: [WorkRow]
    let steps: [Step]

    init(_ explanation: Explanation) {
        subject = explanation.subject.rawValue
        uid = explanation.uid
        work = explanation.work.map(WorkRow.init)
        steps = explanation.steps.map {
            Step(
                at: $0.at.description, name: $0.name.rawValue, detail: $0.detail, work: $0.work?.description,
                sopInstanceUID: $0.sopInstanceUID, count: $0.count, lastAt: $0.lastAt.description)
        }
    }
}
