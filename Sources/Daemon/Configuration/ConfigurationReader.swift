/// Reads a tree by tables of keys, collects every problem, and remembers where each value came from.
package struct ConfigurationReader: Sendable {
    /// Everything that is wrong so far.
    package var problems: [ConfigurationProblem] = []
    /// Where the value of each key that is not a default came from, by the key's path.
    package var origins: [String: ConfigurationOrigin] = [:]
    /// Absolute path of the configuration file's folder, from which relative paths are meant.
    package let folder: String
    /// Whether a file exists and can be read.
    package let hasFile: @Sendable (String) -> Bool

    /// Creates a reader of a configuration in a folder.
    package init(folder: String, hasFile: @escaping @Sendable (String) -> Bool) {
        self.folder = folder
        self.hasFile = hasFile
    }

    /// A path made absolute.
    package func absolutePath(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    /// Reports a value that is not allowed.
    package mutating func reject(
        _ node: ConfigurationNode, _ path: String, found: String? = nil, allowed: String
    ) {
        problems.append(
            ConfigurationProblem(
                origin: node.origin, key: path, fault: .value(found: found ?? node.found, allowed: allowed)))
    }

    /// Reads a mapping into a value by its keys.
    ///
    /// - Parameters:
    ///   - node: The mapping; nothing at all stands for an empty one.
    ///   - keys: What may stand in it.
    ///   - refused: Keys of parts that are not built yet, with the part's name.
    ///   - path: Where it stands; empty for the whole file.
    ///   - root: What is filled; keys that do not appear keep what it has.
    /// - Returns: Whether nothing was wrong.
    package mutating func read<Root>(
        _ node: ConfigurationNode, keys: [ConfigurationKey<Root>], refused: [String: String], at path: String,
        into root: inout Root
    ) -> Bool {
        let problemCount = problems.count
        var level = Level(keys: keys, refused: refused, path: path)
        descend(node, prefix: "", level: &level, into: &root)
        for key in keys where key.isRequired && !level.seen.contains(key.name) {
            problems.append(
                ConfigurationProblem(
                    origin: node.origin, key: join(path, key.name), fault: .missing(allowed: key.allowed)))
        }
        return problems.count == problemCount
    }

    /// One mapping's keys, and which of them were met.
    private struct Level<Root: Sendable> {
        let keys: [ConfigurationKey<Root>]
        let refused: [String: String]
        let path: String
        var seen: Set<String> = []
    }

    private mutating func descend<Root>(
        _ node: ConfigurationNode, prefix: String, level: inout Level<Root>, into root: inout Root
    ) {
        switch node.content {
        case .empty: return
        case .scalar, .list:
            let names = childNames(of: prefix, in: level.keys).joined(separator: ", ")
            reject(node, join(level.path, prefix), allowed: "mapping with \(names)")
        case .mapping(let entries):
            for entry in entries {
                readEntry(entry, name: join(prefix, entry.name), prefix: prefix, level: &level, into: &root)
            }
        }
    }

    private mutating func readEntry<Root>(
        _ entry: ConfigurationNode.Entry, name: String, prefix: String, level: inout Level<Root>,
        into root: inout Root
    ) {
        let path = join(level.path, name)
        if let key = level.keys.first(where: { $0.name == name }) {
            level.seen.insert(name)
            key.read(entry.node, path, &self, &root)
        } else if level.keys.contains(where: { $0.name.hasPrefix(name + ".") }) {
            descend(entry.node, prefix: name, level: &level, into: &root)
        } else if let part = level.refused[name] {
            problems.append(
                ConfigurationProblem(origin: entry.node.origin, key: path, fault: .notBuilt(part)))
        } else {
            let suggestion = suggestion(for: entry.name, prefix: prefix, keys: level.keys)
            problems.append(
                ConfigurationProblem(
                    origin: entry.node.origin, key: path,
                    fault: .unknown(suggestion: suggestion.map { join(level.path, $0) })))
        }
    }

    /// The nearest key of the same mapping, else a key of the same name elsewhere.
    private func suggestion<Root>(
        for name: String, prefix: String, keys: [ConfigurationKey<Root>]
    ) -> String? {
        if let near = Suggestion.nearest(to: name, among: childNames(of: prefix, in: keys)) {
            return join(prefix, near)
        }
        return keys.first { $0.name.hasSuffix("." + name) }?.name
    }

    /// The names that may stand in the mapping at a prefix.
    private func childNames<Root>(of prefix: String, in keys: [ConfigurationKey<Root>]) -> [String] {
        var names: [String] = []
        for key in keys where prefix.isEmpty || key.name.hasPrefix(prefix + ".") {
            let rest = prefix.isEmpty ? key.name[...] : key.name.dropFirst(prefix.count + 1)
            let name = String(rest.prefix { $0 != "." })
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : name.isEmpty ? path : "\(path).\(name)"
    }
}

extension ConfigurationKey {
    /// A value as a tree, by its keys in their order.
    package static func entries(of root: Root, keys: [ConfigurationKey<Root>]) -> [ConfigurationNode.Entry] {
        var tree = ConfigurationNode(.mapping([]))
        for key in keys {
            tree.set(
                key.name.split(separator: ".").map(String.init)[...], to: ConfigurationNode(key.write(root)))
        }
        guard case .mapping(let entries) = tree.content else { return [] }
        return entries
    }
}
