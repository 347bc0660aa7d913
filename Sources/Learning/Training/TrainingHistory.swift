/// What one epoch brought.
package struct EpochRecord: Codable, Sendable, Equatable {
    /// From 1.
    package var epoch: Int
    /// The body's learning rate at the last step.
    package var rate: Double
    /// Mean loss over the training images, as they were changed and while the weights moved.
    package var loss: Double
    /// Share of them that the largest logit named right.
    package var accuracy: Double
    /// Median length of the steps' gradients, before clipping.
    package var gradientLength: Double
    /// Mean loss over the validation images, unchanged; nil without any.
    package var validationLoss: Double?
    /// Share of them named right; nil without any.
    package var validationAccuracy: Double?
}

/// Where a training stands within an epoch.
package struct TrainingProgress: Sendable {
    /// From 1.
    package let epoch: Int
    /// Epochs in all.
    package let epochCount: Int
    /// Steps of this epoch that are done.
    package let step: Int
    /// Steps of an epoch.
    package let stepCount: Int
    /// Training images of this epoch that are done.
    package let imageCount: Int
    /// Mean loss of this epoch so far.
    package let loss: Double
    /// Accuracy of this epoch so far.
    package let accuracy: Double
    /// The epoch's record, once it is over and kept; nil within it.
    package let record: EpochRecord?
}

/// How a training was made: written beside the model as `training.json`.
package struct TrainingRecord: Codable, Sendable, Equatable {
    /// The program and its version.
    package var program: String
    /// The program's source, where it is known: a commit.
    package var commit: String?
    /// Everything that decided the training but the data and the start.
    package var recipe: TrainingRecipe
    /// What the weights started from.
    package var start: String
    /// What was assumed or started anew.
    package var notes: [String]
    /// SHA-256 over classes, names and files of the data set.
    package var dataDigest: String
    /// Images that were learned from.
    package var trainingCount: Int
    /// Names of the images that were held back to watch; with `refit`, from the first training only.
    package var validation: [String]
    /// One record an epoch.
    package var history: [EpochRecord]
    /// The epoch whose weights were written, from 1.
    package var epoch: Int
    /// Whether training stopped before the recipe's last epoch.
    package var stoppedEarly: Bool

    /// A record as given.
    package init(
        program: String, commit: String?, recipe: TrainingRecipe, start: String, notes: [String],
        dataDigest: String, trainingCount: Int, validation: [String], history: [EpochRecord], epoch: Int,
        stoppedEarly: Bool
    ) {
        self.program = program
        self.commit = commit
        self.recipe = recipe
        self.start = start
        self.notes = notes
        self.dataDigest = dataDigest
        self.trainingCount = trainingCount
        self.validation = validation
        self.history = history
        self.epoch = epoch
        self.stoppedEarly = stoppedEarly
    }

    /// The file's name within a bundle.
    package static let file = "training.json"
}
