package import Dicom

/// What one model says about the images of one study, as the document that is reported.
///
/// A value: the same results, model, installation, settings and predecessors give the same identifiers, whatever the
/// order of the results. `report(source:composedAt:)` turns it into content after TID 1500; `docs/CONFORMANCE.md`
/// describes that content.
package struct ResultDocument: Sendable {
    /// The results, each once, by series, image and frame.
    package let results: [ImageResult]
    /// The model that gave them.
    package let model: ModelDescription
    /// Who reports.
    package let installation: Installation
    /// The codes that frame the answers.
    package let settings: ReportSettings
    /// Every earlier report of this study and model, oldest first; this one replaces them all.
    ///
    /// All, and not the last alone: a destination that refused the one in between must still learn that what it has
    /// is superseded.
    package let predecessors: [Predecessor]
    /// SHA-256 of the model's description, which holds the digest of its weights, its codes and its thresholds.
    let descriptionDigest: Digest

    /// Grows with every change of what a report says for the same results: such a report is another object.
    package static let templateVersion = 1

    /// The document of one study's results and one model.
    ///
    /// A result that is given twice counts once. Throws when there is none, when they are of several studies, when two
    /// contradict each other about the same image, or when one does not belong to this model.
    /// - Parameter settings: in place of the model's own, where the installation or a destination chooses.
    package init(
        results: [ImageResult], model: ModelDescription, installation: Installation,
        settings: ReportSettings? = nil, predecessors: [Predecessor] = []
    ) throws(ResultDocumentError) {
        for result in results { try result.check(against: model) }
        self.results = try Self.sortedWithoutRepetition(results)
        self.model = model
        self.installation = installation
        self.settings = settings ?? model.report
        self.predecessors = predecessors
        do {
            descriptionDigest = Digest(of: try ModelBundle.encode(model))
        } catch {
            throw .improperModel("\(error)")
        }
    }

    /// Study Instance UID of every image, and of the report.
    package var studyInstanceUID: UID { results[0].studyInstanceUID }

    private static func sortedWithoutRepetition(
        _ results: [ImageResult]
    ) throws(ResultDocumentError) -> [ImageResult] {
        guard let first = results.first else { throw .noResults }
        guard results.allSatisfy({ $0.studyInstanceUID == first.studyInstanceUID }) else {
            throw .severalStudies
        }
        var kept: [ImageResult] = []
        for result in results.sorted(by: { $0.isReported(before: $1) }) {
            guard let last = kept.last, last.isOfSamePixels(as: result) else {
                kept.append(result)
                continue
            }
            guard last == result else { throw .contradictoryResults(result.sopInstanceUID) }
        }
        return kept
    }
}

extension ResultDocument {
    /// Who reports: the program as this site has installed it.
    ///
    /// Nodes that share a queue share it.
    package struct Installation: Hashable, Sendable, Codable {
        /// The name that the site gave it: (121013,DCM,"Device Observer Name").
        package var name: String
        /// Who makes the program, at most 64 characters.
        package var manufacturer: String
        /// The program's name, at most 64 characters.
        package var modelName: String
        /// What tells this installation from others, at most 64 characters; empty where it has no such number.
        package var serialNumber: String
        /// The program's version, at most 64 characters.
        package var softwareVersion: String

        /// An installation as given.
        package init(
            name: String, manufacturer: String = "Glenoid", modelName: String = "Glenoid",
            serialNumber: String,
            softwareVersion: String
        ) {
            self.name = name
            self.manufacturer = manufacturer
            self.modelName = modelName
            self.serialNumber = serialNumber
            self.softwareVersion = softwareVersion
        }
    }

    /// A report that another one replaces.
    package struct Predecessor: Hashable, Sendable, Codable {
        /// Its SOP Instance UID as Comprehensive 3D SR.
        package let sopInstanceUID: UID
        /// Its Series Instance UID.
        package let seriesInstanceUID: UID
        /// Its Instance Number.
        package let instanceNumber: Int
        /// The plainer classes it was stored as too; a destination that takes another class by now has one of these.
        package let otherClasses: [SRClass]

        /// A predecessor as given.
        package init(
            sopInstanceUID: UID, seriesInstanceUID: UID, instanceNumber: Int, otherClasses: [SRClass] = []
        ) {
            self.sopInstanceUID = sopInstanceUID
            self.seriesInstanceUID = seriesInstanceUID
            self.instanceNumber = instanceNumber
            self.otherClasses = otherClasses
        }
    }

    /// This document as the predecessor of the next.
    package var asPredecessor: Predecessor {
        Predecessor(
            sopInstanceUID: sopInstanceUID, seriesInstanceUID: seriesInstanceUID,
            instanceNumber: instanceNumber)
    }
}

extension ImageResult {
    /// Whether two results are about the same frames of the same image, so that only one of them can speak.
    fileprivate func isOfSamePixels(as other: ImageResult) -> Bool {
        sopInstanceUID == other.sopInstanceUID && frameNumbers == other.frameNumbers
    }

    /// The order of a report: series, image, frames; last the digest, so that repetitions stand together.
    fileprivate func isReported(before other: ImageResult) -> Bool {
        if seriesInstanceUID != other.seriesInstanceUID {
            return seriesInstanceUID.isOrdered(before: other.seriesInstanceUID)
        }
        if sopInstanceUID != other.sopInstanceUID {
            return sopInstanceUID.isOrdered(before: other.sopInstanceUID)
        }
        if frameNumbers != other.frameNumbers {
            return (frameNumbers ?? []).lexicographicallyPrecedes(other.frameNumbers ?? [])
        }
        return digest < other.digest
    }

    fileprivate func check(against model: ModelDescription) throws(ResultDocumentError) {
        guard prediction.probabilities.count == model.labels.count else {
            throw .foreignResult(
                sopInstanceUID,
                "it has \(prediction.probabilities.count) probabilities, the model \(model.labels.count) classes"
            )
        }
        guard prediction.probabilities.allSatisfy({ (0...1).contains($0) }) else {
            throw .foreignResult(sopInstanceUID, "a probability is not between 0 and 1")
        }
        if let index = prediction.answerIndex, !model.labels.indices.contains(index) {
            throw .foreignResult(sopInstanceUID, "its answer is not one of the model's classes")
        }
        if let numbers = frameNumbers,
            numbers.isEmpty || !numbers.allSatisfy({ (1...Int(Int32.max)).contains($0) })
        {
            throw .foreignResult(sopInstanceUID, "its frame numbers are not numbers from 1")
        }
    }
}

extension UID {
    /// The order of two identifiers component by component, as numbers: 1.2.9 stands before 1.2.10.
    fileprivate func isOrdered(before other: UID) -> Bool {
        let (left, right) = (text.split(separator: "."), other.text.split(separator: "."))
        for (one, two) in zip(left, right) where one != two {
            return one.utf8.count == two.utf8.count ? one < two : one.utf8.count < two.utf8.count
        }
        return left.count < right.count
    }
}
