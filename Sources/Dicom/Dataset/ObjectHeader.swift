/// How an object begins: preamble and file meta information, where it has them, and what follows from them.
///
/// Part 10 files (PS3.10 7.1) are the rule. Tolerated: meta information without a preamble, meta information
/// written in implicit VR, no meta information at all if the first elements are beyond doubt those of a data
/// set, and a data set written otherwise than the transfer syntax says.
struct ObjectHeader {
    /// The transfer syntax, if the meta information names one.
    let transferSyntaxUID: String?
    /// Where the data set starts.
    let datasetOffset: Int
    /// Whether the object is one for certain: it has the prefix "DICM" or meta information.
    let isMarked: Bool

    /// Longest meta information that is looked through; real ones have a few hundred bytes.
    private static let metaElementsMax = 256

    /// Reads the beginning of the source behind `cursor`.
    static func read(_ cursor: inout ByteCursor) throws(DicomError) -> ObjectHeader {
        // A preamble may hold anything, but meta information must follow the prefix: a data set without
        // either can have the letters at this place by chance.
        let metaFollows = try isMetaGroup(&cursor, at: 132)
        let hasPrefix = metaFollows ? try prefix(&cursor, at: 128) : false
        var offset = hasPrefix ? 132 : try prefix(&cursor, at: 0) ? 4 : 0
        let start = offset
        var uid: String?
        for _ in 0..<metaElementsMax {
            guard let header = try metaElement(&cursor, at: offset), let length = header.length,
                length <= cursor.count - header.valueOffset
            else { break }
            if header.tag == .transferSyntaxUID, length <= 66 {
                uid = try text(&cursor, header.valueOffset..<header.valueOffset + length)
            }
            offset = header.valueOffset + length
        }
        return ObjectHeader(
            transferSyntaxUID: uid, datasetOffset: offset, isMarked: hasPrefix || start > 0 || offset > start)
    }

    /// The meta element at `offset`: group 0002, explicit little endian as PS3.10 7.1 demands, or implicit
    /// where the letters are no value representation.
    private static func metaElement(_ cursor: inout ByteCursor, at offset: Int) throws(DicomError)
        -> ElementHeader?
    {
        guard cursor.count - offset >= 8, try cursor.uint16(at: offset, bigEndian: false) == 0x0002 else {
            return nil
        }
        let explicit = try ElementHeader.read(
            &cursor, at: offset, end: cursor.count, encoding: .explicitLittle)
        if let explicit, ElementHeader.isStandard(explicit.vr ?? "") { return explicit }
        return try ElementHeader.read(&cursor, at: offset, end: cursor.count, encoding: .implicitLittle)
    }

    private static func isMetaGroup(_ cursor: inout ByteCursor, at offset: Int) throws(DicomError) -> Bool {
        guard cursor.count >= offset + 8 else { return false }
        return try cursor.uint16(at: offset, bigEndian: false) == 0x0002
    }

    private static func prefix(_ cursor: inout ByteCursor, at offset: Int) throws(DicomError) -> Bool {
        guard cursor.count >= offset + 4 else { return false }
        return try text(&cursor, offset..<offset + 4) == "DICM"
    }

    private static func text(_ cursor: inout ByteCursor, _ range: Range<Int>) throws(DicomError) -> String {
        var bytes: [UInt8] = []
        for offset in range { bytes.append(try cursor.byte(at: offset)) }
        while let last = bytes.last, last == 0 || last == UInt8(ascii: " ") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Which of the encodings a data set is written in, judged by its first elements.
enum EncodingProbe {
    /// How many elements at the beginning must make sense.
    private static let elementCount = 3

    /// The encoding of the data set at `offset`: the declared one if the first elements make sense in it,
    /// else the one in which they do; `nil` if they do in none.
    ///
    /// An object that is not marked as one by prefix or meta information must begin with group 0008, as every
    /// composite instance does.
    static func encoding(
        _ cursor: inout ByteCursor, at offset: Int, declared: ElementEncoding?, isMarked: Bool
    ) throws(DicomError) -> ElementEncoding? {
        if let declared, offset >= cursor.count { return declared }
        if !isMarked {
            guard cursor.count - offset >= 8 else { return nil }
            let little = try cursor.uint16(at: offset, bigEndian: false)
            guard little == 0x0008 || little.byteSwapped == 0x0008 else { return nil }
        }
        let others: [ElementEncoding] = [.explicitLittle, .implicitLittle, .explicitBig, .implicitBig]
        for candidate in (declared.map { [$0] } ?? []) + others {
            let isDeclared = candidate == declared
            if try makesSense(&cursor, from: offset, as: candidate, isDeclared: isDeclared) {
                return candidate
            }
        }
        return nil
    }

    /// Whether the first elements have known value representations, ascending tags of groups that begin a
    /// data set, and lengths that fit.
    private static func makesSense(
        _ cursor: inout ByteCursor, from start: Int, as encoding: ElementEncoding, isDeclared: Bool
    ) throws(DicomError) -> Bool {
        var offset = start
        var previous: Tag?
        for _ in 0..<elementCount where offset < cursor.count {
            guard
                let header = try ElementHeader.read(
                    &cursor, at: offset, end: cursor.count, encoding: encoding),
                (0x0001...0x7FE0).contains(header.tag.group), header.tag >= previous ?? Tag(0, 0),
                header.vr.map(ElementHeader.isStandard) ?? true
            else { return false }
            // Data sets begin with a low group; read in the wrong byte order it would be a high one.
            guard isDeclared || previous != nil || header.tag.group < 0x0100 else { return false }
            // Sequences of undefined length are not followed here: what came before them speaks for itself.
            guard let length = header.length else {
                return header.vr.map { $0 == "SQ" || $0 == "UN" } ?? true
            }
            // A value that is cut off speaks against the encoding only where nothing before it spoke for it.
            guard length <= cursor.count - header.valueOffset else {
                return header.vr != nil || previous != nil
            }
            previous = header.tag
            offset = header.valueOffset + length
        }
        return previous != nil
    }
}
