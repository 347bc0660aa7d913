// `glenoid evaluate DIR`: how good a model is on images whose classes are known.
import ArgumentParser
import Classification
import Dicom
import Foundation
import Learning

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measures a model on images whose classes are known.",
        discussion: """
            The data set is a folder with one folder of images (DICOM, JPEG, PNG) for each class, named as the model's \
            labels, or a table in CSV: path,label. Accuracy and the confusion matrix count the largest probability of \
            every image, abstained or not. Every file must be readable for the exit status 0; the numbers are about \
            those that are.
            """)

    @Argument(help: "The folder or table.", completion: .file())
    var source: String

    @OptionGroup var modelOptions: ModelOptions

    @Option(help: ArgumentHelp("Write evaluation.html, one page with charts, here.", valueName: "folder"))
    var report: String?

    @Option(help: "Threads; all cores by default.")
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let bundle = try modelOptions.load()
        let classifier: Classifier
        do {
            classifier = try Classifier(bundle: bundle, threadCount: try threadCount(threads))
        } catch let error as ModelBundleError {
            throw CommandFailure("\(bundle.folder): \(error)")
        }
        let evaluation: ModelEvaluation
        do throws(LearningError) {
            let dataSet = try DataSet.read(source)
            let progress = ProgressLine(total: dataSet.items.count, noun: "images")
            evaluation = try ModelEvaluation(
                of: bundle.description, on: dataSet, answer: { try answer($0, classifier) },
                progress: progress.show)
        } catch {
            throw CommandFailure(error.description)
        }
        print(json ? try jsonText(Printed(evaluation)) : evaluation.assessment.text)
        if let report {
            let page = EvaluationPage(evaluation).page { heatMap($0, classifier) }
            let path = try writePage(page, named: "evaluation.html", to: report)
            if !json { print("\nreport: \(path)") }
        }
        for file in evaluation.damaged { complain("\(file.file): \(file.reason)") }
        if !evaluation.damaged.isEmpty { throw ExitCode.failure }
    }

    /// What the model says about a file, as `classify` would; throws with the reason, without the file's name.
    private func answer(_ path: String, _ classifier: Classifier) throws -> Prediction {
        do {
            switch try ImageFile(path: path) {
            case .raster(let raster):
                return classifier.classify([try classifier.preparation.input(from: raster)])[0]
            case .dicom(let dataset): return try classifier.result(of: dataset, digest: "").prediction
            }
        } catch let failure as CommandFailure {
            throw CommandFailure(failure.description.replacing("\(path): ", with: "", maxReplacements: 1))
        }
    }

    /// The input with where the network looked; nil where the file has become unreadable since.
    private func heatMap(_ item: DataSet.Item, _ classifier: Classifier) -> [UInt8]? {
        let records = ImageRecords(preparation: classifier.preparation)
        guard let image = try? records.read(item.path).image else { return nil }
        let side = image.letterbox.side
        // The square itself, so that a page with many pictures stays small.
        let square = RasterImage(grey: image.grey, side: side, reducedTo: side)
        return HeatMap.image(
            over: square.display, map: classifier.map(of: image, for: classifier.classify([image])[0]),
            letterbox: Letterbox(rows: side, columns: side, side: side)
        ).pngFile
    }
}

/// The numbers, and what they are about.
private struct Printed: Encodable {
    let summary: AssessmentSummary
    let model: String
    let weights: String
    let damaged: [ModelEvaluation.Damaged]

    init(_ evaluation: ModelEvaluation) {
        summary = AssessmentSummary(evaluation.assessment)
        model = "\(evaluation.model.name) \(evaluation.model.version)"
        weights = evaluation.model.weights.sha256
        damaged = evaluation.damaged
    }

    private enum CodingKeys: String, CodingKey {
        case model, weights, damaged
    }

    /// The summary's keys beside the others, not below one.
    func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(weights, forKey: .weights)
        try container.encode(damaged, forKey: .damaged)
    }
}
