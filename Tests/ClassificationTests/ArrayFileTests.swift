import Classification
import Testing

struct ArrayFileTests {
    @Test func headerIsNumpysAndPaddedTo64Bytes() {
        let bytes = ArrayFile(shape: [2, 3], elements: .uint16([1, 2, 3, 4, 5, 0x0102])).bytes
        #expect(bytes[..<8] == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
        let headerBytes = Int(bytes[8]) | Int(bytes[9]) << 8
        #expect((10 + headerBytes) % 64 == 0)
        let header = String(decoding: bytes[10..<10 + headerBytes], as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }"))
        #expect(header.hasSuffix(" \n"))
        #expect(bytes[(10 + headerBytes)...] == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 2, 1])
    }

    @Test(
        arguments: [
            (ArrayFile.Elements.uint8([7]), "|u1", [7]),
            (.int8([-1]), "|i1", [255]),
            (.int16([-2]), "<i2", [254, 255]),
            (.uint32([1]), "<u4", [1, 0, 0, 0]),
            (.int32([-1]), "<i4", [255, 255, 255, 255]),
            (.float32([1]), "<f4", [0, 0, 0x80, 0x3F]),
            (.float64([1]), "<f8", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]),
        ] as [(ArrayFile.Elements, String, [UInt8])])
    func eachTypeHasItsNameAndBytes(elements: ArrayFile.Elements, name: String, payload: [UInt8]) {
        let bytes = ArrayFile(shape: [1], elements: elements).bytes
        let text = String(decoding: bytes[10...], as: UTF8.self)
        #expect(text.hasPrefix("{'descr': '\(name)', 'fortran_order': False, 'shape': (1,), }"))
        #expect(Array(bytes.suffix(payload.count)) == payload)
    }
}
