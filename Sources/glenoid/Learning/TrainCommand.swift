// `glenoid train DIR --base MODEL --output MODEL`: fine-tunes a network on images whose classes are known.
import ArgumentParser
import Classification
import Foundation
import Learning

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a model on images whose classes are known.",
        discussion: """
            The data set is a folder with one folder of images (DICOM, JPEG, PNG) for each class, or a table in CSV: \
            path,label and, if known, patient. Training starts from a bundle, or from a weights file that 'model \
            import' would read. A share of the images is held back to watch the training, never a part of a patient's \
            images or of near duplicates.

            After every epoch a checkpoint is written; the same command with --resume continues there after a kill, \
            and ends with the same bytes. Ctrl-C stops it after the step at hand.
            """)

    @Argument(help: "The folder or table with the images.", completion: .file())
    var source: String

    @OptionGroup var startOptions: TrainingStartOptions

    @OptionGroup var recipeOptions: RecipeOptions

    @OptionGroup var viewOptions: ViewOptions

    @Option(help: ArgumentHelp("The bundle to write; made when absent.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Where checkpoints go; else OUTPUT.training.", valueName: "folder"))
    var state: String?

    @Flag(help: "Continue from the checkpoint, if there is one.")
    var resume = false

    @Option(help: "Threads; all cores by default.")
    var threads: Int?

    @Flag(help: "Write weights as half precision.")
    var half = false

    @Flag(
        help:
            "Fold batch normalisations into the convolutions. Such a model learns further with frozen statistics only."
    )
    var fold = false

    @Flag(help: "Print the training's record as JSON at the end.")
    var json = false

    func run() throws {
        MatrixKernels.chooseByRestarting()
        let threadCount = try threadCount(threads)
        do {
            let plan = try TrainingPlan(source: source, startOptions, recipeOptions)
            for note in plan.notes { complain(note) }
            let training = try CalibratedTraining(
                recipe: plan.recipe, start: plan.start, training: plan.training, heldBack: plan.validation,
                input: plan.set.input, views: description(plan).views ?? .plain,
                stateFolder: state ?? "\(folder).training", threadCount: threadCount)
            try plan.checkDescription(named: name)
            try makeOutput()
            // What ends before anything is written leaves no empty folder.
            defer { unsafe rmdir(folder) }
            let interruption = Interruption()
            let display = TrainingDisplay()
            var epochsKept: Int?
            let product = try training.run(
                resuming: resume,
                began: { beginning in
                    display.begin(beginning)
                    if resume, beginning.epoch > 0 {
                        complain("continues after epoch \(beginning.epoch)")
                    } else if resume, epochsKept == nil {
                        complain("no checkpoint: starts at the beginning")
                    }
                    epochsKept = beginning.epoch
                }, shouldStop: { interruption.isAsked },
                progress: { progress in
                    display.show(progress)
                    if progress.record != nil { epochsKept = progress.epoch }
                })
            display.end()
            guard let product else {
                let count = epochsKept ?? 0
                complain(
                    count > 0
                        ? "stopped; \(count) epochs are kept, the same command with --resume continues there"
                        : "stopped before the first epoch was done")
                throw ExitCode.failure
            }
            try write(product, plan)
            training.removeState()
        } catch let error as LearningError {
            throw CommandFailure(error.description)
        }
    }

    /// `--output` without the slash that shells complete it with: checkpoints lie beside it, not in it.
    private var folder: String { URL(fileURLWithPath: output).standardizedFileURL.path }

    /// The bundle's name.
    private var name: String { URL(fileURLWithPath: output).lastPathComponent }

    /// Makes the bundle's folder: what cannot be written is better known before hours of training.
    private func makeOutput() throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure("\(output): \(error.localizedDescription)")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw CommandFailure("\(output): nothing may be written there")
        }
    }

    private func description(_ plan: TrainingPlan) -> ModelDescription {
        var description = plan.description(named: name)
        if let views = viewOptions.settings { description.views = views }
        return description
    }

    private func write(_ product: CalibratedTraining.Product, _ plan: TrainingPlan) throws {
        let record = plan.record(of: product)
        // Calibrated before anything is written: a kill in between would leave a bundle that answers everything.
        var bundle = try product.model.write(
            description(plan), record: record, form: TrainedModel.Form(isFolded: fold, isHalf: half),
            to: folder)
        if let calibration = product.calibration { bundle = try calibration.write(to: bundle) }
        print(
            json
                ? try jsonText(record)
                : "\(bundle.description.name): \(summary(record, product)), written to \(output)")
    }

    private func summary(_ record: TrainingRecord, _ product: CalibratedTraining.Product) -> String {
        let epoch = "epoch \(record.epoch) of \(record.recipe.epochs)"
        guard let accuracy = product.heldBackAccuracy else {
            return "\(epoch), nothing held back to measure it"
        }
        return "\(epoch), \(String(format: "%.1f", accuracy * 100)) % right of "
            + "\(record.validation.count) images held back"
            + (record.recipe.refit == true ? " from a first training" : "")
    }
}
