import EfficientNet
import Foundation
import Tensor
import Testing

/// Every kind of layer against the difference quotient of the loss: a check that knows no other implementation.
///
/// Each tensor is moved along its own gradient, both ways: the loss must change by the gradient's length a unit. With
/// batch statistics and with running ones, with stochastic depth, dropout, label smoothing and class weights.
@Suite struct FiniteDifferenceTests {
    /// One tensor of every kind of layer: stem, a block without expansion, with stride 2, with a 5 × 5 window and a
    /// skip, the head, the classifier.
    static let names =
        [
            "conv_stem.weight", "bn1.weight", "bn1.bias", "conv_head.weight", "bn2.weight", "bn2.bias",
            "classifier.weight", "classifier.bias",
        ]
        + [
            "conv_dw.weight", "bn1.weight", "bn1.bias", "se.conv_reduce.weight", "se.conv_reduce.bias",
            "se.conv_expand.weight", "se.conv_expand.bias", "conv_pw.weight", "bn2.weight",
        ].map { "blocks.0.0.\($0)" }
        + ["blocks.1.0", "blocks.2.1"].flatMap { block in
            [
                "conv_pw.weight", "bn1.weight", "bn1.bias", "conv_dw.weight", "bn2.weight", "bn2.bias",
                "se.conv_reduce.weight", "se.conv_expand.bias", "conv_pwl.weight", "bn3.weight", "bn3.bias",
            ].map { "\(block).\($0)" }
        }

    private static let side = 64
    private static let loss = CrossEntropy(smoothing: 0.1, classWeights: [1, 2, 0.5])

    /// The change of the loss that a move is made for: far above Float32's rounding (10⁻⁶), far below the loss (1).
    private static let change = 0.01
    /// What is left of the quotient's curvature at that change, and of rounding.
    private static let tolerance = 0.03

    /// A network whose running statistics are near those of the images, so that signals keep their size either way.
    private func network(isFrozen: Bool) throws -> TrainableNetwork {
        let settings = try NetworkSettings(
            architecture: #require(Architecture(named: "b0")), side: Self.side, padding: .same,
            batchNormEpsilon: 1e-3, classCount: 3)
        let parameters = try TrainingParameters(source: Formula.parameters(settings), settings: settings)
        func made(_ frozenStages: Int) throws -> TrainableNetwork {
            try TrainableNetwork(
                parameters, imageCountMax: 3, threadCount: 2,
                freezing: .init(frozenStatisticsStages: frozenStages))
        }
        let batch = try made(0)
        guard isFrozen else { return batch }
        _ = batch.forward(
            Formula.images(3, side: Self.side), step: StepSettings(isTraining: true, statisticsMomentum: 0.9))
        return try made(TrainableNetwork.Freezing.allStages)
    }

    @Test(arguments: [false, true]) func gradientsAreTheSlopesOfTheLoss(isFrozen: Bool) throws {
        let network = try network(isFrozen: isFrozen)
        let architecture = network.parameters.settings.architecture
        let images = Formula.images(3, side: Self.side)
        let noise = StepNoise(
            blockFactors: architecture.blocks.enumerated().map { index, block in
                block.hasSkip && index != 4 ? [1.25, 0, 1.25] : []
            },
            featureFactors: Formula.values(3000, 3 * architecture.featureCount).map { $0 > -0.6 ? 1.25 : 0 })
        // The running statistics must not drift while the loss is asked for again and again.
        let step = StepSettings(isTraining: true, statisticsMomentum: 0)
        func value() -> CrossEntropy.Result {
            Self.loss(logits: network.forward(images, step: step, noise: noise), truth: [2, 0, 1])
        }
        network.backward(value().gradient)
        for name in Self.names {
            let gradient = network.parameters.gradient(name).array.map(Double.init)
            let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if !isFrozen, name.hasSuffix("bn3.bias") {
                // The next normalisation takes the batch's mean away, and with it whatever was added to all images.
                #expect(length < 1e-4, "\(name): \(length)")
                continue
            }
            try #require(length > 1e-3, "\(name): a gradient of \(length) checks nothing")
            let weight = network.parameters.value(name)
            let before = weight.array
            let distance = min(Self.change / length, 0.05)
            let losses = [1.0, -1.0].map { sign in
                weight.set(zip(before, gradient).map { $0 + Float(sign * distance * $1 / length) })
                return value().loss
            }
            weight.set(before)
            let slope = (losses[0] - losses[1]) / (2 * distance)
            #expect(
                abs(slope - length) < Self.tolerance * length, "\(name): \(slope), gradient \(length)")
        }
    }
}
