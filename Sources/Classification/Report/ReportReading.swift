package import Dicom

/// What a person wants to know of a Structured Report of ours: the reverse of ``ResultDocument``.
///
/// It reads by codes (TID 1500, 1501 and 4019), so it reads every bundle's reports; what it does not know it leaves
/// out. `dsrdump` shows everything.
package struct ReportReading: Codable, Sendable, Equatable {
    /// One measurement group: what is said about one image.
    package struct Group: Codable, Sendable, Equatable {
        /// SOP Instance UIDs of the source images.
        package var sources: [String] = []
        /// What was looked at, e.g. "Implant".
        package var finding: String?
        /// Where, e.g. "Shoulder region structure".
        package var findingSite: String?
        /// Side, as the image says it.
        package var laterality: String?
        /// What the answer is about, e.g. "Device Manufacturer".
        package var concept: String?
        /// The answer's meaning.
        package var answer: String?
        /// The sentence that says it all.
        package var conclusion: String?
        /// Percent, by the meaning of the class.
        package var probabilities: [String: Double] = [:]
        /// Name and version of the algorithm.
        package var algorithm: String?
        /// The algorithm's parameters: the model's digest and what was done to the pixels.
        package var parameters: [String] = []
    }

    /// SOP Instance UID of the report.
    package var sopInstanceUID: String
    /// Study Instance UID.
    package var studyInstanceUID: String
    /// Content Date and Content Time as they stand there.
    package var composedAt: String
    /// SOP Instance UIDs of the reports that this one replaces.
    package var predecessors: [String]
    /// One group an image, in the report's order.
    package var groups: [Group]

    /// Reads a report.
    ///
    /// Throws `.badData` if the object is no report with measurement groups.
    package init(_ dataset: Dataset) throws(DicomError) {
        sopInstanceUID = dataset.string(.sopInstanceUID) ?? ""
        studyInstanceUID = dataset.string(.studyInstanceUID) ?? ""
        composedAt = [Tag.contentDate, .contentTime].compactMap { dataset.string($0) }.joined(separator: " ")
        predecessors = dataset.items(.predecessorDocumentsSequence)
            .flatMap { $0.items(.referencedSeriesSequence) }
            .flatMap { $0.items(.referencedSOPSequence) }
            .compactMap { $0.string(.referencedSOPInstanceUID) }
        groups = Self.measurementGroups(under: dataset, depth: 0).map(Self.group)
        guard !groups.isEmpty else {
            throw .badData(.contentSequence, "the object is no report with measurement groups")
        }
    }

    /// How deep containers may lie; TID 1500 has its groups on the second level.
    private static let depthMax = 8

    private static func measurementGroups(under parent: some AttributeSource, depth: Int) -> [Item] {
        guard depth < depthMax else { return [] }
        return parent.items(.contentSequence).flatMap { item -> [Item] in
            if code(of: item) == "125007" { return [item] }
            return measurementGroups(under: item, depth: depth + 1)
        }
    }

    private static func group(_ container: Item) -> Group {
        var group = Group()
        var name = ""
        for item in container.items(.contentSequence) {
            let text = item.string(.textValue)
            let meaning = item.items(.conceptCodeSequence).first?.string(.codeMeaning)
            switch (item.string(.valueType), code(of: item)) {
            case ("IMAGE", _):
                group.sources += item.items(.referencedSOPSequence).compactMap {
                    $0.string(.referencedSOPInstanceUID)
                }
            case ("CODE", "121071"): group.finding = meaning
            case ("CODE", "363698007"):
                group.findingSite = meaning
                let modifier = item.items(.contentSequence).first { code(of: $0) == "272741003" }
                group.laterality = modifier?.items(.conceptCodeSequence).first?.string(.codeMeaning)
            case ("TEXT", "111001"): name = text ?? ""
            case ("TEXT", "111003"): group.algorithm = [name, text ?? ""].joined(separator: " ")
            case ("TEXT", "111002"): group.parameters += [text].compactMap { $0 }
            case ("TEXT", "121077"): group.conclusion = text
            case ("NUM", "122157"):
                let label = item.items(.contentSequence).first?.items(.conceptCodeSequence).first?.string(
                    .codeMeaning)
                let value = item.items(.measuredValueSequence).first?.double(.numericValue)
                if let label, let value { group.probabilities[label] = value }
            case ("CODE", "111000"), ("CODE", nil): break
            case ("CODE", _):
                group.concept = item.items(.conceptNameCodeSequence).first?.string(.codeMeaning)
                group.answer = meaning
            default: break
            }
        }
        return group
    }

    private static func code(of item: Item) -> String? {
        item.items(.conceptNameCodeSequence).first?.string(.codeValue)
    }
}
