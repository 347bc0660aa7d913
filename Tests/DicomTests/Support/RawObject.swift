import Foundation

/// A DICOM file written by hand, element by element, so that tests can say exactly what stands in it, legal or not.
struct RawObject {
    private var elements: [UInt32: [UInt8]] = [:]
    private var values: [UInt32: [UInt8]] = [:]

    /// Sets an element, explicit little endian; the value is padded to even length with a space, UI with NUL.
    mutating func set(_ tag: UInt32, _ vr: String, _ value: [UInt8]) {
        var value = value
        if value.count % 2 == 1 { value.append(vr == "UI" ? 0 : 0x20) }
        values[tag] = value
        elements[tag] = Self.element(tag, vr, value)
    }

    /// Sets an element from text of one byte a character or of UTF-8.
    mutating func set(_ tag: UInt32, _ vr: String, _ text: String) { set(tag, vr, Array(text.utf8)) }

    /// Sets a binary number of 16 bits (US, SS).
    mutating func set(_ tag: UInt32, _ vr: String, _ number: Int) {
        set(tag, vr, Self.bytes(UInt16(truncatingIfNeeded: number)))
    }

    /// Sets a sequence of these items.
    mutating func set(_ tag: UInt32, items: [RawObject]) {
        var content: [UInt8] = []
        for item in items {
            let bytes = item.dataSet
            content += [0xFE, 0xFF, 0x00, 0xE0] + Self.bytes(UInt32(bytes.count)) + bytes
        }
        set(tag, "SQ", content)
    }

    /// Takes an element out.
    mutating func remove(_ tag: UInt32) {
        elements[tag] = nil
        values[tag] = nil
    }

    /// The data set without meta information.
    var dataSet: [UInt8] { elements.sorted { $0.key < $1.key }.flatMap(\.value) }

    /// The Part 10 file.
    var part10: [UInt8] {
        var meta = RawObject()
        meta.set(0x0002_0001, "OB", [0, 1])
        meta.set(0x0002_0002, "UI", values[0x0008_0016] ?? Array("1.2.840.10008.5.1.4.1.1.1.1".utf8))
        meta.set(0x0002_0003, "UI", values[0x0008_0018] ?? Array("1.2.3.4.5".utf8))
        meta.set(0x0002_0010, "UI", "1.2.840.10008.1.2.1")
        meta.set(0x0002_0012, "UI", "2.25.1")
        let length = Self.element(0x0002_0000, "UL", Self.bytes(UInt32(meta.dataSet.count)))
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length + meta.dataSet + dataSet
    }

    /// Writes the Part 10 file to a temporary path.
    func write() throws -> String { try Scratch.write(part10) }

    private static func element(_ tag: UInt32, _ vr: String, _ value: [UInt8]) -> [UInt8] {
        let long = ["OB", "OW", "SQ", "UN", "UT", "UC", "UR"].contains(vr)
        let start = bytes(UInt16(tag >> 16)) + bytes(UInt16(tag & 0xFFFF)) + Array(vr.utf8)
        let length = long ? [0, 0] + bytes(UInt32(value.count)) : bytes(UInt16(value.count))
        return start + length + value
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        let size = number.bitWidth / 8
        return (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
