extension ConfigurationForm {
    /// One entry with keys of its own.
    static func item<Item: Sendable>(
        _ keys: [ConfigurationKey<Item>], refused: [String: String] = [:],
        _ make: @escaping @Sendable () -> Item
    ) -> ConfigurationForm<Item> {
        ConfigurationForm<Item>(
            allowed: "mapping with " + keys.map(\.name).joined(separator: ", "), isScalar: false,
            read: { node, path, reader in
                var item = make()
                let isGood = reader.read(node, keys: keys, refused: refused, at: path, into: &item)
                return isGood ? item : nil
            },
            write: { item in .mapping(ConfigurationKey.entries(of: item, keys: keys)) })
    }
}

extension ConfigurationForm where Value == [String: DestinationSettings] {
    /// Entries by name.
    static let destinations = Self(
        allowed: "mapping of names to destinations", isScalar: false,
        read: { node, path, reader in
            switch node.content {
            case .empty: return [:]
            case .mapping(let entries):
                var values: Value = [:]
                for entry in entries {
                    let entryPath = "\(path).\(entry.name)"
                    guard isName(entry.name) else {
                        reader.problems.append(
                            ConfigurationProblem(
                                origin: entry.node.origin, key: entryPath,
                                fault: .value(
                                    found: "the name \"\(entry.name.prefix(80))\"",
                                    allowed: "1 to 64 of letters, digits, - and _")))
                        continue
                    }
                    values[entry.name] = entryForm.read(entry.node, entryPath, &reader)
                }
                return values.count == entries.count ? values : nil
            case .scalar, .list:
                reader.reject(node, path, allowed: "mapping of names to destinations")
                return nil
            }
        },
        write: { values in
            .mapping(
                values.sorted { $0.key < $1.key }.map { name, value in
                    ConfigurationNode.Entry(name, ConfigurationNode(entryForm.write(value)))
                })
        })

    private static let entryForm = item(
        DestinationSettings.keys, refused: DestinationSettings.notBuilt, { DestinationSettings() })

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension ConfigurationForm where Value == [Caller] {
    /// AE titles, or mappings that also say where the caller must come from.
    static let callers: Self = {
        let mapping = ConfigurationForm<Caller>.item(Caller.keys, { Caller() })
        let words = "AE title, or mapping with aeTitle and address"
        return ConfigurationForm<Caller>(
            allowed: words, isScalar: false,
            read: { node, path, reader in
                switch node.content {
                case .scalar:
                    return ConfigurationForm<String>.aeTitle.read(node, path, &reader).map {
                        Caller(aeTitle: $0)
                    }
                case .mapping: return mapping.read(node, path, &reader)
                case .empty, .list:
                    reader.reject(node, path, allowed: words)
                    return nil
                }
            },
            write: { caller in
                caller.address == nil ? .scalar(caller.aeTitle) : mapping.write(caller)
            }
        ).list("list of callers, each an AE title or {aeTitle: PACS, address: 10.0.0.0/8}")
    }()
}

extension ConfigurationForm where Value == String {
    /// The database's address; this node keeps only its path.
    static let queueURL = Self(
        allowed: "address sqlite:///absolute/path/of/the/file", isScalar: true,
        read: { node, path, reader in
            if case .scalar(let text) = node.content {
                if text.hasPrefix("sqlite:///"), text.utf8.count > 10, text.last != "/", !text.contains("\0")
                {
                    return String(text.dropFirst("sqlite://".count))
                }
                if ["postgresql:", "postgres:"].contains(where: text.lowercased().hasPrefix) {
                    reader.problems.append(
                        ConfigurationProblem(
                            origin: node.origin, key: path, fault: .notBuilt("a PostgreSQL queue")))
                    return nil
                }
            }
            // Not quoted: an address of another database may carry its password.
            reader.reject(node, path, found: "something else", allowed: "sqlite:///absolute/path/of/the/file")
            return nil
        },
        write: { .scalar("sqlite://\($0)") })

    /// A model bundle: a folder, or the name of one that lies where bundles do.
    static let bundle = Self(
        allowed:
            "name of a bundle (looked for in models/ beside this file, then in the installation), or a path",
        isScalar: true,
        read: { node, path, reader in
            guard case .scalar(let text) = node.content, !text.isEmpty, !text.contains("\0") else {
                reader.reject(node, path, allowed: "name or path of a model bundle")
                return nil
            }
            let places = BundleLocation.candidates(text, besideConfigurationIn: reader.folder)
            if let place = places.first(where: { reader.hasFile("\($0)/model.json") }) { return place }
            reader.problems.append(
                ConfigurationProblem(
                    origin: node.origin, key: path,
                    fault: .value(
                        found: "\"\(text)\", and no model.json in " + places.joined(separator: " or "),
                        allowed: "the folder of a model bundle")))
            return nil
        },
        write: { .scalar($0) })
}
