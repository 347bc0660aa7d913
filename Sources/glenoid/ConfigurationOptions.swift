internal import ArgumentParser
internal import Daemon
internal import Foundation

/// Where a command finds the configuration: shared by every command that needs one.
struct ConfigurationOptions: ParsableArguments {
    /// Where `make install` and the package put the file.
    static let installedPath = "/etc/glenoid/glenoid.yaml"

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The configuration file; else $GLENOID_CONFIG, else \(installedPath).", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Overrides one key, as dicom.port=11113; may stand several times.", valueName: "key=value"))
    var overrides: [String] = []

    /// The file in use.
    var path: String {
        config ?? ProcessInfo.processInfo.environment["GLENOID_CONFIG"] ?? Self.installedPath
    }

    func validate() throws {
        for text in overrides where ConfigurationOverride(text) == nil {
            throw ValidationError("--set needs KEY=VALUE, for example dicom.port=11113; found '\(text)'")
        }
    }

    /// Reads and checks the configuration.
    ///
    /// - Throws: `ConfigurationError` with everything that is wrong with it.
    func load() throws(ConfigurationError) -> LoadedConfiguration {
        try Configuration.load(
            path: path, environment: ProcessInfo.processInfo.environment,
            overrides: overrides.compactMap { ConfigurationOverride($0) })
    }

    /// The same; what is wrong with it becomes the command's failure.
    func loaded() throws -> Configuration {
        do {
            return try load().configuration
        } catch {
            throw CommandFailure(error.problems.map(\.description).joined(separator: "\n"))
        }
    }
}
