package import Classification

/// A training and what its model then knows about itself: temperature, threshold, and what its images look like.
///
/// With `refit` in the recipe these are two trainings: one that holds images back and chooses by them, and one, with the
/// same settings, that learns from all images and is the model. Either goes on where it was stopped.
package struct CalibratedTraining {
    /// Which training is at work.
    package enum Part: Sendable {
        /// The first of two: of its network only what it chose stays.
        case choosing
        /// The one that makes the model.
        case model
    }

    /// A training that has begun, or gone on.
    package struct Beginning: Sendable {
        /// Which one.
        package let part: Part
        /// Images that it learns from.
        package let trainingCount: Int
        /// Epochs that an earlier run has done.
        package let epoch: Int
    }

    /// What comes out.
    package struct Product: Sendable {
        /// The weights.
        package let model: TrainedModel
        /// Images that they were learned from.
        package let trainingCount: Int
        /// What it knows about itself; nil where nothing was held back.
        package let calibration: ModelCalibration?
        /// The share of the images held back, by the training that held them back, that was named right at its end; nil
        /// without any.
        package let heldBackAccuracy: Double?
    }

    private let recipe: TrainingRecipe
    private let start: TrainingStart
    private let training: [LearningImage]
    private let heldBack: [LearningImage]
    private let input: InputScale
    private let views: ViewSettings
    private let stateFolder: String
    private let threadCount: Int

    /// A training of a recipe; throws `settings` or `data` for what can be seen before it begins to be impossible.
    ///
    /// - Parameters:
    ///   - heldBack: what is not learned from, or only in the second training; may be empty, and then there is one training.
    ///   - input: how the images become the network's input.
    ///   - views: those that the model will answer with.
    ///   - stateFolder: where checkpoints go; beside it, with `refit`, what the first training needs and has chosen.
    package init(
        recipe: TrainingRecipe, start: TrainingStart, training: [LearningImage], heldBack: [LearningImage],
        input: InputScale, views: ViewSettings, stateFolder: String, threadCount: Int
    ) throws(LearningError) {
        try recipe.check()
        _ = try Trainer.counts(training, heldBack, start.settings)
        self.recipe = recipe
        self.start = start
        self.training = training
        self.heldBack = heldBack
        self.input = input
        self.views = views
        self.stateFolder = stateFolder
        self.threadCount = threadCount
    }

    /// Trains, or goes on; nil where it was stopped, its last whole epoch kept.
    ///
    /// Throws as `Trainer` does; what is done stays.
    ///
    /// - Parameters:
    ///   - given: what a first training of this recipe has chosen elsewhere; nil to train it here.
    ///   - resuming: whether what the state folder holds is to be continued; else it is an error that it holds something.
    ///   - began: called when a training begins.
    package func run(
        given: HeldBackChoice? = nil, resuming: Bool, began: (Beginning) -> Void = { _ in },
        shouldStop: () -> Bool = { false }, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(LearningError) -> Product? {
        func train(
            _ part: Part, _ recipe: TrainingRecipe, _ training: [LearningImage], _ heldBack: [LearningImage],
            in folder: String
        ) throws(LearningError) -> TrainedModel? {
            let trainer = try Trainer(
                recipe: recipe, start: start, training: training, validation: heldBack, stateFolder: folder,
                resuming: resuming, threadCount: threadCount)
            began(Beginning(part: part, trainingCount: training.count, epoch: trainer.epoch))
            guard case .finished(let model) = try trainer.run(shouldStop: shouldStop, progress: progress)
            else {
                return nil
            }
            return model
        }
        guard recipe.refit == true, !heldBack.isEmpty else {
            guard let model = try train(.model, recipe, training, heldBack, in: stateFolder) else {
                return nil
            }
            return Product(
                model: model, trainingCount: training.count,
                calibration: heldBack.isEmpty ? nil : try calibration(of: model),
                heldBackAccuracy: model.accuracy)
        }
        let first = Trainer.fingerprint(recipe.withoutRefit, start, training, heldBack)
        let fingerprint = Classification.fingerprint(of: "\(first)\n\(views.identity)")
        var choice = given
        if choice == nil { choice = try choiceFile.read(fingerprint: fingerprint) }
        if choice == nil {
            guard
                let model = try train(.choosing, recipe.withoutRefit, training, heldBack, in: choosingFolder)
            else {
                return nil
            }
            let made = HeldBackChoice(try calibration(of: model), of: model, imageCount: heldBack.count)
            try choiceFile.write(made, fingerprint: fingerprint)
            Checkpoint(folder: choosingFolder).remove()
            choice = made
        }
        guard let choice, let model = try train(.model, recipe, training + heldBack, [], in: stateFolder)
        else {
            return nil
        }
        let calibration = try ModelCalibration(
            of: model.network(threadCount: threadCount), training: training + heldBack, chosen: choice,
            input: input, seed: recipe.seed)
        return Product(
            model: model, trainingCount: training.count + heldBack.count, calibration: calibration,
            heldBackAccuracy: choice.accuracy)
    }

    /// Removes checkpoints and choice: the product is written, nothing is to be resumed.
    package func removeState() {
        Checkpoint(folder: choosingFolder).remove()
        choiceFile.remove()
        Checkpoint(folder: stateFolder).remove()
    }

    private var choosingFolder: String { stateFolder + ".choosing" }
    private var choiceFile: HeldBackChoiceFile { HeldBackChoiceFile(path: stateFolder + ".choice.json") }

    private func calibration(of model: TrainedModel) throws(LearningError) -> ModelCalibration {
        try ModelCalibration(
            of: model.network(threadCount: threadCount), training: training, heldBack: heldBack, input: input,
            views: views, seed: recipe.seed)
    }
}

extension ViewSettings {
    /// What they are, for the fingerprint of what was chosen or tested with them.
    var identity: String { "\(mirrored) \(zooms)" }
}

extension HeldBackChoice {
    fileprivate init(_ calibration: ModelCalibration, of model: TrainedModel, imageCount: Int) {
        self.init(
            temperature: calibration.temperature ?? 1, threshold: calibration.threshold ?? 0,
            distanceMax: calibration.distanceMax, imageCount: imageCount, accuracy: model.accuracy ?? 0)
    }
}

extension TrainedModel {
    /// The share of the images held back that these weights name right; nil without any.
    fileprivate var accuracy: Double? { history.first { $0.epoch == epoch }?.validationAccuracy }
}
