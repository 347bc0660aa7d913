package import Dicom

/// One class: the name that people and scripts see, and its code in a report.
package struct Label: Codable, Sendable, Equatable {
    /// The name, unique in the bundle.
    package var name: String
    /// The code, unique in the bundle.
    package var code: CodedEntry

    /// A class with its code.
    package init(name: String, code: CodedEntry) {
        self.name = name
        self.code = code
    }
}

/// A private coding scheme, declared in a report's Coding Scheme Identification Sequence (PS3.3 C.12.1).
package struct CodingScheme: Codable, Sendable, Equatable {
    /// The designator, starting with 99 (PS3.3 8.2).
    package var designator: String
    /// The scheme's name.
    package var name: String
    /// Who is responsible for the scheme.
    package var responsibleOrganization: String

    /// A scheme as given.
    package init(designator: String, name: String, responsibleOrganization: String) {
        self.designator = designator
        self.name = name
        self.responsibleOrganization = responsibleOrganization
    }

    /// This project's own scheme.
    package static let own = CodingScheme(
        designator: "99GLENOID", name: "Glenoid", responsibleOrganization: "Glenoid")
}

/// The codes that frame the answer in a report.
package struct ReportSettings: Codable, Sendable, Equatable {
    /// (121071,DCM,"Finding").
    package var finding: CodedEntry
    /// (363698007,SCT,"Finding Site"); nil where the model is not about one.
    package var findingSite: CodedEntry?
    /// The concept whose values are the classes, such as (113878,DCM,"Device Manufacturer").
    package var concept: CodedEntry
    /// (121058,DCM,"Procedure reported").
    package var procedure: CodedEntry
    /// The answer's subject in the conclusion's sentence, such as "implant manufacturer".
    package var conclusion: String

    /// The settings as given; without any, those of a model that only names a class.
    package init(
        finding: CodedEntry = CodedEntry("404684003", "SCT", "Clinical finding"),
        findingSite: CodedEntry? = nil,
        concept: CodedEntry = CodedEntry("CLASS", CodingScheme.own.designator, "Class"),
        procedure: CodedEntry = CodedEntry("363679005", "SCT", "Imaging procedure"),
        conclusion: String = "class"
    ) {
        self.finding = finding
        self.findingSite = findingSite
        self.concept = concept
        self.procedure = procedure
        self.conclusion = conclusion
    }
}
