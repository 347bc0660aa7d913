package import Dicom

/// Whether a model looks at an image, and why not otherwise.
///
/// An attribute that the image lacks does not exclude it, since many radiographs carry no Body Part Examined; one that
/// contradicts does. A reason is one sentence that names the attribute and holds no value of the image.
package enum Eligibility: Equatable, Sendable {
    /// The model looks at the image.
    case eligible
    /// It does not, for this reason.
    case skip(reason: String)

    /// The decision about a data set. The first rule that excludes it gives the reason.
    package static func decide(_ dataset: Dataset, _ acceptance: Acceptance) -> Eligibility {
        let reason =
            ownResult(dataset) ?? noImage(dataset) ?? wrongModality(dataset, acceptance)
            ?? wrongBodyPart(dataset, acceptance) ?? notForPeople(dataset) ?? notOfAPatient(dataset)
            ?? notPrimary(dataset)
        if let reason { return .skip(reason: reason) }
        return .eligible
    }

    /// The reason; nil of an eligible image.
    package var reason: String? {
        if case .skip(let reason) = self { reason } else { nil }
    }

    /// A report or picture of this program that a PACS routes back must not be answered again.
    private static func ownResult(_ dataset: Dataset) -> String? {
        let own = ResultDocument.Installation(name: "", serialNumber: "", softwareVersion: "")
        guard dataset.string(.manufacturer) == own.manufacturer,
            dataset.string(.manufacturerModelName) == own.modelName
        else { return nil }
        return "\(Dicom.Tag.manufacturerModelName) is this program's: its own result came back"
    }

    private static func noImage(_ dataset: Dataset) -> String? {
        guard dataset.hasPixelData else {
            return "\(Dicom.Tag.pixelData) is absent: the object is not an image"
        }
        guard let known = storageClass(of: dataset), known.kind == .other else { return nil }
        return "\(Dicom.Tag.sopClassUID) is that of \(known.name): the object is not an image"
    }

    /// Unprocessed detector data is not what a radiologist sees, and not what models are trained on.
    private static func notForPeople(_ dataset: Dataset) -> String? {
        if dataset.string(.presentationIntentType)?.uppercased() == "FOR PROCESSING" {
            return "\(Dicom.Tag.presentationIntentType) is FOR PROCESSING"
        }
        if storageClass(of: dataset)?.kind == .imageForProcessing {
            return "\(Dicom.Tag.sopClassUID) is one of images for processing"
        }
        return nil
    }

    private static func storageClass(of dataset: Dataset) -> StorageClass? {
        dataset.uid(.sopClassUID).flatMap { StorageClass(uid: $0) }
    }

    /// PS3.3 C.7.6.1.1: test images, and pictures with text in their pixels (which a network may read).
    private static func notOfAPatient(_ dataset: Dataset) -> String? {
        if dataset.string(.qualityControlImage)?.uppercased() == "YES" {
            return "\(Dicom.Tag.qualityControlImage) is YES: the image is of a test object"
        }
        if dataset.string(.burnedInAnnotation)?.uppercased() == "YES" {
            return "\(Dicom.Tag.burnedInAnnotation) is YES: there is text in the pixels"
        }
        return nil
    }

    /// PS3.3 C.7.6.1.1.2: derived and secondary means made from other images after the examination, a screen shot for
    /// instance; derived and primary is a processed radiograph. A localizer only shows where others were taken.
    private static func notPrimary(_ dataset: Dataset) -> String? {
        let values = dataset.strings(.imageType).map { $0.uppercased() }
        if values.count >= 2, values[0] == "DERIVED", values[1] == "SECONDARY" {
            return "\(Dicom.Tag.imageType) is DERIVED and SECONDARY: the image was made from others"
        }
        if values.dropFirst(2).contains("LOCALIZER") {
            return "\(Dicom.Tag.imageType) is LOCALIZER"
        }
        return nil
    }

    private static func wrongModality(_ dataset: Dataset, _ acceptance: Acceptance) -> String? {
        guard !acceptance.modality.isEmpty, let modality = dataset.string(.modality)?.uppercased(),
            !acceptance.modality.contains(where: { $0.uppercased() == modality })
        else { return nil }
        return "\(Dicom.Tag.modality) is none of \(acceptance.modality.joined(separator: ", "))"
    }

    /// Body Part Examined and the Anatomic Region say the same in two ways. One that fits is enough; what is said
    /// excludes only where nothing of it fits.
    private static func wrongBodyPart(_ dataset: Dataset, _ acceptance: Acceptance) -> String? {
        guard !acceptance.bodyPart.isEmpty else { return nil }
        let said = bodyParts(of: dataset)
        guard !said.isEmpty else { return nil }
        let accepted = acceptance.bodyPart.map(letters)
        let fits = said.contains { part in accepted.contains { letters(part.text).contains($0) } }
        if fits { return nil }
        return "\(said[0].tag) is none of \(acceptance.bodyPart.joined(separator: ", "))"
    }

    /// What the data set says about the body part, and where.
    private static func bodyParts(of dataset: Dataset) -> [(tag: Dicom.Tag, text: String)] {
        var parts = dataset.strings(.bodyPartExamined).map { (tag: Dicom.Tag.bodyPartExamined, text: $0) }
        let shared = dataset.items(.sharedFunctionalGroupsSequence).first?.items(.frameAnatomySequence) ?? []
        let regions =
            dataset.items(.anatomicRegionSequence) + shared.flatMap { $0.items(.anatomicRegionSequence) }
        for region in regions {
            if let meaning = region.string(.codeMeaning) { parts.append((.anatomicRegionSequence, meaning)) }
        }
        return parts.filter { !letters($0.text).isEmpty }
    }

    /// Capital letters alone, so that "L SHOULDER", "Shoulder joint" and "SHOULDER_AP" all hold "SHOULDER".
    private static func letters(_ text: String) -> String { text.uppercased().filter(\.isLetter) }
}
