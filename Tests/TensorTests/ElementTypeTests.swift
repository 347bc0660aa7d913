import Tensor
import Testing

/// Number formats of weight files against the arithmetic of the language.
@Suite struct ElementTypeTests {
    private func decode(_ type: ElementType, _ bytes: [UInt8]) -> [Float] {
        unsafe bytes.withUnsafeBytes { unsafe type.decode($0, count: bytes.count / type.bytes) }
    }

    /// Every half there is, in an odd number of elements so that vector and single code both run.
    @Test func everyHalfIsDecodedExactlyAndComesBack() {
        let halves = (0..<65535).map { UInt16($0) }
        let bytes = halves.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let floats = decode(.float16, bytes)
        for (half, found) in zip(halves, floats) {
            let exponent = Int(half >> 10 & 31)
            let fraction = Float(half & 1023)
            let magnitude =
                switch exponent {
                case 0: fraction * 0x1p-24
                case 31: fraction == 0 ? Float.infinity : .nan
                default: (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
                }
            let expected = half >> 15 == 1 ? -magnitude : magnitude
            #expect(found == expected || (found.isNaN && expected.isNaN), "half \(half)")
        }
        let encoded = ElementType.float16.encode(floats)
        for index in halves.indices where !floats[index].isNaN {
            #expect(encoded[2 * index] == bytes[2 * index] && encoded[2 * index + 1] == bytes[2 * index + 1])
        }
    }

    @Test func encodingRoundsToNearestEven() {
        let cases: [(Float, Float)] = [
            (1 + 0x1p-11, 1), (1 + 3 * 0x1p-11, 1 + 0x1p-9), (1 + 0x1.8p-11, 1 + 0x1p-10), (65519.996, 65504),
            (65520, .infinity), (-1e10, -.infinity), (0x1p-25, 0), (0x1.8p-25, 0x1p-24), (-0x1p-26, -0.0),
            (0x1.ff8p-15, 0x1.ff8p-15), (0x1.ffcp-15, 0x1p-14), (0x1.fffp-15, 0x1p-14),
        ]
        for (value, expected) in cases {
            #expect(decode(.float16, ElementType.float16.encode([value])) == [expected], "\(value)")
        }
        #expect(
            decode(.bfloat16, ElementType.bfloat16.encode([1 + 0x1p-8, 1 + 3 * 0x1p-8])) == [1, 1 + 0x1p-6])
        for type in ElementType.allCases {
            let ends = decode(type, type.encode([.nan, .infinity, -.infinity, -0.0]))
            #expect(ends[0].isNaN && ends[1] == .infinity && ends[2] == -.infinity && ends[3].sign == .minus)
        }
    }
}
