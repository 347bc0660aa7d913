// `glenoid report …`: the commands about Structured Reports that the daemon made.
import ArgumentParser

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Reads reports that the daemon made.",
        subcommands: [ReportShowCommand.self])
}
