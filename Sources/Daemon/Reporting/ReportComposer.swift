// From what the queue knows of a study to the bytes of its report.
import Classification
import Dicom
import Foundation
import WorkQueue

/// A composed report: its identity and its bytes.
struct ComposedReport {
    let sopInstanceUID: String
    let sopClassUID: String
    let bytes: [UInt8]
}

/// Why a report could not be composed.
enum CompositionError: Error, Equatable, CustomStringConvertible {
    /// Trying again would not help.
    case permanent(String)
    /// The world failed: the disk, memory.
    case transient(String)

    var description: String {
        switch self {
        case .permanent(let reason), .transient(let reason): reason
        }
    }

    /// A file that cannot be read now may be readable later; data that are wrong stay wrong.
    init(_ error: DicomError) {
        if case .world = error { self = .transient("\(error)") } else { self = .permanent("\(error)") }
    }
}

/// Composes reports, and the plainer variants of them for destinations that take no Comprehensive 3D SR.
struct ReportComposer: Sendable {
    private let spool: Spool
    private let models: [String: ModelInUse]
    private let installation: ResultDocument.Installation

    init(spool: Spool, models: [ModelInUse], installation: ResultDocument.Installation) {
        self.spool = spool
        self.models = Dictionary(models.map { ($0.key, $0) }) { first, _ in first }
        self.installation = installation
    }

    /// The model of a line of reports, if the configuration still has it.
    func model(_ key: String) -> ModelInUse? { models[key] }

    /// The report on a study.
    ///
    /// Patient and study come from the image that was received last, of those whose files are there: what a hospital
    /// corrects, it corrects later.
    /// - Parameters:
    ///   - moment: when it was composed first; Content Date and Time.
    ///   - original: the UID that it was recorded under, where this is a variant of it. It would be another if the program
    ///     or its settings have changed since, and a successor could not name the variant.
    func compose(
        _ contents: ReportContents, as reportClass: SRClass, at moment: Timestamp, original: UID? = nil
    ) throws(CompositionError) -> ComposedReport {
        var report = try document(contents).report(
            source: spool.absolute(try source(contents)), composedAt: Self.localTime(moment))
        if let original { report.sopInstanceUID = original }
        do throws(DicomError) {
            return ComposedReport(
                sopInstanceUID: report.sopInstanceUID(as: reportClass).text,
                sopClassUID: reportClass.sopClassUID.text, bytes: try report.encoded(as: reportClass))
        } catch {
            throw CompositionError(error)
        }
    }

    /// The heat map of one image of a report as a Secondary Capture, in Part 10 form.
    ///
    /// Made anew for every attempt to send it, since it is large and can be: the same image, model and moment give the
    /// same object.
    /// - Parameter moment: when the report was composed first.
    func capture(
        _ reported: ReportedInstance, of contents: ReportContents, at moment: Timestamp
    ) throws(CompositionError) -> [UInt8] {
        let document = try document(contents)
        let result = try Self.result(reported)
        let path = spool.absolute(reported.instance.path)
        do {
            let inspection = try knownModel(contents.model).classifier.inspect(
                Dataset(path: path), for: result.prediction)
            return try document.capture(
                of: result, inspection: inspection, source: path, composedAt: Self.localTime(moment)
            ).encoded()
        } catch let error as CompositionError {
            throw error
        } catch let error as DicomError {
            throw CompositionError(error)
        } catch {
            throw .permanent("\(error)")
        }
    }

    /// The file of the newest image that was not lost with the spool's disk.
    private func source(_ contents: ReportContents) throws(CompositionError) -> String {
        guard !contents.instances.isEmpty else { throw .permanent("there is no image to report") }
        do throws(SpoolError) {
            for reported in contents.instances.reversed() where try spool.has(reported.instance.path) {
                return reported.instance.path
            }
            // Without its folders the spool is gone for a while, not the files for good.
            guard try spool.has("instances") else { throw failure("stat", "instances", ENOENT) }
        } catch {
            throw .transient("the spool cannot be read: \(error)")
        }
        throw .permanent(
            "the files of its images are missing from the spool: have one of them sent again, then retry")
    }

