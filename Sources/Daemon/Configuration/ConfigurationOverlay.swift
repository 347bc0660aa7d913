/// `--set KEY=VALUE` of the command line.
package struct ConfigurationOverride: Sendable, Equatable {
    /// The key's path.
    package let key: String
    /// Its value, as the file would have it.
    package let value: String

    /// Parses `dicom.port=11113`; nil without a key or an equals sign.
    package init?(_ text: String) {
        guard let separator = text.firstIndex(of: "="), separator != text.startIndex else { return nil }
        self.key = String(text[..<separator])
        self.value = String(text[text.index(after: separator)...])
    }
}

/// Lays environment and command line over the tree of the file.
package struct ConfigurationOverlay: Sendable {
    /// Variables with our prefix that mean something else: to the program, its tests, or `make`.
    package static let reserved: Set<String> = [
        "GLENOID_MODEL", "GLENOID_SHARED", "GLENOID_CORPUS", "GLENOID_PEERS", "GLENOID_KERNELS",
        "GLENOID_CONFIG",
    ]
    private static let prefix = "GLENOID_"

    /// What is wrong.
    package private(set) var problems: [ConfigurationProblem] = []
    /// What is odd and does not stop anything.
    package private(set) var warnings: [String] = []
    /// The tree so far.
    package private(set) var tree: ConfigurationNode

    /// Starts with the tree of the file.
    package init(_ tree: ConfigurationNode) {
        self.tree = tree
    }

    /// The variable that sets a key: `dicom.aeTitle` becomes `GLENOID_DICOM_AE_TITLE`.
    package static func variable(for key: String) -> String {
        var name = prefix
        var previous: Character = "."
        for character in key {
            if character == "." || character == "-" {
                name.append("_")
            } else {
                if character.isUppercase, previous.isLowercase || previous.isNumber { name.append("_") }
                name.append(character.uppercased())
            }
            previous = character
        }
        return name
    }

    /// Lays variables over the tree; those without our prefix are not looked at.
    ///
    /// Underscores do not count, so `GLENOID_DICOM_AETITLE` is the same as `GLENOID_DICOM_AE_TITLE`. An unknown name
    /// that begins like a section is an error: somebody meant it to have an effect. Any other is a warning.
    package mutating func apply(environment: [String: String]) {
        let keys = scalarKeys()
        var setBy: [String: String] = [:]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            guard name.hasPrefix(Self.prefix), !Self.reserved.contains(name), !isForTests(name) else {
                continue
            }
            let origin = ConfigurationOrigin.environment(name)
            guard
                let key = keys.first(where: { Self.squeezed(Self.variable(for: $0)) == Self.squeezed(name) })
            else {
                refuse(variable: name, keys: keys)
                continue
            }
            if let other = setBy.updateValue(name, forKey: key) {
                problems.append(
                    ConfigurationProblem(
                        origin: origin, key: key,
                        fault: .contradiction("is set by \(other) too; keep one of them")))
                continue
            }
            tree.set(path(of: key), to: ConfigurationNode(.scalar(value), origin))
        }
    }

    /// Lays overrides over the tree; of two for the same key the later one counts.
    package mutating func apply(_ overrides: [ConfigurationOverride]) {
        let keys = scalarKeys()
        for override in overrides {
            guard keys.contains(override.key) else {
                let isMultiple = Configuration.keys.contains { $0.name == override.key }
                let fault: ConfigurationProblem.Fault =
                    isMultiple
                    ? .contradiction("has several values; set it in the file")
                    : Configuration.notBuilt[override.key].map { .notBuilt($0) }
                        ?? .unknown(suggestion: Suggestion.nearest(to: override.key, among: keys))
                problems.append(ConfigurationProblem(origin: .commandLine, key: override.key, fault: fault))
                continue
            }
            tree.set(path(of: override.key), to: ConfigurationNode(.scalar(override.value), .commandLine))
        }
    }

    /// Keys with a single value, those of the destinations in the tree included.
    private func scalarKeys() -> [String] {
        var keys = Configuration.keys.filter(\.isScalar).map(\.name)
        if case .mapping(let destinations)? = tree["destinations"]?.content {
            for destination in destinations {
                keys += DestinationSettings.keys.filter(\.isScalar).map {
                    "destinations.\(destination.name).\($0.name)"
                }
            }
        }
        return keys
    }

    private mutating func refuse(variable name: String, keys: [String]) {
        let origin = ConfigurationOrigin.environment(name)
        let known = Configuration.keys.map { (key: $0.name, variable: Self.variable(for: $0.name)) }
        if let multiple = known.first(where: { Self.squeezed($0.variable) == Self.squeezed(name) }) {
            problems.append(
                ConfigurationProblem(
                    origin: origin, key: multiple.key,
                    fault: .contradiction("has several values; set it in the file")))
            return
        }
        let nearest = Suggestion.nearest(to: name, among: keys.map(Self.variable))
        let section = Self.squeezed(String(name.dropFirst(Self.prefix.count)))
        if let part = Configuration.notBuilt.first(where: {
            section.hasPrefix(Self.squeezed($0.key.uppercased()))
        }) {
            problems.append(ConfigurationProblem(origin: origin, key: part.key, fault: .notBuilt(part.value)))
        } else if Self.sections.contains(where: { section.hasPrefix($0) }) {
            problems.append(
                ConfigurationProblem(origin: origin, key: "", fault: .unknown(suggestion: nearest)))
        } else {
            let hint = nearest.map { "; did you mean \($0)?" } ?? ""
            warnings.append("environment \(name): no such key\(hint)")
        }
    }

    /// Sections as they begin in squeezed variable names.
    private static let sections = Set(
        Configuration.keys.map { squeezed(String($0.name.prefix { $0 != "." }).uppercased()) })

    /// Tests arm fault points, shorten the watchdog's limits and rewrite documents by the environment; each of these
    /// has its own reader.
    private func isForTests(_ name: String) -> Bool {
        ["GLENOID_FAULT", "GLENOID_WATCHDOG_", "GLENOID_WRITE_"].contains { name.hasPrefix($0) }
    }

    private func path(of key: String) -> ArraySlice<String> {
        key.split(separator: ".").map(String.init)[...]
    }

    /// A name without underscores and dots.
    private static func squeezed(_ name: String) -> String {
        name.filter { $0 != "_" && $0 != "." }
    }
}
