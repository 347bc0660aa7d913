import Classification
import Dicom
import EfficientNet

/// A model and results to report, without any network.
enum SampleResults {
    /// A shoulder model of four makers, as `model.json` describes it.
    static var model: ModelDescription {
        let names = ["cofield", "depuy", "tornier", "zimmer"]
        let meanings = ["Cofield", "DePuy", "Tornier", "Zimmer"]
        var model = ModelDescription(
            name: "shoulder-implant", version: "1.0.0", architecture: "b4", side: 240, padding: .same,
            batchNormEpsilon: 0.001, batchNormFolded: true,
            labels: zip(names, meanings).map { name, meaning in
                Label(name: name, code: CodedEntry(name.uppercased(), "99GLENOID", meaning))
            },
            provenance: Provenance(source: "drawn by hand"),
            weights: WeightsReference(sha256: String(repeating: "ab", count: 32)))
        model.report = ReportSettings(
            finding: CodedEntry("40388003", "SCT", "Implant"),
            findingSite: CodedEntry("16982005", "SCT", "Shoulder region structure"),
            concept: CodedEntry("113878", "DCM", "Device Manufacturer"),
            procedure: CodedEntry("363679005", "SCT", "Imaging procedure"), conclusion: "implant manufacturer"
        )
        return model
    }

    /// Who reports.
    static let installation = ResultDocument.Installation(
        name: "Radiology", serialNumber: "0001", softwareVersion: "0.1.0")

    /// An answer: Zimmer with 93.4 %.
    static let answer = Prediction(probabilities: [0.01, 0.02, 0.0361, 0.9339], answerIndex: 3)

    /// An abstention.
    static let abstention = Prediction(
        probabilities: [0.4, 0.3, 0.2, 0.1], abstention: "the largest probability, 40.0 %, is below 50.0 %")

    /// The result of image `number` of study 1.2.3, in one of two series.
    static func result(
        _ number: Int, prediction: Prediction = answer, laterality: String? = "L", frameNumbers: [Int]? = nil,
        study: String = "1.2.3", digest: String? = nil
    ) throws -> ImageResult {
        let dx = UID(literal: "1.2.840.10008.5.1.4.1.1.1.1")
        let xa = UID(literal: "1.2.840.10008.5.1.4.1.1.12.1")
        return ImageResult(
            sopClassUID: frameNumbers == nil ? dx : xa,
            sopInstanceUID: try uid("1.2.3.\(number % 2).\(number)"),
            studyInstanceUID: try uid(study), seriesInstanceUID: try uid("1.2.3.\(number % 2)"),
            digest: digest ?? String(repeating: "0", count: 62) + String(10 + number % 90),
            frameNumbers: frameNumbers, laterality: laterality, prediction: prediction,
            steps: ["window 2048/4096 (LINEAR)", "resized from 2140x1760 to 240x240, bicubic"])
    }

    /// The document of these results.
    static func document(
        _ results: [ImageResult], model: ModelDescription = model,
        installation: ResultDocument.Installation = installation, settings: ReportSettings? = nil,
        predecessors: [ResultDocument.Predecessor] = []
    ) throws(ResultDocumentError) -> ResultDocument {
        try ResultDocument(
            results: results, model: model, installation: installation, settings: settings,
            predecessors: predecessors)
    }

    /// A radiograph's header, as the file from which patient and study are taken.
    static func source() throws -> String {
        var object = RawObject()
        object.set(0x0008_0005, "CS", "ISO_IR 192")
        object.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.1.1")
        object.set(0x0008_0018, "UI", "1.2.3.4.5")
        object.set(0x0008_0020, "DA", "20260102")
        object.set(0x0008_0030, "TM", "101500")
        object.set(0x0008_0050, "SH", "ACC00001")
        object.set(0x0010_0010, "PN", "Phantöm^Ada^Byron^Dr.^jr.")
        object.set(0x0010_0020, "LO", "P-0001")
        object.set(0x0010_0030, "DA", "19500101")
        object.set(0x0010_0040, "CS", "O")
        object.set(0x0020_0010, "SH", "S1")
        object.set(0x0020_000D, "UI", "1.2.3")
        return try object.write()
    }

    /// The bytes of the document's report.
    static func encoded(_ document: ResultDocument, as reportClass: SRClass = .comprehensive3D) throws
        -> [UInt8]
    {
        let moment = LocalTime(secondsSince1970: 1_800_000_000, minutesFromUTC: 60)
        return try document.report(source: source(), composedAt: moment).encoded(as: reportClass)
    }

    private struct NotAUID: Error {}

    private static func uid(_ text: String) throws -> UID {
        guard let uid = UID(text) else { throw NotAUID() }
        return uid
    }
}
