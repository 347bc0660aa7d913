package import Classification
internal import EfficientNet
internal import Foundation

/// k trainings, each tested on images that nothing of it was chosen by.
///
/// Images tied by patient or as near duplicates are in one fold. Within a fold, a part of the other folds' images is held
/// back by the same rule; epoch, temperature and thresholds are chosen on it; the test fold is looked at once, at the end.
/// With `refit` the network that is tested has then learned from what was held back too (`CalibratedTraining`).
/// A killed run goes on where it was: finished folds are kept, and the one at hand has the trainer's checkpoint.
package struct CrossValidation {
    /// The images.
    package let set: LearningSet
    /// Where every training starts.
    package let start: TrainingStart
    /// What decides every training.
    package let recipe: TrainingRecipe
    /// Which image is tested in which fold.
    package let folds: Folds
    /// Views of an image whose probabilities are averaged.
    package let views: ViewSettings
    private let state: CrossValidationState
    private let fingerprint: String
    /// The same cross-validation without `refit`, whose folds' choices are taken over; nil where there is none.
    private let choices: CrossValidationState?
    private let fingerprintWithoutRefit: String

    /// Checks what can be checked before hours are spent.
    ///
    /// Throws `settings` for an impossible recipe or one that holds nothing back, `data` for images that cannot be cut
    /// into folds, `world` where the folder cannot be made.
    ///
    /// - Parameter choicesFolder: the state of a cross-validation of the same recipe without `refit`. A fold that is done
    ///   there has chosen already, and is not trained a first time here.
    package init(
        set: LearningSet, start: TrainingStart, recipe: TrainingRecipe, foldCount: Int,
        views: ViewSettings = .plain, stateFolder: String, choicesFolder: String? = nil
    ) throws(LearningError) {
        try recipe.check()
        guard choicesFolder == nil || recipe.refit == true else {
            throw .settings("choices are taken over by a recipe with refit only")
        }
        // Else every fold would be trained twice, for hours, by a slip of the pen.
        if let choicesFolder, !FileManager.default.fileExists(atPath: choicesFolder) {
            throw .settings("\(choicesFolder): there is no such folder to take choices from")
        }
        guard recipe.validationFraction > 0 else {
            throw .settings(
                "the recipe holds nothing back (validationFraction is 0): epoch, temperature and thresholds are chosen on it"
            )
        }
        let occurring = Set(set.images.map(\.classIndex)).count
        guard occurring > 1 else {
            throw .data("all images are of one class: there is nothing to tell apart")
        }
        folds = try Folds(
            classIndices: set.images.map(\.classIndex), classCount: set.classes.count,
            groups: set.survey.groups, foldCount: foldCount, seed: recipe.seed)
        self.set = set
        self.start = start
        self.recipe = recipe
        self.views = views
        state = CrossValidationState(folder: stateFolder)
        choices = choicesFolder.map { CrossValidationState(folder: $0) }
        let rest = [
            start.source, start.digest, start.notes.joined(separator: "\n"), set.digest,
            "\(folds.assignment)", views.identity,
        ]
        fingerprint = Classification.fingerprint(of: ([recipe.json] + rest).joined(separator: "\n"))
        fingerprintWithoutRefit = Classification.fingerprint(
            of: ([recipe.withoutRefit.json] + rest).joined(separator: "\n"))
        try state.make()
    }

    /// The result of a fold, from 0, that an earlier run has ended; nil where none has.
    package func result(fold: Int) throws(LearningError) -> FoldResult? {
        try state.result(fold: fold, fingerprint: fingerprint)
    }

    /// Trains and tests one fold, from 0, or goes on with it; nil where it was stopped, its last epoch kept.
    ///
    /// Throws as `Trainer` does; what is done stays.
    ///
    /// - Parameter began: called when a training of the fold begins; there are two with `refit`.
    package func run(
        fold: Int, threadCount: Int, began: (CalibratedTraining.Beginning) -> Void = { _ in },
        shouldStop: () -> Bool = { false }, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(LearningError) -> FoldResult? {
        let clock = ContinuousClock()
        let begin = clock.now
        let split = try split(fold: fold)
        let training = try CalibratedTraining(
            recipe: recipe, start: start, training: split.training.map { set.images[$0] },
            heldBack: split.validation.map { set.images[$0] }, input: set.input, views: views,
            stateFolder: state.trainingFolder(fold: fold), threadCount: threadCount)
        let choice = try choices?.result(fold: fold, fingerprint: fingerprintWithoutRefit)?.choice
        let product = try training.run(
            given: choice, resuming: true, began: began, shouldStop: shouldStop, progress: progress)
        guard let product, let calibration = product.calibration else { return nil }
        let network = try product.model.network(threadCount: threadCount)
        let result = FoldResult(
            fold: fold + 1, fingerprint: fingerprint, trainingCount: product.trainingCount,
            validationCount: split.validation.count, epoch: product.model.epoch,
            temperature: calibration.temperature ?? 1, threshold: calibration.threshold ?? 0,
            distanceMax: calibration.distanceMax, seconds: (clock.now - begin) / .seconds(1),
            history: product.model.history, cases: test(network, calibration, on: folds.members(of: fold)))
        try state.write(result)
        training.removeState()
        return result
    }

    /// What a fold learns from and what it chooses by, as positions in `set.images`.
    package func split(fold: Int) throws(LearningError) -> Holdout {
        let others = folds.others(than: fold)
        let inner = try Holdout(
            classIndices: others.map { set.images[$0].classIndex }, classCount: set.classes.count,
            groups: set.survey.groups.subset(others), fraction: recipe.validationFraction, seed: recipe.seed)
        return Holdout(
            training: inner.training.map { others[$0] }, validation: inner.validation.map { others[$0] })
    }

    private func test(_ network: Network, _ calibration: ModelCalibration, on images: [Int])
        -> [FoldResult.Case]
    {
        let judgement = Judgement(
            temperature: calibration.temperature ?? 1, threshold: calibration.threshold ?? 0,
            distanceMax: calibration.distanceMax)
        let observations = network.observations(of: pixels(images), views: views)
        return zip(images, observations).map { image, observation in
            let item = set.images[image]
            let distance = calibration.familiarity.distance(of: observation.features)
            let prediction = judgement.prediction(
                from: observation.logits.enumerated().map { view, logits in
                    Evaluation(logits: logits, distance: view == 0 ? distance : nil)
                })
            let isRight = prediction.likeliestIndex == item.classIndex
            return FoldResult.Case(
                name: item.name, truth: item.classIndex, logits: observation.logits,
                probabilities: prediction.probabilities, distance: distance,
                abstention: prediction.abstention,
                map: isRight
                    ? nil : network.map(of: set.input.pixels(item.grey), for: prediction))
        }
    }

    private func pixels(_ images: [Int]) -> [[Float]] {
        images.map { set.input.pixels(set.images[$0].grey) }
    }
}
