internal import EfficientNet
internal import Tensor

/// The optimiser's state and its steps, over the whole block of weights.
///
/// Work is cut into slices by the tensors alone, and a slice touches only its own floats: the same bits with any number
/// of threads.
final class WeightUpdate {
    /// AdamW's first moment, or the momentum.
    let first: FloatBuffer
    /// AdamW's second moment; empty for momentum.
    let second: FloatBuffer
    /// The moving average of the weights; empty without one.
    let average: FloatBuffer
    /// The same of the running statistics.
    let averageStatistics: FloatBuffer
    /// Steps that were taken.
    var stepCount = 0

    private let recipe: TrainingRecipe
    private let parameters: TrainingParameters
    private let pool: ForkJoinPool
    private let kernels = TrainingKernels.best
    private let slices: [Slice]

    private struct Slice {
        let range: Range<Int>
        let isClassifier: Bool
        let decays: Bool
    }

    /// Floats of a slice at most: four arrays of it stay in a core's second-level cache.
    private static let sliceCount = 32_768
    /// AdamW's epsilon.
    private static let epsilon: Float = 1e-8

    init(_ network: TrainableNetwork, recipe: TrainingRecipe) {
        self.recipe = recipe
        parameters = network.parameters
        pool = network.pool
        let count = network.parameters.values.count
        first = FloatBuffer(count: count)
        second = FloatBuffer(count: recipe.optimiser == .adamW ? count : 0)
        let isAveraged = recipe.averageDecay > 0
        average = FloatBuffer(count: isAveraged ? count : 0)
        averageStatistics = FloatBuffer(count: isAveraged ? network.parameters.statistics.count : 0)
        if isAveraged {
            average.region.copy(network.parameters.values.region)
            averageStatistics.region.copy(network.parameters.statistics.region)
        }
        var slices: [Slice] = []
        for entry in network.parameters.entries
        where network.isLearned(entry.name) && !recipe.isFrozen(entry.name) {
            for start in stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: Self.sliceCount)
            {
                slices.append(
                    Slice(
                        range: start..<min(start + Self.sliceCount, entry.range.upperBound),
                        isClassifier: entry.name.hasPrefix("classifier."), decays: entry.kind == .weight))
            }
        }
        self.slices = slices
    }

    /// Whether anything learns at all.
    var isIdle: Bool { slices.isEmpty }

    /// Length of the gradient of everything that learns.
    func gradientLength() -> Double {
        let sums = slices.map { _ in SquareSum() }
        pool.forEach(taskCount: slices.count) { task, _ in
            sums[task].value = parameters.gradients[slices[task].range].squaredLength
        }
        return sums.reduce(0) { $0 + $1.value }.squareRoot()
    }

    /// Moves the weights by the gradients of the last backward pass; `factor` is the schedule's.
    ///
    /// Returns the gradient's length before it was clipped.
    func step(factor: Double) -> Double {
        stepCount += 1
        let length = gradientLength()
        let scale = recipe.clipping > 0 && length > recipe.clipping ? Float(recipe.clipping / length) : 1
        pool.forEach(taskCount: slices.count) { task, _ in
            let slice = slices[task]
            let gradient = parameters.gradients[slice.range]
            if scale != 1 { gradient.scale(by: scale) }
            move(
                slice, gradient, rate: factor * (slice.isClassifier ? recipe.classifierRate : recipe.bodyRate)
            )
        }
        if recipe.averageDecay > 0 { moveAverage() }
        return length
    }

    private func move(_ slice: Slice, _ gradient: FloatRegion, rate: Double) {
        let weight = parameters.values[slice.range]
        let decay = slice.decays ? Float(recipe.weightDecay) : 0
        switch recipe.optimiser {
        case .momentum:
            kernels.momentum(
                weight, gradient: gradient, v: first[slice.range], rate: Float(rate), decay: decay,
                momentum: Float(recipe.momentum), isNesterov: true)
        case .adamW:
            kernels.adamW(
                weight, gradient: gradient, m: first[slice.range], v: second[slice.range], rate: Float(rate),
                decay: decay, beta1: Float(recipe.momentum), beta2: Float(recipe.secondMomentum),
                correction1: Float(1 - power(recipe.momentum, stepCount)),
                correction2: Float(1 - power(recipe.secondMomentum, stepCount)), epsilon: Self.epsilon)
        }
    }

    /// Young averages forget faster, or the first weights would weigh on a short training to its end: the share kept
    /// is at most (1 + t) / (10 + t), as in TensorFlow's ExponentialMovingAverage.
    private func moveAverage() {
        let young = Double(1 + stepCount) / Double(10 + stepCount)
        let share = Float(1 - min(recipe.averageDecay, young))
        pool.forEach(taskCount: slices.count) { task, _ in
            let range = slices[task].range
            average[range].move(towards: parameters.values[range], by: share)
        }
        averageStatistics.region.move(towards: parameters.statistics.region, by: share)
    }

    /// baseⁿ by squaring: the same bits everywhere, which the C library's pow does not promise.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}

/// What one task sums up; an object, so that tasks can fill theirs side by side.
private final class SquareSum {
    var value = 0.0
}
