internal import ArgumentParser
internal import Daemon
internal import Foundation

/// `glenoid check`: says what is wrong with a configuration, or what it amounts to.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validates a configuration and prints what is in effect, and where each value comes from.",
        discussion: """
            Everything that is wrong is listed at once, with file and line. Exit status: 0 the configuration is \
            valid, 1 it is not. Models, folders and the port are opened by the daemon alone, when it starts.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print a configuration file with every default and what it means, and read nothing.")
    var defaults = false

    func run() throws {
        if defaults {
            print(ConfigurationTemplate.text(), terminator: "")
            return
        }
        do {
            let loaded = try options.load()
            if json {
                print(try jsonText(CheckReport(loaded, file: options.path)))
            } else {
                for warning in loaded.warnings { complain("warning: \(warning)") }
                print(loaded.text, terminator: "")
            }
        } catch let error as ConfigurationError {
            if json { print(try jsonText(CheckReport(error, file: options.path))) }
            for problem in error.problems { complain("error: \(problem)") }
            throw ExitCode.failure
        }
    }
}

/// What `glenoid check --json` prints.
private struct CheckReport: Encodable {
    /// One thing that is wrong.
    struct Problem: Encodable {
        let key: String
        let origin: String
        let reason: String
    }

    let file: String
    let valid: Bool
    /// The configuration in effect, every value as the file would have it.
    var configuration: ConfigurationJSON?
    /// Where each value that is not a default comes from, by the key's path.
    var origins: [String: String]?
    var warnings: [String] = []
    var problems: [Problem] = []

    init(_ loaded: LoadedConfiguration, file: String) {
        self.file = file
        self.valid = true
        self.configuration = ConfigurationJSON(content: .mapping(loaded.entries))
        self.origins = loaded.origins.mapValues(\.description)
        self.warnings = loaded.warnings
    }

    init(_ error: ConfigurationError, file: String) {
        self.file = file
        self.valid = false
        self.problems = error.problems.map {
            Problem(key: $0.key, origin: $0.origin.description, reason: $0.reason)
        }
    }
}

/// A configuration's tree as JSON: numbers and truth values as such, quantities with their units as text.
private struct ConfigurationJSON: Encodable {
    let content: ConfigurationNode.Content

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        switch content {
        case .empty:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .scalar(let text):
            var container = encoder.singleValueContainer()
            if let number = Int(text), String(number) == text {
                try container.encode(number)
            } else if let truth = Bool(text) {
                try container.encode(truth)
            } else {
                try container.encode(text)
            }
        case .list(let nodes):
            var container = encoder.unkeyedContainer()
            for node in nodes { try container.encode(ConfigurationJSON(content: node.content)) }
        case .mapping(let entries):
            var container = encoder.container(keyedBy: Key.self)
            for entry in entries {
                let value = ConfigurationJSON(content: entry.node.content)
                try container.encode(value, forKey: Key(stringValue: entry.name))
            }
        }
    }
}
