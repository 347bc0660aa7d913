/// Where a value of the configuration came from; later sources win: file < environment < command line.
package enum ConfigurationOrigin: Sendable, Equatable, CustomStringConvertible {
    /// The program's own default.
    case `default`
    /// A line of the file, counted from 1; 0: the file as a whole.
    case file(String, line: Int)
    /// An environment variable.
    case environment(String)
    /// `--set KEY=VALUE`.
    case commandLine

    /// As operators read it: `glenoid.yaml:12`.
    package var description: String {
        switch self {
        case .default: "default"
        case .file(let name, let line): line == 0 ? name : "\(name):\(line)"
        case .environment(let name): "environment \(name)"
        case .commandLine: "command line"
        }
    }
}

/// A configuration as a tree of texts, before anything is known of its keys.
///
/// The YAML file, the environment and the command line all become this one form, so that they are checked by the
/// same code and every error can say where its value came from.
package struct ConfigurationNode: Sendable, Equatable {
    /// What stands at a place of the tree.
    package indirect enum Content: Sendable, Equatable {
        /// Nothing, `~` or `null`.
        case empty
        /// Any single value, as text.
        case scalar(String)
        /// Values in order.
        case list([ConfigurationNode])
        /// Keys and their values, in the order of the file.
        case mapping([Entry])
    }

    /// One key of a mapping.
    package struct Entry: Sendable, Equatable {
        /// The key.
        package var name: String
        /// Its value.
        package var node: ConfigurationNode

        /// Creates an entry.
        package init(_ name: String, _ node: ConfigurationNode) {
            self.name = name
            self.node = node
        }
    }

    /// What stands here.
    package var content: Content
    /// Where it came from.
    package var origin: ConfigurationOrigin

    /// Creates a node.
    package init(_ content: Content, _ origin: ConfigurationOrigin = .default) {
        self.content = content
        self.origin = origin
    }

    /// The value of a key of this mapping; nil if it has none or is no mapping.
    package subscript(name: String) -> ConfigurationNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.name == name }?.node
    }

    /// Puts a scalar at a path, making the mappings on the way to it.
    ///
    /// A list or scalar that stands in the way stays as it is: it is an error of its own, found when it is read.
    package mutating func set(_ path: ArraySlice<String>, to node: ConfigurationNode) {
        guard let name = path.first else {
            self = node
            return
        }
        var entries: [Entry]
        switch content {
        case .mapping(let existing): entries = existing
        case .empty: entries = []
        case .scalar, .list: return
        }
        if let index = entries.firstIndex(where: { $0.name == name }) {
            entries[index].node.set(path.dropFirst(), to: node)
        } else {
            var child = ConfigurationNode(.empty, node.origin)
            child.set(path.dropFirst(), to: node)
            entries.append(Entry(name, child))
        }
        content = .mapping(entries)
    }

    /// How a message quotes what was found here.
    package var found: String {
        switch content {
        case .empty: "nothing"
        case .scalar(let text): "\"\(text.prefix(80))\""
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}
