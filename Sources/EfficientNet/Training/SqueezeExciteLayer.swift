internal import Glibc
internal import Tensor

/// Squeeze and excite: a factor per image and channel, from the channels' means through two small linear layers.
///
/// s = sigmoid(wₑ · silu(wᵣ · mean + bᵣ) + bₑ). Source: Hu, Shen and Sun 2018, with SiLU between as EfficientNet has it.
/// All tensors are small (images × channels), so the caller's thread does the work.
final class SqueezeExciteLayer {
    let channels: Int
    private let squeezed: Int
    private let parameters: TrainingParameters
    private let reduceName: String
    private let exciteName: String

    /// [images][channels]: what goes in.
    let means: FloatBuffer
    /// [images][channels]: the factors.
    let factors: FloatBuffer
    private let hidden: FloatBuffer
    private let activated: FloatBuffer

    init(_ parameters: TrainingParameters, _ layers: BlockLayers, imageCountMax: Int) {
        self.parameters = parameters
        channels = layers.excite.outputs
        squeezed = layers.reduce.outputs
        reduceName = layers.reduce.name
        exciteName = layers.excite.name
        means = FloatBuffer(count: imageCountMax * channels)
        factors = FloatBuffer(count: imageCountMax * channels)
        hidden = FloatBuffer(count: imageCountMax * squeezed)
        activated = FloatBuffer(count: imageCountMax * squeezed)
    }

    /// The factors of an image.
    func factors(of image: Int) -> FloatRegion { factors[image * channels..<(image + 1) * channels] }

    /// Fills `factors` from `means`.
    func forward(imageCount: Int) {
        let (means, factors) = (means[0..<imageCount * channels], factors[0..<imageCount * channels])
        let (hidden, activated) = (hidden[0..<imageCount * squeezed], activated[0..<imageCount * squeezed])
        MatrixProduct.forward(
            hidden, x: means, w: parameters.value("\(reduceName).weight"), rows: imageCount, inputs: channels,
            outputs: squeezed)
        addBias(hidden, parameters.value("\(reduceName).bias"))
        for index in 0..<hidden.count { activated[index] = hidden[index] * Self.sigmoid(hidden[index]) }
        MatrixProduct.forward(
            factors, x: activated, w: parameters.value("\(exciteName).weight"), rows: imageCount,
            inputs: squeezed,
            outputs: channels)
        addBias(factors, parameters.value("\(exciteName).bias"))
        for index in 0..<factors.count { factors[index] = Self.sigmoid(factors[index]) }
    }

    /// From the gradient of the factors to that of the means, in place; adds the gradients of the four parameters.
    func backward(_ gradient: FloatRegion, imageCount: Int) {
        let factors = factors[0..<imageCount * channels]
        let (hidden, activated) = (hidden[0..<imageCount * squeezed], activated[0..<imageCount * squeezed])
        for index in 0..<gradient.count { gradient[index] *= factors[index] * (1 - factors[index]) }
        addColumnSums(gradient, to: parameters.gradient("\(exciteName).bias"))
        MatrixProduct.weightGradient(
            parameters.gradient("\(exciteName).weight"), dy: gradient, x: activated, rows: imageCount,
            inputs: squeezed, outputs: channels)
        let inner = FloatBuffer(count: imageCount * squeezed)
        let dHidden = inner.region
        MatrixProduct.inputGradient(
            dHidden, dy: gradient, w: parameters.value("\(exciteName).weight"), rows: imageCount,
            inputs: squeezed,
            outputs: channels)
        for index in 0..<dHidden.count {
            let s = Self.sigmoid(hidden[index])
            dHidden[index] *= s * (1 + hidden[index] * (1 - s))
        }
        addColumnSums(dHidden, to: parameters.gradient("\(reduceName).bias"))
        MatrixProduct.weightGradient(
            parameters.gradient("\(reduceName).weight"), dy: dHidden, x: means[0..<imageCount * channels],
            rows: imageCount, inputs: channels, outputs: squeezed)
        MatrixProduct.inputGradient(
            gradient, dy: dHidden, w: parameters.value("\(reduceName).weight"), rows: imageCount,
            inputs: channels,
            outputs: squeezed)
    }

    private func addBias(_ values: FloatRegion, _ bias: FloatRegion) {
        for index in 0..<values.count { values[index] += bias[index % bias.count] }
    }

    private func addColumnSums(_ values: FloatRegion, to sums: FloatRegion) {
        for index in 0..<values.count { sums[index % sums.count] += values[index] }
    }

    private static func sigmoid(_ value: Float) -> Float { 1 / (1 + expf(-value)) }
}
