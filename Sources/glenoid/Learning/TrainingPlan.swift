// Everything that a training needs, read and checked before it starts.
import Classification
import EfficientNet
import Foundation
import Learning

/// Data, start and recipe of one training, and what the bundle will say about it.
struct TrainingPlan {
    let recipe: TrainingRecipe
    let start: TrainingStart
    let set: LearningSet
    let training: [LearningImage]
    let validation: [LearningImage]
    /// What whoever started the training should know, a sentence each.
    let notes: [String]

    /// Whether the base was trained on these very images: nothing held back or tested is unseen then.
    let baseKnowsImages: Bool

    private let labels: [Label]
    private let labelFile: LabelFile?
    /// Asked before the training: hours later the checkout may hold another.
    private let commit = SourceCommit.current

    /// Reads everything; shows its progress on a terminal.
    init(source: String, _ startOptions: TrainingStartOptions, _ recipeOptions: RecipeOptions) throws {
        let bundle = try startOptions.bundle()
        let recipe = try recipeOptions.recipe(
            architecture: bundle?.description.architecture, side: bundle?.description.side)
        labelFile = try startOptions.labels.map(LabelFile.init(path:))
        var dataSet = try DataSet.read(source)
        let isNewClassifier = startOptions.initialised.contains { "classifier".hasPrefix($0) }
        // The classes' order is that of the labels: the bundle's, where its classifier is kept.
        let kept = isNewClassifier ? nil : bundle?.description.labels
        if let file = labelFile?.labels, let kept, file.map(\.name) != kept.map(\.name) {
            throw CommandFailure(
                "--labels names other classes than the base, or in another order: the base's classifier would answer "
                    + "wrongly under these names; --initialise classifier starts it anew")
        }
        if let named = labelFile?.labels ?? kept {
            labels = named
            dataSet = try dataSet.ordered(as: named.map(\.name))
        } else {
            labels = LabelFile.labels(named: dataSet.classes)
        }
        var start = try startOptions.start(bundle, recipe: recipe, classCount: labels.count)
        if let filter = labelFile?.filter { start.preparation.filter = filter }
        self.start = start
        let preparation = Preparation(settings: start.preparation, side: recipe.side)
        let progress = ProgressLine(total: dataSet.items.count, noun: "images read")
        set = try LearningSet(
            dataSet, preparation: preparation, read: ImageRecords(preparation: preparation).read,
            progress: progress.show)
        let (holdout, unwatched) = try Self.split(set, recipe)
        let images = set.images
        training = holdout.training.map { images[$0] }
        validation = holdout.validation.map { images[$0] }
        self.recipe = recipe
        baseKnowsImages = try bundle?.trainingRecord()?.dataDigest == set.digest
        var notes = dataSet.notes + start.notes + Self.notes(set, holdout) + unwatched
        if start.settings.batchNormFolded, recipe.batchStatisticsFrom != "never" {
            notes.append("the base has its batch normalisations folded in: their statistics stay frozen")
        }
        if baseKnowsImages {
            notes.append("the base was trained on these very images: what is held back is not unseen")
        }
        self.notes = notes
    }

    /// The split of the recipe; where nothing can be held back all images are learned from, and a note says why.
    private static func split(_ set: LearningSet, _ recipe: TrainingRecipe) throws -> (Holdout, [String]) {
        do {
            return (try set.holdout(fraction: recipe.validationFraction, seed: recipe.seed), [])
        } catch LearningError.data(let reason) {
            return (
                try set.holdout(fraction: 0, seed: recipe.seed), ["the training is not watched: \(reason)"]
            )
        }
    }

    private static func notes(_ set: LearningSet, _ holdout: Holdout) -> [String] {
        let survey = set.survey
        var notes = survey.damaged.map {
            "\(survey.dataSet.items[$0.itemIndex].name): \($0.reason); left out"
        }
        for members in survey.contradictions {
            let names = members.map { survey.item($0).name }.joined(separator: ", ")
            notes.append("duplicates with different labels, one of which is wrong: \(names)")
        }
        let watched = Set(holdout.validation.map { set.images[$0].classIndex })
        for (index, count) in survey.readableCounts.enumerated() {
            let name = set.classes[index]
            if count == 0 {
                notes.append("\(name): no image to learn from, the model will hardly ever answer it")
            } else if !watched.contains(index), !holdout.validation.isEmpty {
                notes.append(
                    "\(name): \(count) image\(count == 1 ? "" : "s"), none could be held back to watch")
            }
        }
        return notes
    }

    /// The record of a finished training.
    func record(of product: CalibratedTraining.Product) -> TrainingRecord {
        TrainingRecord(
            program: "glenoid \(programVersion)", commit: commit, recipe: recipe,
            start: start.source, notes: notes, dataDigest: set.digest, trainingCount: product.trainingCount,
            validation: validation.map(\.name), history: product.model.history, epoch: product.model.epoch,
            stoppedEarly: product.model.history.count < recipe.epochs)
    }

    /// Throws what makes the bundle impossible to write: better known before hours of training than after them.
    func checkDescription(named name: String) throws {
        var description = description(named: name)
        description.weights = WeightsReference(sha256: String(repeating: "0", count: 64))
        if let problem = description.problems.first {
            throw CommandFailure("the bundle could not be written: \(problem)")
        }
    }

    /// What the bundle says: the base's words where there is a base, the labels file's on top, and nothing that was
    /// measured on other weights.
    func description(named name: String) -> ModelDescription {
        var description =
            start.base
            ?? ModelDescription(
                name: name, version: "1.0.0", architecture: recipe.architecture, side: recipe.side,
                padding: start.settings.padding, batchNormEpsilon: start.settings.batchNormEpsilon,
                batchNormFolded: false, labels: labels, provenance: Provenance(source: ""),
                weights: WeightsReference(sha256: ""))
        description.name = name
        description.labels = labels
        description.temperature = 1
        description.threshold = 0
        description.familiarity = nil
        description.provenance.calibration = nil
        // What the base learned from is still in the weights.
        let count = recipe.refit == true ? training.count + validation.count : training.count
        let images = "\(count) images, data digest \(set.digest)"
        let before = description.provenance.data
        description.provenance.data = before.isEmpty ? images : "\(before); then \(images)"
        labelFile?.complete(&description)
        description.provenance.source = "trained by glenoid \(programVersion) from \(start.source)"
        return description
    }
}
