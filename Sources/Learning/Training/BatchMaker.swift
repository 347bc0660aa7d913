package import Classification
package import EfficientNet
package import Tensor

/// What the network gets to see: which images in which order, changed how, and what chance drops within it.
///
/// Every draw is from a stream named by seed, purpose, epoch and image or step, so that neither threads nor a resumed
/// training change it.
package struct BatchMaker {
    /// Steps of an epoch.
    let stepCount: Int

    private let recipe: TrainingRecipe
    private let images: [LearningImage]
    private let settings: NetworkSettings
    private let input: InputScale

    /// The batches of a recipe over prepared images.
    package init(
        recipe: TrainingRecipe, images: [LearningImage], settings: NetworkSettings,
        _ preparation: PreparationSettings
    ) {
        self.recipe = recipe
        self.images = images
        self.settings = settings
        input = InputScale(preparation)
        stepCount = (images.count + recipe.batch - 1) / recipe.batch
    }

    /// The positions of each step's images in an epoch (from 1): all of them once, in random order, spread evenly, so
    /// that no step's statistics are those of a handful.
    func order(epoch: Int) -> [[Int]] {
        var generator = SeededGenerator(
            seed: recipe.seed, path: [StreamPurpose.order.rawValue, UInt64(epoch)])
        let shuffled = generator.shuffled(Array(images.indices))
        return (0..<stepCount).map { step in
            Array(shuffled[step * images.count / stepCount..<(step + 1) * images.count / stepCount])
        }
    }

    /// One image as an epoch changes it, 0…1.
    func augmented(_ position: Int, epoch: Int) -> [Float] {
        var generator = Self.generator(recipe, epoch: epoch, position: position)
        return recipe.augmentation.applied(
            to: images[position].grey, side: settings.side, &generator)
    }

    /// The stream that changes an image in an epoch.
    static func generator(_ recipe: TrainingRecipe, epoch: Int, position: Int) -> SeededGenerator {
        SeededGenerator(
            seed: recipe.seed,
            path: [StreamPurpose.augmentation.rawValue, UInt64(epoch), UInt64(position)])
    }

    /// The share of its own that an image of a step keeps, 0.5…1; the rest is of the step's next image. 1: not mixed.
    package func ownShare(epoch: Int, step: Int) -> Double {
        guard let alpha = recipe.mixup, alpha > 0 else { return 1 }
        var generator = SeededGenerator(
            seed: recipe.seed, path: [StreamPurpose.mixup.rawValue, UInt64(epoch), UInt64(step)])
        let share = generator.beta(alpha)
        return max(share, 1 - share)
    }

    /// The network's input for a step, [images][side][side][3], shrunk to `side` and mixed after it was changed.
    package func pixels(
        _ positions: [Int], epoch: Int, side: Int, ownShare: Double, pool: ForkJoinPool
    ) -> [Float] {
        let shrinking = side == settings.side ? nil : Shrinking(from: settings.side, to: side)
        let changed = positions.map { _ in ChangedImage() }
        pool.forEach(taskCount: positions.count) { task, _ in
            let whole = augmented(positions[task], epoch: epoch)
            changed[task].grey = shrinking?.shrunk(whole) ?? whole
        }
        let inputCount = side * side * 3
        var pixels = [Float](repeating: 0, count: positions.count * inputCount)
        for (index, image) in changed.enumerated() {
            let next = changed[(index + 1) % changed.count].grey
            let grey = ownShare == 1 ? image.grey : Self.mixed(image.grey, next, Float(ownShare))
            input.write(grey, into: &pixels, at: index * inputCount)
        }
        return pixels
    }

    private static func mixed(_ own: [Float], _ other: [Float], _ share: Float) -> [Float] {
        own.indices.map { own[$0] * share + other[$0] * (1 - share) }
    }

    /// Stochastic depth (Huang et al. 2016: the rate rises along the network) and dropout for a step.
    func noise(imageCount: Int, epoch: Int, step: Int) -> StepNoise {
        var generator = SeededGenerator(
            seed: recipe.seed, path: [StreamPurpose.network.rawValue, UInt64(epoch), UInt64(step)])
        func factor(_ rate: Double) -> Float { generator.chance(rate) ? 0 : Float(1 / (1 - rate)) }
        var noise = StepNoise()
        let blocks = settings.architecture.blocks
        if recipe.stochasticDepth > 0 {
            noise.blockFactors = blocks.enumerated().map { index, block in
                guard block.hasSkip else { return [] }
                let rate = recipe.stochasticDepth * Double(index + 1) / Double(blocks.count)
                return (0..<imageCount).map { _ in factor(rate) }
            }
        }
        if recipe.dropout > 0 {
            let count = imageCount * settings.architecture.featureCount
            noise.featureFactors = (0..<count).map { _ in factor(recipe.dropout) }
        }
        return noise
    }
}

/// Makes square grey images smaller, as preparation does.
private struct Shrinking {
    private let side: Int
    private let resampler: Resampler

    init(from side: Int, to smaller: Int) {
        self.side = side
        let axis = ResizeAxis(
            inputCount: side, from: 0, to: Double(side), outputCount: smaller, filter: .bicubic)
        resampler = Resampler(horizontal: axis, vertical: axis)
    }

    func shrunk(_ grey: [Float]) -> [Float] {
        resampler.resize(rowCount: side, columnCount: side) { index, row in
            for column in 0..<side { row[column] = grey[index * side + column] }
        }
    }
}

/// What one task makes; an object, so that tasks can fill theirs side by side.
private final class ChangedImage {
    var grey: [Float] = []
}
