internal import CCrypto

/// A SHA-256 digest (FIPS 180-4), by which objects, models and reports are told apart.
package struct Digest: Hashable, Sendable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// How many bytes a digest has.
    package static let byteCount = 32

    /// The digest of these bytes.
    package init(of bytes: [UInt8]) {
        var builder = DigestBuilder()
        builder.update(bytes)
        self = builder.digest()
    }

    /// The digest made elsewhere, in the bridge for instance; `nil` unless it has 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The digest from 64 hexadecimal digits of either case; `nil` if the text is not that.
    package init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = digits[index..<index + 2]
            guard let byte = UInt8(String(decoding: pair, as: UTF8.self), radix: 16),
                pair.first != UInt8(ascii: "+")
            else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// 64 small hexadecimal digits.
    package var hex: String {
        bytes.reduce(into: "") { text, byte in
            text.append(byte < 16 ? "0" : "")
            text.append(String(byte, radix: 16))
        }
    }
}

extension Digest: CustomStringConvertible {
    /// The hexadecimal digits.
    package var description: String { hex }
}

/// A digest in the making, for content that is never in memory as a whole.
///
/// Owns a context of libcrypto and frees it; moved, never shared.
@safe package struct DigestBuilder: ~Copyable {
    private let context: OpaquePointer

    /// A digest of nothing yet.
    package init() {
        // EVP_MD_CTX_new fails only without memory, and EVP_sha256 is in every libcrypto: we could not go on.
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
        unsafe self.context = context
        let started = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(started == 1, "libcrypto offers no SHA-256")
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds these bytes at the end.
    package mutating func update(_ bytes: [UInt8]) {
        let done = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(done == 1, "libcrypto failed to update a digest")
    }

    /// Adds these bytes at the end, without a copy.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let done = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(done == 1, "libcrypto failed to update a digest")
    }

    /// The digest of everything added; the builder is used up.
    package consuming func digest() -> Digest {
        var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
        let done = unsafe bytes.withUnsafeMutableBufferPointer {
            unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
        }
        precondition(done == 1, "libcrypto failed to finish a digest")
        guard let digest = Digest(bytes: bytes) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }
}
