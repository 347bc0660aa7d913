// Until the room EfficientNet has them.

/// How convolutions pad.
package enum Padding: String, Codable, Sendable { case same, symmetric }

/// The architectures by name.
package struct Architecture: Sendable {
    /// "b0" to "b7".
    package init?(named name: String) {
        guard ["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7"].contains(name) else { return nil }
    }
}
