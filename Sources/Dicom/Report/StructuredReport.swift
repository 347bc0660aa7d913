/// A Structured Report as a value: a header and a tree of content items, nothing about what is reported.
///
/// Patient and study are not spelt out here: ``encoded(as:)`` takes their attributes, with their character set, from
/// the file at ``sourcePath``, byte by byte. All texts of the report itself are written in ASCII, which every
/// Specific Character Set contains (see ``ReportText``).
package struct StructuredReport: Sendable, Equatable {
    /// SOP Instance UID of the report as Comprehensive 3D SR; plainer classes derive theirs from it.
    package var sopInstanceUID: UID
    /// Study Instance UID: that of the images.
    package var studyInstanceUID: UID
    /// Series Instance UID of the report's own series.
    package var seriesInstanceUID: UID
    /// Series Number, 0 to 2147483647.
    package var seriesNumber: Int
    /// Instance Number within the series, 0 to 2147483647.
    package var instanceNumber: Int
    /// Series Description, at most 64 characters.
    package var seriesDescription: String
    /// When the report was composed: Content Date and Content Time.
    package var composedAt: LocalTime
    /// What made the report (General Equipment and Enhanced General Equipment).
    package var equipment: Equipment
    /// Current Requested Procedure Evidence Sequence: every instance that the report rests on.
    package var evidence: [InstanceReference]
    /// Predecessor Documents Sequence: reports that this one replaces, named as Comprehensive 3D SR.
    package var predecessors: [InstanceReference]
    /// Coding Scheme Identification Sequence: the private schemes among the codes.
    package var codingSchemes: [CodingSchemeIdentification]
    /// The file from which patient and study are taken: Part 10 or a bare data set.
    package var sourcePath: String
    /// The root of the content tree, a container.
    package var content: ContentItem

    /// A report from its parts.
    package init(
        sopInstanceUID: UID, studyInstanceUID: UID, seriesInstanceUID: UID, seriesNumber: Int,
        instanceNumber: Int, seriesDescription: String, composedAt: LocalTime, equipment: Equipment,
        evidence: [InstanceReference], predecessors: [InstanceReference] = [],
        codingSchemes: [CodingSchemeIdentification] = [], sourcePath: String, content: ContentItem
    ) {
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.seriesNumber = seriesNumber
        self.instanceNumber = instanceNumber
        self.seriesDescription = seriesDescription
        self.composedAt = composedAt
        self.equipment = equipment
        self.evidence = evidence
        self.predecessors = predecessors
        self.codingSchemes = codingSchemes
        self.sourcePath = sourcePath
        self.content = content
    }

    /// The SOP Instance UID of the report written as this class: another class is another object.
    package func sopInstanceUID(as reportClass: SRClass) -> UID {
        Self.sopInstanceUID(sopInstanceUID, as: reportClass)
    }

    /// The SOP Instance UID, written as this class, of the report that is `uid` as Comprehensive 3D SR.
    package static func sopInstanceUID(_ uid: UID, as reportClass: SRClass) -> UID {
        guard reportClass != .comprehensive3D else { return uid }
        return UID(derivedFrom: Digest(of: [UInt8]("\(uid)\n\(reportClass.sopClassUID)".utf8)).bytes)
    }
}

extension StructuredReport {
    /// The device that a report comes from; every text is an LO of 1 to 64 characters.
    package struct Equipment: Hashable, Sendable, Codable {
        /// Manufacturer (0008,0070).
        package var manufacturer: String
        /// Manufacturer's Model Name (0008,1090).
        package var modelName: String
        /// Device Serial Number (0018,1000).
        package var serialNumber: String
        /// Software Versions (0018,1020), at least one.
        package var softwareVersions: [String]

        /// A device as given.
        package init(
            manufacturer: String, modelName: String, serialNumber: String, softwareVersions: [String]
        ) {
            self.manufacturer = manufacturer
            self.modelName = modelName
            self.serialNumber = serialNumber
            self.softwareVersions = softwareVersions
        }
    }

    /// An instance within its study and series.
    package struct InstanceReference: Hashable, Sendable, Codable {
        /// Study Instance UID.
        package let studyInstanceUID: UID
        /// Series Instance UID.
        package let seriesInstanceUID: UID
        /// SOP Class UID.
        package let sopClassUID: UID
        /// SOP Instance UID.
        package let sopInstanceUID: UID

        /// A reference as given.
        package init(studyInstanceUID: UID, seriesInstanceUID: UID, sopClassUID: UID, sopInstanceUID: UID) {
            self.studyInstanceUID = studyInstanceUID
            self.seriesInstanceUID = seriesInstanceUID
            self.sopClassUID = sopClassUID
            self.sopInstanceUID = sopInstanceUID
        }
    }

    /// An entry of Coding Scheme Identification Sequence (PS3.3 C.12.1.1.2) for a private scheme.
    package struct CodingSchemeIdentification: Hashable, Sendable, Codable {
        /// Coding Scheme Designator (0008,0102).
        package let designator: String
        /// Coding Scheme Name (0008,0115).
        package let name: String
        /// Coding Scheme Responsible Organization (0008,0116); may be empty.
        package let responsibleOrganization: String

        /// A scheme as given.
        package init(designator: String, name: String, responsibleOrganization: String) {
            self.designator = designator
            self.name = name
            self.responsibleOrganization = responsibleOrganization
        }
    }
}
