/// Everything that decides a training but its data and its starting weights.
///
/// The defaults are the recipe of the first model (12 epochs of AdamW on ImageNet's weights). A recipe file is JSON with
/// the keys that differ; `TrainingRecipe(json:)` reads it.
package struct TrainingRecipe: Codable, Sendable, Equatable {
    /// How gradients move weights.
    package enum Optimiser: String, Codable, Sendable, CaseIterable {
        /// Stochastic gradient descent with Nesterov's momentum; decay is added to the gradient.
        case momentum
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
        case adamW
    }

    /// How much the images of a class count in the loss.
    package enum ClassWeights: String, Codable, Sendable, CaseIterable {
        /// All the same.
        case none
        /// Inversely to the number of the class's images: each class counts as much as any other.
        case balanced
    }

    /// Which epoch's weights become the model.
    package enum Selection: String, Codable, Sendable, CaseIterable {
        /// Those after the last epoch.
        case last
        /// Those of the epoch with the smallest loss on the validation split; the last ones without a split.
        case best
    }

    /// "b0" … "b7".
    package var architecture = "b4"
    /// Rows and columns of the input.
    package var side = 240
    /// Sides of the images in earlier phases, at most `side`: small images teach the coarse shapes in a fraction of the
    /// time, and change the picture as an augmentation does (Howard 2018; Tan and Le 2021). The epochs are shared out
    /// evenly among these phases and the last one, at `side`. Empty: every epoch is at `side`.
    package var earlierSides: [Int] = []
    /// Passes over the training images, 1…10 000.
    package var epochs = 12
    /// Images of a step, 1…1024; an epoch's images are spread evenly over its steps.
    package var batch = 16
    /// How gradients move weights.
    package var optimiser = Optimiser.adamW
    /// Peak learning rate of everything but the classifier; above 0.
    package var bodyRate = 2.5e-4
    /// Peak learning rate of the classifier; above 0.
    package var classifierRate = 2e-3
    /// Weight decay of weights (never of biases and normalisations), times the learning rate; 0…1.
    package var weightDecay = 1e-2
    /// Momentum of gradient descent, or AdamW's first beta; 0 ..< 1.
    package var momentum = 0.9
    /// AdamW's second beta; 0 ..< 1.
    package var secondMomentum = 0.999
    /// Share of all steps in which the rate rises to its peak, 0…1.
    package var warmUp = 0.15
    /// Where the cosine ends, as a share of the peak, 0…1.
    package var finalRate = 0.0
    /// The part of the target that is spread evenly over the classes, 0 ..< 1.
    package var labelSmoothing = 0.05
    /// Share of the pooled features that are set to 0, 0 ..< 1.
    package var dropout = 0.3
    /// Share of the images for which the last block is left out; earlier blocks proportionally less. 0 ..< 1.
    package var stochasticDepth = 0.1
    /// The longest gradient of a step; longer ones are shortened to it. 0: no clipping.
    package var clipping = 2.0
    /// Share that the moving average of the weights keeps at a step, 0 ..< 1; the average is then what is validated and
    /// written. 0: no average.
    package var averageDecay = 0.0
    /// Tensors that stay as they are: names of a weights file, `*` for any characters (`conv_stem*`, `blocks.0.*`).
    package var frozen: [String] = []
    /// From where on batch normalisations use, and learn, the statistics of batches: "stem" (all of them),
    /// "blocks.6" or "blocks.6.1", "head", or "never". Those before keep their running statistics.
    package var batchStatisticsFrom = "stem"
    /// How far running statistics move towards a batch's, 0…1.
    package var statisticsMomentum = 0.1
    /// How much the images of a class count.
    package var classWeights = ClassWeights.none
    /// What chance does to the training images.
    package var augmentation = Augmentation()
    /// Every image of a step is mixed with the one after it, target and all, by a share that the step draws from
    /// Beta(α, α) with this α, 0…1 (Zhang et al. 2018). nil: none; such a recipe reads and writes as before there was mixup.
    package var mixup: Double?
    /// Share of each class's images that are held back to watch the training, 0 ..< 0.5.
    package var validationFraction = 0.1
    /// Whether a second training, on all images, makes the model, once the first one has chosen temperature, threshold
    /// and distance by what it held back: where images are few, none should be left out. nil: no; such a recipe reads and
    /// writes as before there was refit.
    package var refit: Bool?
    /// Epochs without a smaller validation loss after which training stops; 0: never.
    package var patience = 0
    /// Which epoch's weights become the model.
    package var selection = Selection.last
    /// What all chance is drawn from.
    package var seed: UInt64 = 1

    /// The default recipe.
    package init() {}

    /// The recipe of the training that chooses, where there are two.
    var withoutRefit: TrainingRecipe {
        var result = self
        result.refit = nil
        return result
    }

    /// The side of an epoch's images, epochs from 1.
    package func side(epoch: Int) -> Int {
        let sides = earlierSides + [side]
        return sides[min((epoch - 1) * sides.count / epochs, sides.count - 1)]
    }
}
