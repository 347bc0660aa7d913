/// Which attributes a report takes over from its source: patient and study as the archive knows them.
///
/// The lists follow PS3.3 C.7.1.1 (Patient), C.7.2.1 (General Study) and C.7.2.2 (Patient Study). Left out on purpose:
/// what describes the source's own instance, and sequences that point at other objects.
package enum SubjectAttributes {
    /// Taken as they are, whatever they hold: the archive files the report by them.
    ///
    /// Those of type 2 are written empty where the source has no value.
    package static let identifying: [Tag] = [
        .specificCharacterSet, .patientName, .patientID, .issuerOfPatientID, .studyID, .accessionNumber,
        .referringPhysicianName, .studyDescription,
    ]

    /// Of type 2 and not text: written as they are where legal, dates and times in the form of ACR-NEMA put right
    /// (``modern(_:_:)``), else empty.
    package static let dated: [Tag] = [.patientBirthDate, .patientSex, .studyDate, .studyTime]

    /// Those of type 2: present in whatever we write, empty where the source has no value to take.
    static let present: [Tag] =
        [.patientName, .patientID, .studyID, .accessionNumber, .referringPhysicianName] + dated

    /// Taken only where the source has a legal value: none of these is worth an invalid report.
    package static let optional: [(tag: Tag, keyword: String)] = [
        (Tag(0x0008, 0x0051), "IssuerOfAccessionNumberSequence"),
        (Tag(0x0008, 0x009C), "ConsultingPhysicianName"),
        (Tag(0x0008, 0x1032), "ProcedureCodeSequence"),
        (Tag(0x0008, 0x1048), "PhysiciansOfRecord"),
        (Tag(0x0008, 0x1060), "NameOfPhysiciansReadingStudy"),
        (Tag(0x0008, 0x1080), "AdmittingDiagnosesDescription"),
        (Tag(0x0010, 0x0022), "TypeOfPatientID"),
        (Tag(0x0010, 0x0024), "IssuerOfPatientIDQualifiersSequence"),
        (.patientBirthTime, "PatientBirthTime"),
        (Tag(0x0010, 0x1001), "OtherPatientNames"),
        (.patientAge, "PatientAge"),
        (.patientSize, "PatientSize"),
        (.patientWeight, "PatientWeight"),
        (.ethnicGroup, "EthnicGroup"),
        (Tag(0x0010, 0x2180), "Occupation"),
        (.additionalPatientHistory, "AdditionalPatientHistory"),
        (.patientComments, "PatientComments"),
        (Tag(0x0038, 0x0010), "AdmissionID"),
    ]

    /// Attributes that only make sense together: all are taken when each of `keys` has a legal value in the source.
    package struct Group: Sendable {
        /// What the attributes are about.
        package let name: String
        /// One of each of these lists must have a value.
        let keys: [[Tag]]
        /// Taken where legal.
        let taken: [Tag]
        /// Present even if empty (types 2 and 2C).
        let present: [Tag]
    }

    /// The groups: a clinical trial (C.7.1.3), an animal and its owner (C.7.1.1), de-identification (C.7.1.1).
    package static let groups = [
        Group(
            name: "Clinical Trial Subject",
            keys: [
                [Tag(0x0012, 0x0010)], [Tag(0x0012, 0x0020)], [Tag(0x0012, 0x0040), Tag(0x0012, 0x0042)],
            ],
            taken: [Tag(0x0012, 0x0040), Tag(0x0012, 0x0042)],
            present: [Tag(0x0012, 0x0021), Tag(0x0012, 0x0030), Tag(0x0012, 0x0031)]),
        Group(
            name: "animal",
            keys: [[Tag(0x0010, 0x2201), Tag(0x0010, 0x2202)]],
            taken: [Tag(0x0010, 0x2201), Tag(0x0010, 0x2202), Tag(0x0010, 0x2298)],
            present: [
                Tag(0x0010, 0x2203), Tag(0x0010, 0x2292), Tag(0x0010, 0x2293), Tag(0x0010, 0x2294),
                Tag(0x0010, 0x2297), Tag(0x0010, 0x2299),
            ]),
        Group(
            name: "de-identification",
            keys: [[.patientIdentityRemoved], [Tag(0x0012, 0x0063), Tag(0x0012, 0x0064)]],
            taken: [Tag(0x0012, 0x0063), Tag(0x0012, 0x0064)],
            present: []),
    ]

    /// The minutes from UTC of the source's dates and times; nil where it does not tell or tells nonsense.
    static func zone(of source: Dataset) -> Int? {
        source.string(.timezoneOffsetFromUTC).flatMap(LocalTime.minutes(inTimezoneOffset:))
    }

    /// Takes patient and study from the object.
    static func copy(from source: Dataset, to target: Composition) throws(DicomError) {
        for tag in identifying { try target.copy(tag, of: source, onlyIfLegal: false) }
        for tag in dated { try copy(dated: tag, from: source, to: target) }
        // A size or weight of 0 is what devices write that were not told one.
        let zeros = [Tag.patientSize, .patientWeight].filter { source.double($0) == 0 }
        for (tag, _) in optional where !zeros.contains(tag) {
            try target.copy(tag, of: source, onlyIfLegal: true)
        }
        if zone(of: source) != nil { try target.copy(.timezoneOffsetFromUTC, of: source, onlyIfLegal: true) }
        for group in groups where group.keys.allSatisfy({ $0.contains { hasValue($0, in: source) } }) {
            for tag in group.keys.flatMap({ $0 }) + group.taken + group.present {
                try target.copy(tag, of: source, onlyIfLegal: true)
            }
            for tag in group.present { try target.addEmpty(tag) }
        }
        for tag in present { try target.addEmpty(tag) }
    }

    /// A date or time of day as DICOM has it from the form that ACR-NEMA had, "1950.01.31" and "10:15:00" (PS3.5
    /// table 6.2-1, notes to DA and TM); nil if it is not of that form, or no date and no time.
    static func modern(_ tag: Tag, _ text: String) -> String? {
        let separator: Character = tag == .studyTime ? ":" : "."
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let lengths = tag == .studyTime ? [2, 2, 2] : [4, 2, 2]
        // Seconds may have a fraction, which stays as it is.
        let whole = parts.map { $0.split(separator: ".").first ?? $0 }
        guard whole.map(\.count) == lengths,
            parts.joined().allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") })
        else { return nil }
        let limits = tag == .studyTime ? [0...23, 0...59, 0...59] : [1...9999, 1...12, 1...31]
        let fraction = parts[2].split(separator: ".", omittingEmptySubsequences: false).dropFirst()
        guard zip(whole, limits).allSatisfy({ part, limit in Int(part).map(limit.contains) == true }),
            fraction.count < 2, fraction.allSatisfy({ (1...6).contains($0.count) })
        else { return nil }
        return parts.joined()
    }

    private static func copy(
        dated tag: Tag, from source: Dataset, to target: Composition
    ) throws(DicomError) {
        if tag == .patientSex {
            // Enumerated (C.7.1.1); anything else is a sex that the source does not tell.
            guard ["M", "F", "O"].contains(source.string(tag)) else { return }
        } else if let text = source.string(tag).flatMap({ modern(tag, $0) }) {
            return try target.set(tag, text)
        }
        try target.copy(tag, of: source, onlyIfLegal: true)
    }

    private static func hasValue(_ tag: Tag, in source: Dataset) -> Bool {
        source.string(tag) != nil || !source.items(tag).isEmpty
    }
}
