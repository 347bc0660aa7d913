/// Writes `conf/glenoid.yaml`: every key with its default, its range and what it does.
package enum ConfigurationTemplate {
    /// The whole file.
    package static func text() -> String {
        var example = Configuration()
        example.models = [exampleModel]
        example.destinations = ["pacs": exampleDestination]
        let lines = header + lines(of: Configuration.keys, root: example, indent: 0)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The model that ships, by its name.
    package static var exampleModel: ModelSettings {
        var model = ModelSettings()
        model.bundle = "shoulder-implant"
        return model
    }

    /// A PACS on the same machine.
    package static var exampleDestination: DestinationSettings {
        var destination = DestinationSettings()
        destination.aeTitle = "PACS"
        destination.host = "127.0.0.1"
        return destination
    }

    private static let header =
        comment(
            """
            The configuration of Glenoid. Each value here is the default, and a key that is left out has it too; \
            only models and destinations have entries here that are examples.
            """, indent: 0)
        + ["#"]
        + comment(
            """
            Values win in this order: command line (glenoid serve --set dicom.port=11113), environment \
            (GLENOID_DICOM_PORT=11113; dicom.aeTitle is GLENOID_DICOM_AE_TITLE; for single values, not lists), \
            this file, defaults. 'glenoid check --config FILE' says what is in effect and from where. 'systemctl \
            reload glenoid' puts changed keys marked "reload" into effect; the others wait for a restart.
            """, indent: 0)
        + ["#"]
        + comment(
            """
            Durations carry a unit: ms, s, m, h or d. Sizes are bytes, or carry kB, MB, GB, TB (powers of 1000) \
            or KiB, MiB, GiB, TiB (powers of 1024). Relative paths are meant from the folder of this file.
            """, indent: 0)

    /// What a group of keys is about.
    private static let introductions: [String: String] = [
        "dicom": "The DICOM listener (C-STORE and C-ECHO).",
        "spool": "Received instances on disk.",
        "queue": "The state of all work.",
        "study": "A study is reported by whichever of these comes first.",
        "classification": "How images are classified.",
        "log": "What is logged.",
        "installation": "How reports name this installation.",
        "accept": "Which images the model looks at, instead of what its bundle says.",
        "retry": "How failed deliveries are repeated.",
    ]

    /// The lines of a table of keys with the values of a root.
    private static func lines<Root>(of keys: [ConfigurationKey<Root>], root: Root, indent: Int) -> [String] {
        var lines: [String] = []
        var group = ""
        for key in keys {
            let parts = key.name.split(separator: ".").map(String.init)
            let keyGroup = parts.count > 1 ? parts[0] : ""
            if indent == 0, keyGroup != group || keyGroup.isEmpty { lines.append("") }
            if keyGroup != group, !keyGroup.isEmpty {
                if let introduction = introductions[keyGroup] {
                    lines += comment(introduction, indent: indent)
                }
                lines.append(spaces(indent) + keyGroup + ":")
            }
            group = keyGroup
            let keyIndent = indent + (keyGroup.isEmpty ? 0 : 2)
            lines += explanation(of: key, root: root, indent: keyIndent)
            lines += value(of: key, named: parts.last ?? key.name, root: root, indent: keyIndent)
        }
        return lines
    }

    /// The value of a key; models and destinations are explained key by key.
    private static func value<Root>(
        of key: ConfigurationKey<Root>, named name: String, root: Root, indent: Int
    ) -> [String] {
        guard let configuration = root as? Configuration, ["models", "destinations"].contains(name) else {
            return ConfigurationText.lines(name: name, key.write(root), at: name, indent: indent).map(\.text)
        }
        if name == "models" {
            let entries = configuration.models.flatMap { model in
                dashed(lines(of: ModelSettings.keys, root: model, indent: indent + 4), indent: indent + 2)
            }
            return ["models:"] + entries
        }
        let entries = configuration.destinations.flatMap { name, destination in
            ["\(spaces(indent + 2))\(name):"]
                + lines(of: DestinationSettings.keys, root: destination, indent: indent + 4)
        }
        return ["destinations:"] + entries
    }

    /// Puts the dash of a list entry before its first key, which stands after that key's explanation.
    private static func dashed(_ lines: [String], indent: Int) -> [String] {
        var lines = lines
        if let first = lines.firstIndex(where: {
            !$0.trimmingPrefix(while: { $0 == " " }).hasPrefix("#") && !$0.isEmpty
        }) {
            lines[first] = spaces(indent) + "- " + lines[first].dropFirst(indent + 2)
        }
        return lines
    }

    /// What a key does, what it may be, its default, and when a change counts.
    private static func explanation<Root>(
        of key: ConfigurationKey<Root>, root: Root, indent: Int
    ) -> [String] {
        let allowed = key.allowed.prefix(1).uppercased() + key.allowed.dropFirst()
        let value = ConfigurationText.lines(name: "Default", key.write(root), at: key.name, indent: 0)
        // Lists of models and destinations have examples here; their default is none.
        let isValue = value.count == 1 && !value[0].path.isEmpty
        let need = key.isRequired ? "Required" : isValue ? value[0].text : "Default: none"
        let change = key.reload == .live ? "reload" : "restart"
        return comment(key.effect, indent: indent)
            + comment("\(allowed). \(need). Change: \(change).", indent: indent)
    }

    /// A text as comment lines of at most 100 characters.
    private static func comment(_ text: String, indent: Int) -> [String] {
        let prefix = spaces(indent) + "#"
        var lines: [String] = []
        var line = prefix
        for word in text.split(separator: " ") {
            if line.count + 1 + word.count > 100 {
                lines.append(line)
                line = prefix
            }
            line += " " + word
        }
        return lines + [line]
    }

    private static func spaces(_ count: Int) -> String {
        String(repeating: " ", count: count)
    }
}
