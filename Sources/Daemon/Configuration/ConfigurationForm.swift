/// How a value is written in the file, and which values are allowed.
package struct ConfigurationForm<Value: Sendable>: Sendable {
    /// Reads a node; nil after telling the reader what is wrong.
    package typealias Read =
        @Sendable (ConfigurationNode, _ path: String, inout ConfigurationReader) -> Value?

    /// Type, range and unit, in words, as messages and `conf/glenoid.yaml` show them.
    package let allowed: String
    /// Whether it is a single value, which environment and command line can set.
    package let isScalar: Bool
    /// Reads a node.
    package let read: Read
    /// Writes a value so that reading gives it back.
    package let write: @Sendable (Value) -> ConfigurationNode.Content

    /// Creates a form from its parts.
    package init(
        allowed: String, isScalar: Bool, read: @escaping Read,
        write: @escaping @Sendable (Value) -> ConfigurationNode.Content
    ) {
        self.allowed = allowed
        self.isScalar = isScalar
        self.read = read
        self.write = write
    }

    /// Creates a form of one value; `parse` gives nil for a text that is not allowed.
    package init(
        scalar allowed: String, parse: @escaping @Sendable (String) -> Value?,
        text: @escaping @Sendable (Value) -> String
    ) {
        self.init(
            allowed: allowed, isScalar: true,
            read: { node, path, reader in
                if case .scalar(let text) = node.content, let value = parse(text) { return value }
                reader.reject(node, path, allowed: allowed)
                return nil
            },
            write: { .scalar(text($0)) })
    }

    /// The same form, where nothing is allowed too and means `absent`.
    package func optional(_ absent: String) -> ConfigurationForm<Value?> {
        let form = self
        return ConfigurationForm<Value?>(
            allowed: "\(allowed); nothing: \(absent)", isScalar: isScalar,
            read: { node, path, reader in
                node.content == .empty ? .some(nil) : form.read(node, path, &reader).map { .some($0) }
            },
            write: { value in value.map(form.write) ?? .empty })
    }

    /// A list of values of this form.
    package func list(_ allowed: String) -> ConfigurationForm<[Value]> {
        let form = self
        return ConfigurationForm<[Value]>(
            allowed: allowed, isScalar: false,
            read: { node, path, reader in
                guard case .list(let nodes) = node.content else {
                    reader.reject(node, path, allowed: allowed)
                    return nil
                }
                let values = nodes.enumerated().compactMap { index, node in
                    form.read(node, "\(path)[\(index)]", &reader)
                }
                return values.count == nodes.count ? values : nil
            },
            write: { values in .list(values.map { ConfigurationNode(form.write($0)) }) })
    }
}
