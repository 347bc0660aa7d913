/// Writes trees as YAML.
package enum ConfigurationText {
    /// One line of YAML and, if it holds a value, the path of its key.
    package struct Line: Sendable, Equatable {
        /// The line, indented.
        package let text: String
        /// The key's path; empty on lines that only open a mapping or a list.
        package let path: String
    }

    /// The lines of a mapping's entries.
    ///
    /// - Parameters:
    ///   - entries: What is written.
    ///   - path: Where it stands; empty for a whole file.
    ///   - indent: Spaces before each line.
    package static func lines(
        of entries: [ConfigurationNode.Entry], at path: String = "", indent: Int = 0
    ) -> [Line] {
        entries.flatMap { entry in
            let path = path.isEmpty ? entry.name : "\(path).\(entry.name)"
            return lines(name: entry.name, entry.node.content, at: path, indent: indent)
        }
    }

    /// The lines of one key.
    package static func lines(
        name: String, _ content: ConfigurationNode.Content, at path: String, indent: Int
    ) -> [Line] {
        let spaces = String(repeating: " ", count: indent)
        if let flow = flow(content) { return [Line(text: "\(spaces)\(name): \(flow)", path: path)] }
        let opening = Line(text: "\(spaces)\(name):", path: "")
        switch content {
        case .mapping(let entries):
            return [opening] + lines(of: entries, at: path, indent: indent + 2)
        case .list(let nodes):
            return [opening]
                + nodes.enumerated().flatMap { index, node in
                    item(node.content, at: "\(path)[\(index)]", indent: indent + 2)
                }
        case .empty, .scalar:
            return []  // Flow covers them.
        }
    }

    /// One entry of a list over several lines: its first key stands behind the dash.
    private static func item(_ content: ConfigurationNode.Content, at path: String, indent: Int) -> [Line] {
        let spaces = String(repeating: " ", count: indent)
        guard case .mapping(let entries) = content else {
            return [Line(text: "\(spaces)- \(flow(content) ?? "[]")", path: path)]
        }
        var lines = lines(of: entries, at: path, indent: indent + 2)
        if let first = lines.first {
            lines[0] = Line(text: "\(spaces)- \(first.text.dropFirst(indent + 2))", path: first.path)
        }
        return lines
    }

    /// A value that fits on its key's line; nil for mappings and lists of mappings.
    private static func flow(_ content: ConfigurationNode.Content) -> String? {
        switch content {
        case .empty: return "~"
        case .scalar(let text): return quoted(text)
        case .mapping(let entries): return entries.isEmpty ? "{}" : nil
        case .list(let nodes):
            var texts: [String] = []
            for node in nodes {
                guard case .scalar(let text) = node.content else { return nil }
                texts.append(quoted(text))
            }
            return "[" + texts.joined(separator: ", ") + "]"
        }
    }

    /// A text as a YAML scalar: plain where that is certain to be read back, else in double quotes.
    private static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"),
                UInt8(ascii: "_"),
                UInt8(ascii: "-"), UInt8(ascii: "+"):
                true
            default: false
            }
        }
        let isURL = text.hasPrefix("sqlite:///") && !text.contains(" ")
        let isWord = !["", "null", "Null", "NULL", "-"].contains(text)
        if (plain && isWord && !text.hasPrefix("-")) || isURL { return text }
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            default: scalar.value < 0x20 ? "\\x0\(String(scalar.value, radix: 16))" : String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

extension LoadedConfiguration {
    /// The configuration in effect as YAML, with the source of each value behind it.
    package var text: String {
        let entries = ConfigurationKey.entries(of: configuration, keys: Configuration.keys)
        let lines = ConfigurationText.lines(of: entries)
        let width = lines.map(\.text.count).filter { $0 <= 60 }.max() ?? 0
        return lines.map { line in
            guard !line.path.isEmpty else { return line.text + "\n" }
            let padding = String(repeating: " ", count: max(0, width - line.text.count))
            return "\(line.text)\(padding)  # \(origin(of: line.path))\n"
        }.joined()
    }

    /// The configuration in effect as a tree, and the path of each of its values.
    package var entries: [ConfigurationNode.Entry] {
        ConfigurationKey.entries(of: configuration, keys: Configuration.keys)
    }
}
