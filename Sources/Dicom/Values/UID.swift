/// A unique identifier (PS3.5 9): digits and full stops, at most 64 characters.
package struct UID: Hashable, Sendable {
    /// The identifier as it stands in an object, without padding.
    package let text: String

    /// The identifier, if it is a legal one.
    ///
    /// By PS3.5 9.1: components of digits, none empty, none with a leading zero (but "0" itself), at most 64
    /// characters. Trailing padding (NUL or space) must be gone already.
    package init?(_ text: String) {
        guard Self.hasLegalCharacters(text), Self.componentsAreLegal(text) else { return nil }
        self.text = text
    }

    /// The identifier of a foreign object, which must be given back exactly as it came.
    ///
    /// Like ``init(_:)``, but leading zeros in components are let through: objects with such UIDs are in
    /// circulation, and refusing them would lose images. Never used for what we make ourselves.
    package init?(received text: String) {
        guard Self.hasLegalCharacters(text) else { return nil }
        self.text = text
    }

    /// The identifier `2.25.<decimal>` (PS3.5 B.2) that belongs to a digest: same digest, same identifier.
    ///
    /// The first 16 bytes become a UUID of version 8 (RFC 9562 5.8, "custom"), since what stands behind 2.25
    /// must be a UUID (X.667).
    /// - Precondition: the digest has at least 16 bytes.
    package init(derivedFrom digest: [UInt8]) {
        precondition(digest.count >= 16, "a UID needs 128 bits of digest")
        var bytes = digest.prefix(16)
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let number = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        text = "2.25.\(number)"
    }

    /// A literal of this program; stops the program if it is not a legal identifier.
    package init(literal text: StaticString) {
        guard let uid = UID("\(text)") else { preconditionFailure("not a UID: \(text)") }
        self = uid
    }

    private static let charactersMax = 64
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    private static func hasLegalCharacters(_ text: String) -> Bool {
        let characters = text.utf8
        guard (1...charactersMax).contains(characters.count) else { return false }
        let components = characters.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return components.allSatisfy { !$0.isEmpty && $0.allSatisfy(digits.contains) }
    }

    private static func componentsAreLegal(_ text: String) -> Bool {
        let components = text.utf8.split(separator: UInt8(ascii: "."))
        return components.allSatisfy { $0.count == 1 || $0.first != digits.lowerBound }
    }
}

extension UID: CustomStringConvertible {
    /// The identifier itself.
    package var description: String { text }
}

extension UID: Codable {
    /// Reads the identifier from one string; a string that is none is a `DecodingError`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let uid = UID(received: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a DICOM UID")
        }
        self = uid
    }

    /// Writes the identifier as one string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
