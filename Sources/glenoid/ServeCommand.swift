// `glenoid serve`: the daemon.
import ArgumentParser
import Daemon

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the daemon: receives, classifies, reports, delivers.",
        discussion: """
            Stays in the foreground and logs to standard error; systemd runs it (glenoid.service). SIGTERM and SIGINT \
            finish what is in hand and exit 0; what was not begun goes on at the next start. SIGHUP reads the \
            configuration again.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let application: Application
        do {
            application = try Application(
                load: { [options] () throws(ConfigurationError) in try options.load() },
                softwareVersion: programVersion)
        } catch {
            for problem in error.problems { complain("\(problem)") }
            throw ExitCode.failure
        }
        do {
            try await application.run()
        } catch let error as StartError {
            throw CommandFailure("\(error)")
        }
    }
}
