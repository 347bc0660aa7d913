/// One defined term of Specific Character Set (PS3.3 tables C.12-2 to C.12-5).
struct CharacterSetTerm {
    /// The ISO registration number in the term, 0 where it has none that is known.
    private let number: Int
    /// The name for the converter of a set that stands alone.
    let wholeEncoding: String?

    /// Understands the term, sloppy spellings included.
    init(_ term: String) {
        let name = term.uppercased().filter { $0.isLetter || $0.isNumber }
        switch name {
        case "ISOIR192", "ISO2022IR192", "UTF8", "ISO10646": (number, wholeEncoding) = (192, "UTF-8")
        case "GB18030": (number, wholeEncoding) = (0, "GB18030")
        case "GBK", "GB2312": (number, wholeEncoding) = (0, "GBK")
        default:
            let isRegistration = name.hasPrefix("ISOIR") || name.hasPrefix("ISO2022IR")
            let digits = name.reversed().prefix { $0.isNumber }.reversed()
            (number, wholeEncoding) = (isRegistration ? Int(String(digits)) ?? 0 : 0, nil)
        }
    }

    /// What the term says about bytes above 127; `nil` if nothing.
    var upper: GraphicSet? {
        switch number {
        case 13: .katakana
        case 58: .gb2312
        case 149: .ksx1001
        default: Self.parts[number].map { .latin($0) }
        }
    }

    /// What holds at the beginning of a value if this term is the first.
    ///
    /// A multi-byte set there is against the standard (PS3.3 C.12.1.1.2), but files have it.
    var initialState: CodeState {
        CodeState(lower: number == 13 ? .romaji : .ascii, upper: upper)
    }

    /// The part of ISO 8859 behind a registration number, as the converter calls it.
    static let parts: [Int: String] = [
        100: "ISO-8859-1", 101: "ISO-8859-2", 109: "ISO-8859-3", 110: "ISO-8859-4", 144: "ISO-8859-5",
        127: "ISO-8859-6", 126: "ISO-8859-7", 138: "ISO-8859-8", 148: "ISO-8859-9", 203: "ISO-8859-15",
        166: "TIS-620",
    ]
}

/// A set of graphic characters that an escape sequence can designate (PS3.5 6.1.2.5).
enum GraphicSet: Equatable {
    case ascii
    /// JIS X 0201: ASCII but for the yen sign and the overline.
    case romaji
    /// JIS X 0201: half-width katakana.
    case katakana
    /// One of the parts of ISO 8859, by the converter's name.
    case latin(String)
    case jisx0208, jisx0212, ksx1001, gb2312

    /// How many bytes a character has.
    var width: Int {
        switch self {
        case .ascii, .romaji, .katakana, .latin: 1
        case .jisx0208, .jisx0212, .ksx1001, .gb2312: 2
        }
    }

    /// These bytes as text; `nil` if they are not characters of this set.
    func text(_ bytes: [UInt8]) -> String? {
        switch self {
        case .ascii: bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
        case .romaji: Self.scalars(bytes) { $0 == 0x5C ? 0x5C : $0 == 0x7E ? 0x203E : UInt32($0) }
        case .katakana: Self.scalars(bytes) { (0xA1...0xDF).contains($0) ? 0xFF61 + UInt32($0) - 0xA1 : nil }
        case .latin(let name): TextConversion.utf8(bytes, from: name)
        case .jisx0208: TextConversion.utf8(bytes.map { $0 | 0x80 }, from: "EUC-JP")
        case .jisx0212: TextConversion.utf8(Self.withShift(bytes), from: "EUC-JP")
        // The supersets read what the registered sets have, and the characters that vendors added to them.
        case .ksx1001: TextConversion.utf8(bytes, from: "CP949")
        case .gb2312: TextConversion.utf8(bytes, from: "GBK")
        }
    }

    private static func scalars(_ bytes: [UInt8], _ code: (UInt8) -> UInt32?) -> String? {
        var text = ""
        for byte in bytes {
            guard let number = code(byte), let scalar = Unicode.Scalar(number) else { return nil }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// EUC-JP marks each character of JIS X 0212 with the byte 8FH.
    private static func withShift(_ bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: 2).flatMap { start in
            [0x8F] + bytes[start..<min(start + 2, bytes.count)].map { $0 | 0x80 }
        }
    }
}

/// The designated sets: G0 for bytes below 128, G1 for those above.
struct CodeState: Equatable {
    /// The set of the bytes below 128.
    var lower: GraphicSet
    /// The set of the bytes above 127; `nil` where none is designated.
    var upper: GraphicSet?

    /// The default repertoire.
    static let ascii = CodeState(lower: .ascii, upper: nil)
    /// The byte that begins a designation.
    static let escape: UInt8 = 0x1B

    /// The escape sequences of PS3.3 tables C.12-3 and C.12-4, without the escape.
    private static let designations: [(sequence: String, set: GraphicSet, isUpper: Bool)] = [
        ("(B", .ascii, false), ("(J", .romaji, false), (")I", .katakana, true),
        ("-A", .latin("ISO-8859-1"), true), ("-B", .latin("ISO-8859-2"), true),
        ("-C", .latin("ISO-8859-3"), true),
        ("-D", .latin("ISO-8859-4"), true), ("-L", .latin("ISO-8859-5"), true),
        ("-G", .latin("ISO-8859-6"), true),
        ("-F", .latin("ISO-8859-7"), true), ("-H", .latin("ISO-8859-8"), true),
        ("-M", .latin("ISO-8859-9"), true),
        ("-b", .latin("ISO-8859-15"), true), ("-T", .latin("TIS-620"), true),
        ("$B", .jisx0208, false), ("$@", .jisx0208, false), ("$(D", .jisx0212, false),
        ("$)C", .ksx1001, true), ("$)A", .gb2312, true),
    ]

    /// Designates what the escape sequence at the start of `bytes` (without the escape) says and gives the
    /// sequence's length; 0 if it is none.
    mutating func designate(_ bytes: ArraySlice<UInt8>) -> Int {
        for designation in Self.designations where bytes.starts(with: designation.sequence.utf8) {
            if designation.isUpper { upper = designation.set } else { lower = designation.set }
            return designation.sequence.utf8.count
        }
        return 0
    }
}
