import Foundation

/// Part 10 files that the tests make themselves, byte by byte.
package struct TestObject {
    /// Secondary Capture unless told otherwise.
    package var sopClass: String
    package var sopInstance: String
    package var transferSyntax: String
    package var pixelBytes: Int
    package var columns: Int
    package var modality: String

    package init(
        sopClass: String = "1.2.840.10008.5.1.4.1.1.7", sopInstance: String = "1.2.826.0.1.3680043.8.498.1",
        transferSyntax: String = TestObject.explicitLittleEndian, pixelBytes: Int = 512, columns: Int = 512,
        modality: String = "OT"
    ) {
        self.sopClass = sopClass
        self.sopInstance = sopInstance
        self.transferSyntax = transferSyntax
        self.pixelBytes = pixelBytes
        self.columns = columns
        self.modality = modality
    }

    package static let explicitLittleEndian = "1.2.840.10008.1.2.1"
    package static let implicitLittleEndian = "1.2.840.10008.1.2"

    package var isExplicit: Bool { transferSyntax != Self.implicitLittleEndian }

    /// A data set in little endian with an image of `pixelBytes` bytes, one byte a pixel.
    package var dataSet: [UInt8] {
        var bytes: [UInt8] = []
        func add(_ group: UInt16, _ element: UInt16, _ representation: String, _ value: [UInt8]) {
            bytes += Self.element(group, element, representation, value, isExplicit: isExplicit)
        }
        add(0x0008, 0x0016, "UI", Self.padded(sopClass, 0))
        add(0x0008, 0x0018, "UI", Self.padded(sopInstance, 0))
        add(0x0008, 0x0060, "CS", Array(modality.utf8))
        add(0x0010, 0x0020, "LO", Array("TEST".utf8))
        add(0x0020, 0x000D, "UI", Self.padded(sopInstance + ".1", 0))
        add(0x0020, 0x000E, "UI", Self.padded(sopInstance + ".2", 0))
        add(0x0028, 0x0002, "US", [1, 0])
        add(0x0028, 0x0004, "CS", Array("MONOCHROME2 ".utf8))
        add(0x0028, 0x0010, "US", Self.little(UInt16(max(pixelBytes / columns, 1))))
        add(0x0028, 0x0011, "US", Self.little(UInt16(columns)))
        add(0x0028, 0x0100, "US", [8, 0])
        add(0x0028, 0x0101, "US", [8, 0])
        add(0x0028, 0x0102, "US", [7, 0])
        add(0x0028, 0x0103, "US", [0, 0])
        // A pattern with a period that no buffer size is a multiple of.
        add(0x7FE0, 0x0010, "OW", (0..<pixelBytes).map { UInt8($0 % 251) })
        return bytes
    }

    /// The data set after preamble and file meta information.
    package var file: [UInt8] {
        var meta: [UInt8] = Self.element(2, 1, "OB", [0, 1], isExplicit: true)
        for (number, uid) in [
            (UInt16(2), sopClass), (3, sopInstance), (0x10, transferSyntax), (0x12, "1.2.3"),
        ] {
            meta += Self.element(2, number, "UI", Self.padded(uid, 0), isExplicit: true)
        }
        let length = Self.element(2, 0, "UL", Self.little(UInt32(meta.count)), isExplicit: true)
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length + meta + dataSet
    }

    package func write(to path: String) throws { try Data(file).write(to: URL(fileURLWithPath: path)) }

    package static func padded(_ text: String, _ pad: UInt8) -> [UInt8] {
        Array(text.utf8) + (text.utf8.count % 2 == 0 ? [] : [pad])
    }

    package static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    package static func element(
        _ group: UInt16, _ element: UInt16, _ representation: String, _ value: [UInt8], isExplicit: Bool
    ) -> [UInt8] {
        let tag = little(group) + little(element)
        guard isExplicit else { return tag + little(UInt32(value.count)) + value }
        let name = Array(representation.utf8)
        if ["OB", "OW", "SQ", "UN"].contains(representation) {
            return tag + name + [0, 0] + little(UInt32(value.count)) + value
        }
        return tag + name + little(UInt16(value.count)) + value
    }
}
