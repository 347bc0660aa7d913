internal import Tensor

/// The readable forward pass: NHWC, one operation after the other, matrix products by OpenBLAS.
///
/// It is what the fast engine is tested against. Layers are kept as the reader gives them; activations are
/// allocated per call.
final class ReferenceNetwork: InferenceEngine, Sendable {
    private struct Stage {
        let block: Block
        let expand: FoldedConvolution?
        let depthwise: FoldedConvolution
        let reduce: FoldedConvolution
        let excite: FoldedConvolution
        let project: FoldedConvolution
    }

    private let settings: NetworkSettings
    private let pool: ForkJoinPool
    private let stem: FoldedConvolution
    private let stages: [Stage]
    private let head: FoldedConvolution
    private let classifier: FoldedConvolution

    init<Source: ParameterSource>(
        reader: ParameterReader<Source>, settings: NetworkSettings, pool: ForkJoinPool
    ) throws(EfficientNetError) {
        self.settings = settings
        self.pool = pool
        stem = try reader.convolution(settings.architecture.stem)
        var stages: [Stage] = []
        for block in settings.architecture.blocks {
            let layers = BlockLayers(block)
            var depthwise = try reader.convolution(layers.depthwise)
            depthwise = depthwise.withTapsOutermost(kernel: block.kernel)
            var expand: FoldedConvolution?
            if let layer = layers.expand { expand = try reader.convolution(layer) }
            stages.append(
                Stage(
                    block: block, expand: expand, depthwise: depthwise,
                    reduce: try reader.convolution(layers.reduce),
                    excite: try reader.convolution(layers.excite),
                    project: try reader.convolution(layers.project)))
        }
        self.stages = stages
        head = try reader.convolution(settings.architecture.head)
        classifier = try reader.classifier()
    }

    func evaluate(_ input: Span<Float>, into output: inout NetworkOutput, maps: MapChoice) {
        let imageCount = input.count / settings.inputCount
        for image in 0..<imageCount {
            let first = image * settings.inputCount
            evaluateOne(
                input.extracting(first..<first + settings.inputCount), image: image, into: &output,
                maps: maps)
        }
    }

    func phaseTimes(_ input: Span<Float>, repeats: Int) -> [PhaseTime] { [] }

    private func evaluateOne(
        _ input: Span<Float>, image: Int, into output: inout NetworkOutput, maps: MapChoice
    ) {
        let architecture = settings.architecture
        var map = FeatureMap(side: settings.side, channels: 3, copying: input)
        map = begin(map)
        var middle: [Float] = []
        for (index, stage) in stages.enumerated() {
            map = block(stage, map)
            if architecture.middleBlocks.contains(index) { middle += map.mean() }
        }
        output.setMiddle(image: image, middle)
        map = pointwise(map, head)
        map.applySiLU(pool)
        let features = map.mean()
        let logits = product(features, classifier)
        output.set(image: image, features: features, logits: logits)
        guard let mapped = maps.classIndex(image: image, of: output) else { return }
        // The mean over the map of Σ w·f is Σ w·(mean of f): the map's mean is the logit without its bias.
        let row = mapped * architecture.featureCount
        let weights = FoldedConvolution(
            weight: Array(classifier.weight[row..<row + architecture.featureCount]), bias: [0])
        output.setMap(image: image, pointwise(map, weights).array())
    }

    private func begin(_ input: borrowing FeatureMap) -> FeatureMap {
        let window = settings.window(kernel: 3, stride: 2, inputSide: settings.side)
        var output = input.patches(window, pool)
        output = pointwise(output, stem)
        output.applySiLU(pool)
        return output
    }

    private func block(_ stage: Stage, _ input: borrowing FeatureMap) -> FeatureMap {
        let window = settings.window(
            kernel: stage.block.kernel, stride: stage.block.stride, inputSide: input.side)
        var wide: FeatureMap
        if let expand = stage.expand {
            var expanded = pointwise(input, expand)
            expanded.applySiLU(pool)
            wide = expanded.depthwise(
                window, weight: stage.depthwise.weight, bias: stage.depthwise.bias, pool)
        } else {
            wide = input.depthwise(window, weight: stage.depthwise.weight, bias: stage.depthwise.bias, pool)
        }
        wide.applySiLU(pool)
        var squeezed = product(wide.mean(), stage.reduce)
        ReferenceOperations.applySiLU(&squeezed)
        var scale = product(squeezed, stage.excite)
        ReferenceOperations.applySigmoid(&scale)
        wide.multiply(by: scale, pool)
        var output = pointwise(wide, stage.project)
        if stage.block.hasSkip { output.add(input) }
        return output
    }

    private func pointwise(_ input: borrowing FeatureMap, _ layer: FoldedConvolution) -> FeatureMap {
        input.pointwise(layer.weight, bias: layer.bias, pool)
    }

    private func product(_ input: [Float], _ layer: FoldedConvolution) -> [Float] {
        ReferenceOperations.product(input, weight: layer.weight, bias: layer.bias)
    }
}

extension FoldedConvolution {
    /// A depthwise weight from [channels][taps] to [taps][channels], so that channels are the innermost loop.
    fileprivate func withTapsOutermost(kernel: Int) -> FoldedConvolution {
        let taps = kernel * kernel
        let channels = bias.count
        var turned = [Float](repeating: 0, count: weight.count)
        for channel in 0..<channels {
            for tap in 0..<taps { turned[tap * channels + channel] = weight[channel * taps + tap] }
        }
        return FoldedConvolution(weight: turned, bias: bias)
    }
}

extension NetworkSettings {
    /// The window of a convolution in this network's lineage.
    func window(kernel: Int, stride: Int, inputSide: Int) -> Window {
        Window(
            kernel: kernel, stride: stride,
            before: padding.before(kernel: kernel, stride: stride, side: inputSide),
            inputSide: inputSide, outputSide: (inputSide + stride - 1) / stride)
    }
}

extension MapChoice {
    /// The class whose map is made of an image; nil: none.
    func classIndex(image: Int, of output: NetworkOutput) -> Int? {
        switch self {
        case .none: nil
        case .ofAnswers: output.answerIndex(image: image)
        case .ofClass(let index): index
        }
    }
}

/// What the two engines have in common.
protocol InferenceEngine: Sendable {
    /// Computes all images of `input`; the sizes in `output` fit. Called by one thread at a time.
    func evaluate(_ input: Span<Float>, into output: inout NetworkOutput, maps: MapChoice)
    /// How long each phase takes; empty where there are no phases.
    func phaseTimes(_ input: Span<Float>, repeats: Int) -> [PhaseTime]
}

/// The time of one phase of the packed engine.
package struct PhaseTime: Sendable, Codable {
    /// What it does, in which block, on which map.
    package let name: String
    /// Mean.
    package let milliseconds: Double
}
