/// The character set of an object's text: Specific Character Set (0008,0005) and how it decodes (PS3.5 6.1.2,
/// PS3.3 C.12.1.1.2).
///
/// Decoding never fails and never loses a character. Where the bytes contradict the declared set, they are
/// taken for UTF-8 if they are valid as that (the most common lie), else every byte that cannot be read as
/// declared is read as ISO 8859-1, so that it stays visible.
package struct SpecificCharacterSet: Sendable, Equatable {
    /// The defined terms as they stand in the object; empty for the default repertoire.
    package let terms: [String]
    /// What holds at the beginning of a value, and again after each delimiter.
    private let initial: CodeState
    /// The set for bytes above 127 where nothing designated one: the first declared that has such bytes.
    private let fallbackUpper: GraphicSet?
    /// A set without code extensions that replaces everything else: UTF-8, GB18030 or GBK.
    private let whole: String?

    /// The default repertoire, ISO 646 (ASCII).
    package static let `default` = SpecificCharacterSet([])

    /// The character set that these defined terms declare.
    ///
    /// Terms that are not of the standard, but plainly mean one of them ("ISO IR 100", "UTF-8"), are
    /// understood; others count as the default repertoire.
    package init(_ terms: [String]) {
        self.terms = terms.allSatisfy(\.isEmpty) ? [] : terms
        let sets = terms.map(CharacterSetTerm.init)
        whole = sets.compactMap(\.wholeEncoding).first
        initial = sets.first?.initialState ?? .ascii
        fallbackUpper = sets.compactMap(\.upper).first
    }

    /// The text of a value that has no parts: Long Text and its like.
    package func text(_ bytes: [UInt8]) -> String {
        decoded(bytes, delimiters: Self.controls).joined()
    }

    /// The text of each value; values are separated by backslashes.
    package func values(_ bytes: [UInt8]) -> [String] {
        decoded(bytes, delimiters: Self.controls.union(Self.partDelimiters)).joined()
            .split(separator: "\\", omittingEmptySubsequences: false).map(String.init)
    }

    /// PS3.5 6.1.2.5.3: code extensions end at these.
    private static let controls: Set<UInt8> = [0x09, 0x0A, 0x0C, 0x0D]
    /// The backslash between values, and what separates the parts of a person's name.
    private static let partDelimiters: Set<UInt8> = [
        UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "="),
    ]

    private func decoded(_ bytes: [UInt8], delimiters: Set<UInt8>) -> [String] {
        if bytes.allSatisfy({ $0 < 0x80 && $0 != CodeState.escape }), whole != nil || initial.lower == .ascii
        {
            return [String(decoding: bytes, as: UTF8.self)]
        }
        if let whole {
            return [TextConversion.utf8(bytes, from: whole) ?? Self.contradicted(bytes)]
        }
        var runs = CodeRuns(initial: initial, fallbackUpper: fallbackUpper, delimiters: delimiters)
        let split = runs.split(bytes)
        let texts = split.map { $0.set.text($0.bytes) }
        if texts.contains(nil), let text = String(validating: bytes, as: UTF8.self) { return [text] }
        return zip(split, texts).map { run, text in text ?? Self.latin1(run.bytes) }
    }

    /// The best reading of bytes that are not what they were declared to be.
    private static func contradicted(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? latin1(bytes)
    }

    private static func latin1(_ bytes: [UInt8]) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
