extension ConfigurationForm where Value == Int {
    /// A whole number in a range.
    static func wholeNumber(_ range: ClosedRange<Int>, unit: String = "") -> Self {
        let words = unit.isEmpty ? "whole number" : "whole number of \(unit)"
        return Self(
            scalar: "\(words) from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
            text: { String($0) })
    }
}

extension ConfigurationForm where Value == Bool {
    /// Yes or no.
    static let boolean = Self(
        scalar: "true or false", parse: { Bool($0) }, text: { String($0) })
}

extension ConfigurationForm where Value == String {
    /// Free text up to a length in characters, without control characters.
    static func text(_ length: ClosedRange<Int>, _ words: String = "text") -> Self {
        Self(
            scalar: "\(words) of \(length.lowerBound) to \(length.upperBound) characters",
            parse: { text in
                length.contains(text.count)
                    && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
                    ? text : nil
            },
            text: { $0 })
    }

    /// An Application Entity title (PS3.5 6.2, VR AE).
    ///
    /// Spaces at its ends do not count in the standard, so a title that has them is a slip and refused.
    static let aeTitle = Self(
        scalar: "AE title of 1 to 16 ASCII characters, no backslash, no space at its ends",
        parse: { text in
            let isPrintable = text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
            let isTrimmed = text.first != " " && text.last != " "
            return (1...16).contains(text.utf8.count) && isPrintable && isTrimmed ? text : nil
        },
        text: { $0 })

    /// A host name or an address; looked up only when it is used.
    static let host = Self(
        scalar: "host name or IP address",
        parse: { text in
            let allowed = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"):
                    true
                default: false
                }
            }
            return (1...253).contains(text.utf8.count) && allowed ? text : nil
        },
        text: { $0 })

    /// A local address to listen on.
    static let localAddress = Self(
        scalar: "local IPv4 or IPv6 address; 0.0.0.0: every one",
        parse: { text in !text.contains("/") && AddressRange(text) != nil ? text : nil },
        text: { $0 })

    /// A DICOM code string (PS3.5 6.2, VR CS).
    static let codeString = Self(
        scalar: "DICOM code string: 1 to 16 of A-Z, 0-9, space and _",
        parse: { text in
            let allowed = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: " "), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            return (1...16).contains(text.utf8.count) && allowed ? text : nil
        },
        text: { $0 })

    /// A folder; a relative one is meant from the folder of the configuration file.
    static let folder = Self(
        allowed: "path of a folder, absolute or from the folder of this file", isScalar: true,
        read: { node, path, reader in
            guard case .scalar(let text) = node.content, !text.isEmpty, !text.contains("\0") else {
                reader.reject(node, path, allowed: "path of a folder")
                return nil
            }
            return reader.absolutePath(text)
        },
        write: { .scalar($0) })
}

extension ConfigurationForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the cases of an enumeration.
    static var choice: Self {
        Self(
            scalar: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { Value(rawValue: $0) },
            text: { $0.rawValue })
    }
}

extension ConfigurationForm where Value == AddressRange {
    /// An address or a range of them.
    static let addressRange = Self(
        scalar: "IP address or range in CIDR notation (10.0.0.0/8)",
        parse: { AddressRange($0) },
        text: { $0.description })
}
