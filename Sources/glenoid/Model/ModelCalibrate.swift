// `glenoid model calibrate DIR DATA`: teaches a bundle to doubt.
import ArgumentParser
import Classification
import Foundation
import Learning

struct ModelCalibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Fits a bundle's temperature, threshold and \"unlike the training data\" test.",
        discussion: """
            DATA are the images that the model was trained on: their statistics say what is like them. With --held-back, \
            images that it was not trained on (class folders named as its labels), temperature and threshold are \
            chosen too, and the distance is chosen on them; without, the distance is chosen on the training images, \
            each judged by the others, and temperature and threshold stay. 5 % of images like the training images are \
            expected beyond the distance. The weights stay as they are.

            With --cross-validation instead of DATA, temperature and threshold come from all answers of a \
            cross-validation of the recipe that the model was trained by: ten times as many images as a training holds \
            back. The distance stays.
            """)

    @Argument(help: "The bundle's folder.", completion: .directory)
    var folder: String

    @Argument(help: "The images that it was trained on: a folder or table.", completion: .file())
    var data: String?

    @Option(
        help: ArgumentHelp("The report of a cross-validation.", valueName: "cross-validation.json"),
        completion: .file())
    var crossValidation: String?

    @Option(help: ArgumentHelp("Images that it was not trained on.", valueName: "folder or table"))
    var heldBack: String?

    @OptionGroup var viewOptions: ViewOptions

    @Flag(help: "Classify the image as it is alone.")
    var plain = false

    @Option(help: "Threads; all cores by default.")
    var threads: Int?

    /// What parts the training images are cut into; another seed would change the distance a little.
    private static let seed: UInt64 = 1

    func validate() throws {
        if plain, viewOptions.settings != nil {
            throw ValidationError("--plain excludes --mirror and --zoom")
        }
        guard (data == nil) != (crossValidation == nil) else {
            throw ValidationError("give DATA or --cross-validation, one of the two")
        }
        if crossValidation != nil, heldBack != nil || plain || viewOptions.settings != nil {
            throw ValidationError("--cross-validation excludes --held-back, --mirror, --zoom and --plain")
        }
    }

    func run() throws {
        do {
            let loaded = try ModelBundle.load(folder: folder)
            let written = try calibrated(loaded)
            print(ModelShow.text(written))
        } catch let error as ModelBundleError {
            throw CommandFailure("\(folder): \(error)")
        } catch let error as LearningError {
            throw CommandFailure(error.description)
        }
    }

    private func calibrated(_ loaded: ModelBundle) throws -> ModelBundle {
        guard let data else { return try crossValidated(loaded) }
        let bundle = try withViews(loaded)
        let classifier = try Classifier(bundle: bundle, threadCount: try threadCount(threads))
        let calibration = try calibration(of: classifier, trainedOn: data)
        return try calibration.write(to: loaded) { $0.views = bundle.description.views }
    }

    private func crossValidated(_ bundle: ModelBundle) throws -> ModelBundle {
        let path = crossValidation ?? ""
        let report: Data
        do {
            report = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure("\(path): \(error.localizedDescription)")
        }
        let record = try bundle.trainingRecord()
        let calibration: CrossValidatedCalibration
        do throws(LearningError) {
            calibration = try CrossValidatedCalibration(
                report: report, for: bundle.description, recipe: record?.recipe)
        } catch {
            // What is wrong is the report; `data` would blame a set of images.
            if case .data(let reason) = error { throw CommandFailure("\(path): \(reason)") }
            throw CommandFailure("\(error)")
        }
        var description = bundle.description
        calibration.apply(to: &description)
        return try ModelBundle.write(description, to: bundle.folder)
    }

    private func withViews(_ bundle: ModelBundle) throws(ModelBundleError) -> ModelBundle {
        guard plain || viewOptions.settings != nil else { return bundle }
        return try bundle.with { $0.views = plain ? nil : viewOptions.settings }
    }

    private func calibration(of classifier: Classifier, trainedOn data: String) throws -> ModelCalibration {
        let trained = try images(of: data, classifier)
        let copies = FamiliarityFit.copies(of: trained.images, seed: Self.seed)
        let training = ModelCalibration.Training(
            features: observe(trained.images.map(\.grey), of: trained, classifier).map(\.features),
            copies: observe(copies, of: trained, classifier).map(\.features))
        guard let heldBack else {
            return try ModelCalibration(training: training, groups: trained.survey.groups, seed: Self.seed)
        }
        let held = try images(of: heldBack, classifier)
        let observed = observe(held.images.map(\.grey), of: held, classifier)
        return try ModelCalibration(
            training: training,
            heldBack: zip(observed, held.images).map { ModelCalibration.Case($0.0, truth: $0.1.classIndex) })
    }

    /// The images that can be read; the others are named on standard error.
    private func images(of source: String, _ classifier: Classifier) throws -> LearningSet {
        let labels = classifier.bundle.description.labels.map(\.name)
        let dataSet = try DataSet.read(source).ordered(as: labels)
        let progress = ProgressLine(total: dataSet.items.count, noun: "images read")
        let set = try LearningSet(
            dataSet, preparation: classifier.preparation,
            read: ImageRecords(preparation: classifier.preparation).read, progress: progress.show)
        for file in set.survey.damaged { complain("\(dataSet.items[file.itemIndex].name): \(file.reason)") }
        return set
    }

    private func observe(_ greys: [[Float]], of set: LearningSet, _ classifier: Classifier) -> [Observation] {
        let progress = ProgressLine(total: greys.count, noun: "images classified")
        var observations: [Observation] = []
        for start in stride(from: 0, to: greys.count, by: Classifier.batchMax) {
            let batch = greys[start..<min(start + Classifier.batchMax, greys.count)]
            observations += classifier.observations(pixels: batch.map(set.input.pixels))
            progress.show(observations.count)
        }
        return observations
    }
}