    private func knownModel(_ key: String) throws(CompositionError) -> ModelInUse {
        guard let model = models[key] else {
            throw .permanent(
                "the model '\(key)' is not in the configuration any more: put it back and retry, or discard this"
            )
        }
        return model
    }

    private func document(_ contents: ReportContents) throws(CompositionError) -> ResultDocument {
        let model = try knownModel(contents.model)
        do {
            let results = try contents.instances.map(Self.result)
            func document(after predecessors: [ResultDocument.Predecessor]) throws -> ResultDocument {
                try ResultDocument(
                    results: results, model: model.bundle.description, installation: installation,
                    predecessors: predecessors)
            }
            let predecessors = try contents.predecessors.enumerated().compactMap { index, summary in
                try predecessor(summary)
                    ?? lostPredecessor(
                        summary, number: index + 1, series: document(after: []).seriesInstanceUID)
            }
            return try document(after: predecessors)
        } catch let error as CompositionError {
            throw error
        } catch {
            throw .permanent("\(error)")
        }
    }

    private static func result(_ reported: ReportedInstance) throws(CompositionError) -> ImageResult {
        do {
            return try JSONDecoder().decode(ImageResult.self, from: Data(reported.json.utf8))
        } catch {
            // Written by another version of the program; the image is there and can be classified again.
            throw .permanent("the stored result of \(reported.id) cannot be read")
        }
    }

    /// What the next report says of one that it replaces, read from that one's own bytes; nil where they are lost.
    private func predecessor(
        _ summary: ReportSummary
    ) throws(CompositionError) -> ResultDocument.Predecessor? {
        guard let file = summary.files.first else { return nil }
        do throws(SpoolError) {
            guard try spool.has(file.path) else { return nil }
        } catch {
            throw .transient("\(error)")
        }
        do throws(DicomError) {
            let dataset = try Dataset(path: spool.absolute(file.path))
            guard let instance = dataset.uid(.sopInstanceUID), let series = dataset.uid(.seriesInstanceUID)
            else {
                throw .badData(.seriesInstanceUID, "the predecessor lacks its identifiers")
            }
            return ResultDocument.Predecessor(
                sopInstanceUID: instance, seriesInstanceUID: series,
                instanceNumber: dataset.integer(.instanceNumber) ?? 1,
                otherClasses: Self.otherClasses(summary))
        } catch {
            if case .world = error { throw .transient("\(error)") }
            throw .permanent("the predecessor \(file.sopInstanceUID) cannot be read: \(error)")
        }
    }

    /// The same of one whose file was lost with the spool's disk, as far as the queue knows it: archives follow the SOP
    /// Instance UID. The series is the successor's own, which it is unless model or installation have changed in between.
    private func lostPredecessor(
        _ summary: ReportSummary, number: Int, series: UID
    ) -> ResultDocument.Predecessor? {
        summary.files.first.flatMap { UID($0.sopInstanceUID) }.map { instance in
            ResultDocument.Predecessor(
                sopInstanceUID: instance, seriesInstanceUID: series, instanceNumber: number,
                otherClasses: Self.otherClasses(summary))
        }
    }

    /// The plainer classes in which a report was stored too.
    private static func otherClasses(_ summary: ReportSummary) -> [SRClass] {
        summary.files.dropFirst().compactMap { UID($0.sopClassUID).flatMap(SRClass.init(sopClassUID:)) }
    }

    /// A moment of the queue in this machine's zone, as Content Date and Time have it.
    private static func localTime(_ moment: Timestamp) -> LocalTime {
        let seconds = moment.microseconds / 1_000_000
        let zone = TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        return LocalTime(secondsSince1970: seconds, minutesFromUTC: zone / 60)
    }
}
