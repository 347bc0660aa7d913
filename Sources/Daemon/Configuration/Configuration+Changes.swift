/// What differs between two configurations.
package struct ConfigurationChanges: Sendable, Equatable {
    /// Paths of changed keys that a reload puts into effect, in the order of the file.
    package var live: [String] = []
    /// Paths of changed keys that wait for a restart.
    package var restart: [String] = []

    /// Whether nothing differs.
    package var isEmpty: Bool { live.isEmpty && restart.isEmpty }
}

extension Configuration {
    /// What changed since another configuration, key by key.
    package func changes(from old: Configuration) -> ConfigurationChanges {
        var changes = ConfigurationChanges()
        for key in Self.keys where key.write(self) != key.write(old) {
            let paths = differences(key.write(old), key.write(self), at: key.name)
            switch key.reload {
            case .live: changes.live += paths
            case .restart: changes.restart += paths
            }
        }
        return changes
    }

    /// This running configuration with everything of a new one that a reload can put into effect.
    package func adopting(_ new: Configuration) -> Configuration {
        var result = self
        for key in Self.keys where key.reload == .live {
            key.copy(new, &result)
        }
        return result
    }

    /// Paths of the values that differ between two trees.
    private func differences(
        _ old: ConfigurationNode.Content, _ new: ConfigurationNode.Content, at path: String
    ) -> [String] {
        guard case .mapping(let oldEntries) = old, case .mapping(let newEntries) = new else {
            return old == new ? [] : [path]
        }
        let names =
            newEntries.map(\.name)
            + oldEntries.map(\.name).filter { name in
                !newEntries.contains { $0.name == name }
            }
        return names.flatMap { name -> [String] in
            let before = oldEntries.first { $0.name == name }?.node.content
            let after = newEntries.first { $0.name == name }?.node.content
            guard let before, let after else { return ["\(path).\(name)"] }
            return differences(before, after, at: "\(path).\(name)")
        }
    }
}
