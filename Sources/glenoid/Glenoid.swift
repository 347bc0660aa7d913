// The program: which commands there are, and what every one of them shares.
import ArgumentParser

@main
struct Glenoid: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glenoid",
        abstract: "Classifies radiographs that a PACS pushes, and answers with DICOM Structured Reports.",
        discussion: """
            'glenoid serve' is the daemon; the other commands look at its work, or do one step of it on files.
            Exit status: 0 done, 1 failed (the reason is on standard error), 64 wrong usage.
            """,
        version: programVersion,
        subcommands: [
            ServeCommand.self,
            CheckCommand.self,
            ClassifyCommand.self,
            RenderCommand.self,
            PreparationBenchmarkCommand.self,
            ModelCommand.self,
            ReportCommand.self,
            QueueCommand.self,
            ExplainCommand.self,
            StatusCommand.self,
            DataCommand.self,
            TrainCommand.self,
            EvaluateCommand.self,
            CrossValidateCommand.self,
        ])

    /// Runs the command of the arguments. What it could not do is told as everything else is, behind the program's name.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            complain(failure.description)
            exit(withError: ExitCode.failure)
        } catch {
            exit(withError: error)
        }
    }
}

/// The program's version, as `--version`, the reports' software version and the log show it.
let programVersion = "0.1.0"
