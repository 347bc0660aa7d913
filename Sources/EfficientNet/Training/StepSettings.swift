/// What one forward pass is for.
package struct StepSettings: Sendable {
    /// Whether dropout, stochastic depth and batch statistics are on.
    package var isTraining: Bool
    /// How far the running statistics move towards a batch's: 0.1 as in PyTorch.
    package var statisticsMomentum: Double

    /// Whether every normalisation notes the statistics of what it is given, and changes nothing.
    var isMeasuring = false

    /// A step as given.
    package init(isTraining: Bool, statisticsMomentum: Double = 0.1) {
        self.isTraining = isTraining
        self.statisticsMomentum = statisticsMomentum
    }

    /// A pass that notes statistics, for `TrainableNetwork.restateStatistics`.
    package static var measuring: StepSettings {
        var step = evaluation
        step.isMeasuring = true
        return step
    }

    /// Whether a layer wants the moments of the batch at hand.
    func wantsMoments(_ layer: NormalisationLayer) -> Bool { isMeasuring || isTraining && layer.usesBatch }

    /// A pass that learns nothing.
    package static let evaluation = StepSettings(isTraining: false)
}

/// What chance decides in one training step, drawn by the caller so that a step can be repeated.
package struct StepNoise: Sendable {
    /// Per block, per image: 0 where stochastic depth drops the block for this image, else 1 / (1 − rate).
    ///
    /// Blocks without a skip connection are never dropped: their entries are empty, as are all without stochastic depth.
    package var blockFactors: [[Float]]
    /// Per image and pooled feature: 0 or 1 / (1 − rate); empty without dropout.
    package var featureFactors: [Float]

    /// As given; without any, nothing is dropped.
    package init(blockFactors: [[Float]] = [], featureFactors: [Float] = []) {
        self.blockFactors = blockFactors
        self.featureFactors = featureFactors
    }

    /// The factors of a block; nil where it is not dropped for any image.
    func factors(block: Int) -> [Float]? {
        guard blockFactors.indices.contains(block), !blockFactors[block].isEmpty else { return nil }
        return blockFactors[block]
    }
}
