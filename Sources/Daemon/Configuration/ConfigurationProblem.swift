/// One thing that is wrong with a configuration: where, which key, what was found, what is allowed.
package struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    package enum Fault: Sendable, Equatable {
        /// The file cannot be read or is no YAML.
        case unreadable(String)
        /// There is no such key; perhaps this one was meant.
        case unknown(suggestion: String?)
        /// The key belongs to a part of the program that is not built yet.
        case notBuilt(String)
        /// The key stands twice.
        case repeated
        /// The key must be given.
        case missing(allowed: String)
        /// The value is of the wrong kind or out of range.
        case value(found: String, allowed: String)
        /// The value is fine by itself and contradicts another.
        case contradiction(String)
    }

    /// Where the value came from.
    package let origin: ConfigurationOrigin
    /// The key's path: `destinations.pacs.port`; empty for the file itself.
    package let key: String
    /// What is wrong.
    package let fault: Fault

    /// Creates a problem.
    package init(origin: ConfigurationOrigin, key: String, fault: Fault) {
        self.origin = origin
        self.key = key
        self.fault = fault
    }

    /// What is wrong, without the place.
    package var reason: String {
        switch fault {
        case .unreadable(let reason): reason
        case .unknown(let suggestion?): "unknown key; did you mean \(suggestion)?"
        case .unknown(nil): "unknown key"
        case .notBuilt(let part): "\(part) is not built yet; remove the key"
        case .repeated: "stands here more than once in the same place"
        case .missing(let allowed): "is missing; needed: \(allowed)"
        case .value(let found, let allowed): "found \(found); allowed: \(allowed)"
        case .contradiction(let reason): reason
        }
    }

    /// `glenoid.yaml:12: dicom.port: found "99999"; allowed: a whole number from 0 to 65535`.
    package var description: String {
        key.isEmpty ? "\(origin): \(reason)" : "\(origin): \(key): \(reason)"
    }
}

/// A configuration that cannot be used, with everything that is wrong with it.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one problem, in the order of the sources.
    package let problems: [ConfigurationProblem]

    /// Creates an error.
    package init(problems: [ConfigurationProblem]) {
        precondition(!problems.isEmpty, "a configuration without problems is no error")
        self.problems = problems
    }

    /// One problem a line.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
