/// A coded term, as PS3.3 8.8 "Code Sequence" writes it: value, coding scheme and meaning.
///
/// Plain data that bundles spell in their JSON; ``problem`` tells whether DICOM can carry it.
package struct CodedEntry: Hashable, Sendable, Codable {
    /// Code Value (0008,0100), VR SH.
    package let value: String
    /// Coding Scheme Designator (0008,0102), VR SH: DCM, SCT, UCUM …, private ones start with 99.
    package let scheme: String
    /// Code Meaning (0008,0104), VR LO: what a person reads.
    package let meaning: String
    /// Coding Scheme Version (0008,0103), only where the designator alone is ambiguous.
    package let schemeVersion: String?

    /// A coded term from its parts.
    package init(_ value: String, _ scheme: String, _ meaning: String, schemeVersion: String? = nil) {
        self.value = value
        self.scheme = scheme
        self.meaning = meaning
        self.schemeVersion = schemeVersion
    }

    /// Whether the designator is one of those that PS3.3 8.2 leaves to everybody: it starts with 99.
    package var isPrivateScheme: Bool { scheme.hasPrefix("99") }

    /// Why DICOM cannot carry this term, as one sentence without its subject; nil when it can.
    ///
    /// Lengths are those of PS3.5 table 6.2-1: 16 characters for SH, 64 for LO. Nothing is shortened in
    /// silence: a shortened code is another code.
    package var problem: String? {
        Self.problem(in: value, named: "code value", charactersMax: 16)
            ?? Self.problem(in: scheme, named: "coding scheme designator", charactersMax: 16)
            ?? schemeVersion.flatMap { Self.problem(in: $0, named: "scheme version", charactersMax: 16) }
            ?? Self.problem(in: meaning, named: "code meaning", charactersMax: 64)
    }

    private static func problem(in text: String, named name: String, charactersMax: Int) -> String? {
        let scalars = text.unicodeScalars
        if scalars.allSatisfy({ $0 == " " }) { return "the \(name) is empty" }
        if scalars.first == " " || scalars.last == " " { return "the \(name) begins or ends with a space" }
        if scalars.count > charactersMax {
            return "the \(name) has \(scalars.count) characters, DICOM allows \(charactersMax)"
        }
        if scalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F || $0 == "\\" }) {
            return "the \(name) holds a backslash or a control character"
        }
        return nil
    }
}
