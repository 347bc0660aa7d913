internal import CDCMTK

/// How the elements of a data set are written (PS3.5 7.1 and 7.3).
enum ElementEncoding: Sendable {
    case implicitLittle, explicitLittle, explicitBig
    /// Not of the standard; written by at least one conversion tool.
    case implicitBig

    /// Whether the value representation stands in the element.
    var isExplicit: Bool { self == .explicitLittle || self == .explicitBig }
    /// Whether numbers start with their most significant byte.
    var isBigEndian: Bool { self == .explicitBig || self == .implicitBig }

    /// The bridge's name for it.
    var bridged: cdcmtk_encoding {
        switch self {
        case .implicitLittle: CDCMTK_IMPLICIT_LITTLE
        case .explicitLittle: CDCMTK_EXPLICIT_LITTLE
        case .explicitBig: CDCMTK_EXPLICIT_BIG
        case .implicitBig: CDCMTK_IMPLICIT_BIG
        }
    }
}

/// What stands before an element's value: tag, value representation, length.
struct ElementHeader {
    /// The element's tag.
    let tag: Tag
    /// The two letters of an explicit value representation; `nil` where it is implicit or the tag has none.
    let vr: String?
    /// Where the value starts.
    let valueOffset: Int
    /// The value's length in bytes; `nil` where it is undefined (PS3.5 7.1.1: FFFFFFFFH).
    let length: Int?

    /// The tags of items and delimiters (PS3.5 7.5).
    static let item = Tag(0xFFFE, 0xE000)
    static let itemDelimitation = Tag(0xFFFE, 0xE00D)
    static let sequenceDelimitation = Tag(0xFFFE, 0xE0DD)

    /// Explicit value representations whose length has two bytes (PS3.5 table 7.1-2).
    private static let shortVRs: Set<String> = [
        "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST",
        "TM",
        "UI", "UL", "US",
    ]
    /// Explicit value representations whose length has four bytes after two reserved ones (PS3.5 table
    /// 7.1-1).
    private static let longVRs: Set<String> = [
        "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
    ]

    /// Whether these two letters are a value representation of the standard.
    static func isStandard(_ vr: String) -> Bool { shortVRs.contains(vr) || longVRs.contains(vr) }

    /// The header at `offset`, or `nil` if the bytes up to `end` do not hold a whole one.
    static func read(
        _ cursor: inout ByteCursor, at offset: Int, end: Int, encoding: ElementEncoding
    ) throws(DicomError) -> ElementHeader? {
        guard end - offset >= 8 else { return nil }
        let bigEndian = encoding.isBigEndian
        let tag = try cursor.tag(at: offset, bigEndian: bigEndian)
        guard encoding.isExplicit, tag.group != 0xFFFE else {
            let length = try cursor.uint32(at: offset + 4, bigEndian: bigEndian)
            return ElementHeader(tag: tag, vr: nil, valueOffset: offset + 8, length: defined(length))
        }
        let letters = [try cursor.byte(at: offset + 4), try cursor.byte(at: offset + 5)]
        let vr = String(decoding: letters, as: UTF8.self)
        if hasShortLength(vr, letters) {
            let length = Int(try cursor.uint16(at: offset + 6, bigEndian: bigEndian))
            return ElementHeader(tag: tag, vr: vr, valueOffset: offset + 8, length: length)
        }
        guard end - offset >= 12 else { return nil }
        let length = try cursor.uint32(at: offset + 8, bigEndian: bigEndian)
        return ElementHeader(tag: tag, vr: vr, valueOffset: offset + 12, length: defined(length))
    }

    /// DCMTK's reading, which must be ours: letters that are no known value representation are taken for one
    /// of the future, which will have long lengths; anything else is taken for a broken one with a short
    /// length (DcmVR::setVR).
    private static func hasShortLength(_ vr: String, _ letters: [UInt8]) -> Bool {
        if longVRs.contains(vr) { return false }
        if shortVRs.contains(vr) { return true }
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        return !letters.allSatisfy(capitals.contains)
    }

    private static func defined(_ length: UInt32) -> Int? { length == .max ? nil : Int(length) }
}
