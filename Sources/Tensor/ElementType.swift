internal import CKernels

/// The number formats of weight files that this program reads; all are little-endian in the file.
package enum ElementType: String, Sendable, CaseIterable, Codable {
    /// IEEE 754 binary32.
    case float32 = "F32"
    /// IEEE 754 binary16.
    case float16 = "F16"
    /// The upper half of a binary32.
    case bfloat16 = "BF16"

    /// Bytes of one element.
    package var bytes: Int { self == .float32 ? 4 : 2 }

    /// Decodes `count` elements; exact for all three formats.
    ///
    /// - Precondition: `bytes` holds exactly `count` elements of this type.
    package func decode(_ bytes: UnsafeRawBufferPointer, count: Int) -> [Float] {
        precondition(bytes.count == count * self.bytes)
        return unsafe Array(unsafeUninitializedCapacity: count) { floats, initialised in
            initialised = count
            guard count > 0, let from = bytes.baseAddress, let to = floats.baseAddress else {
                return
            }
            switch self {
            case .float32:
                unsafe UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: count * 4)
            case .float16: unsafe ck_f32_from_f16(from, to, count)
            case .bfloat16: unsafe ck_f32_from_bf16(from, to, count)
            }
        }
    }

    /// Encodes, rounding to nearest even.
    ///
    /// A finite value beyond the format's range becomes an infinity, which
    /// whoever writes weights must look for.
    package func encode(_ values: [Float]) -> [UInt8] {
        let byteCount = values.count * bytes
        return unsafe Array(unsafeUninitializedCapacity: byteCount) { encoded, initialised in
            initialised = byteCount
            unsafe values.withUnsafeBufferPointer { floats in
                guard let from = floats.baseAddress, let to = encoded.baseAddress else { return }
                switch self {
                case .float32:
                    unsafe UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: byteCount)
                case .float16: unsafe ck_f16_from_f32(from, to, values.count)
                case .bfloat16: unsafe ck_bf16_from_f32(from, to, values.count)
                }
            }
        }
    }
}
