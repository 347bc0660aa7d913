internal import Glibc

/// Somebody who may open an association: an AE title, and optionally where it must come from.
package struct Caller: Sendable, Equatable {
    /// Calling AE title.
    package var aeTitle: String
    /// Addresses it may come from; nil: any.
    package var address: AddressRange?

    /// Creates a caller.
    package init(aeTitle: String = "", address: AddressRange? = nil) {
        self.aeTitle = aeTitle
        self.address = address
    }

    /// Whether an association with this title from this address is this caller's.
    package func admits(callingAETitle: String, address peerAddress: String) -> Bool {
        guard aeTitle == callingAETitle else { return false }
        guard let address else { return true }
        return address.contains(peerAddress)
    }
}

/// A range of IP addresses in CIDR notation (RFC 4632, RFC 4291 2.3): `10.0.0.0/8`, `fd00::/8`, or one address.
package struct AddressRange: Sendable, Equatable, CustomStringConvertible {
    /// The address as written, 4 or 16 bytes.
    private let bytes: [UInt8]
    /// Leading bits that must agree.
    private let prefixLength: Int
    /// The text it was made from.
    package let description: String

    /// Parses an address with an optional prefix length; nil if it is not one.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = Self.bytes(of: String(parts[0])) else { return nil }
        var prefixLength = bytes.count * 8
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...prefixLength).contains(length) else { return nil }
            prefixLength = length
        }
        self.bytes = bytes
        self.prefixLength = prefixLength
        self.description = text
    }

    /// Whether a peer's address lies in the range.
    ///
    /// An IPv4 peer that a dual-stack socket shows as `::ffff:a.b.c.d` is compared as IPv4.
    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        return (0..<prefixLength).allSatisfy { bitIndex in
            let mask = UInt8(0x80) >> UInt8(bitIndex % 8)
            return bytes[bitIndex / 8] & mask == other[bitIndex / 8] & mask
        }
    }

    /// The bytes of an address in network order; IPv4-mapped IPv6 addresses become IPv4.
    private static func bytes(of text: String) -> [UInt8]? {
        var v4 = in_addr()
        if unsafe inet_pton(AF_INET, text, &v4) == 1 {
            return unsafe withUnsafeBytes(of: v4) { unsafe Array($0) }
        }
        var v6 = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let bytes = unsafe withUnsafeBytes(of: v6) { unsafe Array($0) }
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]
        return bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
    }
}
