// `glenoid classify FILE…`: what the daemon would answer, on files.
import ArgumentParser
import Classification
import Dicom
import Foundation

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Classifies image files: DICOM, JPEG or PNG.",
        discussion: """
            DICOM files go through the same rules as in the daemon: an image that the model does not look at is \
            abstained on with the reason, without probabilities, and makes the exit status 1, as a file that cannot \
            be read does. One bad file does not stop the others. A model that looks and abstains has answered.
            """)

    @Argument(help: "The image files.", completion: .file())
    var files: [String]

    @OptionGroup var modelOptions: ModelOptions

    @Option(
        help: ArgumentHelp("Write a Structured Report about the files, all of one study.", valueName: "file"))
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Write a PNG of where the network looked; needs exactly one file.", valueName: "file"))
    var heatmap: String?

    @Option(help: "Threads; all cores by default.")
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if heatmap != nil, files.count != 1 { throw ValidationError("--heatmap needs exactly one file") }
        try refuseToOverwrite(files, with: [report, heatmap])
    }

    func run() throws {
        let bundle = try modelOptions.load()
        let classifier: Classifier
        do {
            classifier = try Classifier(bundle: bundle, threadCount: try threadCount(threads))
        } catch let error as ModelBundleError {
            throw CommandFailure("\(bundle.folder): \(error)")
        }
        var answers: [Answer] = []
        var results: [(file: String, result: ImageResult)] = []
        var failureCount = 0
        for file in files {
            do {
                let (answer, result) = try classify(file, with: classifier)
                answers.append(answer)
                if let result { results.append((file, result)) }
                if !json { print(answer.text) }
            } catch let refusal as Refusal {
                failureCount += 1
                complain("\(file): \(refusal.explanation)")
                answers.append(Answer(file: file, refused: refusal.reason, bundle))
            } catch let failure as CommandFailure {
                failureCount += 1
                complain(failure.description)
                answers.append(
                    Answer(file: file, refused: "It cannot be read: \(failure.description).", bundle))
            }
        }
        if json { print(try jsonText(answers)) }
        if let report {
            try FileReport(results: results, bundle: bundle).write(to: report, fileCount: files.count)
        }
        if failureCount > 0 { throw ExitCode.failure }
    }

    /// One file's answer, and the result about it where it can be reported.
    private func classify(_ file: String, with classifier: Classifier) throws -> (Answer, ImageResult?) {
        let image = try ImageFile(path: file)
        do {
            switch image {
            case .dicom(let dataset):
                if let reason = Eligibility.decide(dataset, classifier.bundle.description.accept).reason {
                    throw Refusal(
                        reason: "The model does not look at it: \(reason).",
                        explanation: "the model does not look at it: \(reason)")
                }
                let result = try classifier.result(of: dataset, digest: FileReport.digest(ofDatasetIn: file))
                try writeHeatMap(image, classifier, result.prediction)
                return (Answer(file: file, result.prediction, result.steps, classifier.bundle), result)
            case .raster(let raster):
                let prepared = try classifier.preparation.input(from: raster)
                let prediction = classifier.classify([prepared])[0]
                try writeHeatMap(image, classifier, prediction)
                return (Answer(file: file, prediction, prepared.steps, classifier.bundle), nil)
            }
        } catch PreparationError.refused(let refusal) {
            throw Refusal(
                reason: "The image was refused: \(refusal).",
                explanation: "\(refusal); nothing was classified, look at it with 'glenoid render'")
        } catch let error as PreparationError {
            throw CommandFailure(
                "\(file): \(error); nothing was classified, look at it with 'glenoid render'")
        }
    }

    private func writeHeatMap(_ image: ImageFile, _ classifier: Classifier, _ prediction: Prediction) throws {
        if let heatmap { try HeatMapFile(image, classifier, for: prediction).write(to: heatmap) }
    }
}

/// An image that the model does not look at, or that no network should be shown.
private struct Refusal: Error {
    /// The reason as an abstention gives it.
    let reason: String
    /// The same for the terminal.
    let explanation: String
}

/// What is printed about one file.
private struct Answer: Encodable {
    let file: String
    /// The class; nil where the model abstains.
    let label: String?
    /// The largest probability; nil where nothing was classified.
    let probability: Double?
    let abstained: Bool
    /// Why the model abstains.
    let reason: String?
    let probabilities: [String: Double]
    /// Name and version.
    let model: String
    let steps: [String]
    /// The classes in the model's order, for people.
    private let ranked: [(label: String, probability: Double)]

    init(file: String, _ prediction: Prediction, _ steps: [String], _ bundle: ModelBundle) {
        let names = bundle.description.labels.map(\.name)
        self.file = file
        label = prediction.answerIndex.map { names[$0] }
        probability = prediction.probabilities.max() ?? 0
        abstained = prediction.answerIndex == nil
        reason = prediction.abstention
        probabilities = Dictionary(uniqueKeysWithValues: zip(names, prediction.probabilities))
        model = "\(bundle.description.name) \(bundle.description.version)"
        self.steps = steps
        ranked = zip(names, prediction.probabilities).map { (label: $0.0, probability: $0.1) }
            .sorted { $0.probability > $1.probability }
    }

    /// An image that nothing was said about, or a file that holds none.
    init(file: String, refused reason: String, _ bundle: ModelBundle) {
        self.file = file
        label = nil
        probability = nil
        abstained = true
        self.reason = reason
        probabilities = [:]
        model = "\(bundle.description.name) \(bundle.description.version)"
        steps = []
        ranked = []
    }

    private enum CodingKeys: String, CodingKey {
        case file, label, probability, abstained, reason, probabilities, model, steps
    }

    /// Every key is there in every entry, null where it says nothing: scripts rely on it.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(file, forKey: .file)
        try container.encode(label, forKey: .label)
        try container.encode(probability, forKey: .probability)
        try container.encode(abstained, forKey: .abstained)
        try container.encode(reason, forKey: .reason)
        try container.encode(probabilities, forKey: .probabilities)
        try container.encode(model, forKey: .model)
        try container.encode(steps, forKey: .steps)
    }

    /// As a person wants to read it.
    var text: String {
        var lines = ["\(file): \(label ?? "abstains")"]
        if let reason { lines.append("  \(reason)") }
        lines += ranked.prefix(10).map { String(format: "  %5.1f %%  ", $0.probability * 100) + $0.label }
        return lines.joined(separator: "\n")
    }
}
