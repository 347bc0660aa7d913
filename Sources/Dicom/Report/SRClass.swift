/// The SOP classes that a report can be written as, from the richest to the plainest (PS3.3 A.35).
package enum SRClass: String, CaseIterable, Sendable, Codable {
    /// Comprehensive 3D SR, the class that IHE AI Results asks for.
    case comprehensive3D
    /// Comprehensive SR.
    case comprehensive
    /// Enhanced SR.
    case enhanced
    /// Basic Text SR: no numbers, so they are said in words.
    case basicText

    /// SOP Class UID.
    package var sopClassUID: UID {
        switch self {
        case .comprehensive3D: UID(literal: "1.2.840.10008.5.1.4.1.1.88.34")
        case .comprehensive: UID(literal: "1.2.840.10008.5.1.4.1.1.88.33")
        case .enhanced: UID(literal: "1.2.840.10008.5.1.4.1.1.88.22")
        case .basicText: UID(literal: "1.2.840.10008.5.1.4.1.1.88.11")
        }
    }

    /// The class with this SOP Class UID, if it is one of these.
    package init?(sopClassUID: UID) {
        guard let match = Self.allCases.first(where: { $0.sopClassUID == sopClassUID }) else { return nil }
        self = match
    }

    /// The richest class among those a destination accepts; nil when it accepts none.
    package static func richest(of accepted: Set<UID>) -> SRClass? {
        allCases.first { accepted.contains($0.sopClassUID) }
    }
}
