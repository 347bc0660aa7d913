/// When a changed key takes effect.
package enum ConfigurationReload: String, Sendable {
    /// At the next reload (SIGHUP).
    case live
    /// When the daemon starts again.
    case restart
}

/// One key of a section: how it is read, written, explained and reloaded.
///
/// `Root` is the value the key belongs to: the whole `Configuration`, or one entry of a list or mapping in it.
package struct ConfigurationKey<Root: Sendable>: Sendable {
    /// Path below the root: `dicom.port`.
    package let name: String
    /// Type, range and unit, in words.
    package let allowed: String
    /// What the key does, in sentences.
    package let effect: String
    /// When a change takes effect.
    package let reload: ConfigurationReload
    /// Whether it has no default.
    package let isRequired: Bool
    /// Whether it is a single value, which environment and command line can set.
    package let isScalar: Bool
    /// Reads a node into the root; what is wrong goes to the reader.
    package let read:
        @Sendable (_ node: ConfigurationNode, _ path: String, inout ConfigurationReader, inout Root) -> Void
    /// The root's value of this key, as the file would have it.
    package let write: @Sendable (Root) -> ConfigurationNode.Content
    /// Takes the value over from one root into another.
    package let copy: @Sendable (_ source: Root, _ target: inout Root) -> Void

    /// Creates a key.
    ///
    /// - Parameters:
    ///   - name: Path below the root.
    ///   - field: Where its value lives.
    ///   - form: How the value is written.
    ///   - reload: When a change takes effect.
    ///   - isRequired: Whether it has no default.
    ///   - effect: What the key does.
    package init<Value: Sendable>(
        _ name: String, _ field: any WritableKeyPath<Root, Value> & Sendable,
        _ form: ConfigurationForm<Value>,
        _ reload: ConfigurationReload, isRequired: Bool = false, _ effect: String
    ) {
        self.name = name
        self.allowed = form.allowed
        self.effect = effect
        self.reload = reload
        self.isRequired = isRequired
        self.isScalar = form.isScalar
        self.read = { node, path, reader, root in
            if let value = form.read(node, path, &reader) {
                root[keyPath: field] = value
                reader.origins[path] = node.origin
            }
        }
        self.write = { form.write($0[keyPath: field]) }
        self.copy = { source, target in target[keyPath: field] = source[keyPath: field] }
    }
}
