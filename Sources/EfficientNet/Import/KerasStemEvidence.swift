internal import Tensor

/// What the first batch normalisation remembers of the pixels that the network was trained on.
///
/// A Keras Normalization layer applies its mean and variance only once they are *finalised*: by `adapt`, or
/// by loading. Set by `set_weights`, as scripts do, they are saved but were never applied: the network was
/// trained without them, and its batch normalisation statistics say so.
/// (keras.layers.Normalization.finalize_state, Keras 3.15.) Loading such a file in Keras applies them for the
/// first time and gives nonsense.
struct KerasStemEvidence {
    /// Sum over the taps of the first convolution, [outputs][3].
    private let gains: [[Double]]
    private let mean: [Double]
    private let variance: [Double]

    /// Mean and deviation of pixel values 0…255 that a photograph or a radiograph may have; only orders of
    /// magnitude matter.
    private static let (pixelMean, pixelDeviation) = (127.5, 64.0)
    /// How many times better the other reading must explain the means.
    private static let decisiveRatio = 10.0

    /// Nil when the stem's tensors are absent or of another shape, which the import itself will report.
    init?(_ body: [String: KerasLayer], file: KerasFile) throws(EfficientNetError) {
        guard let convolution = body["stem_conv"], let norm = body["stem_bn"],
            let kernel = try file.variable("kernel", of: convolution), kernel.shape.extents.count == 4,
            kernel.shape.extents[2] == 3,
            let mean = try file.variable("moving_mean", of: norm)?.values,
            let variance = try file.variable("moving_variance", of: norm)?.values,
            mean.count == kernel.shape.extents[3], variance.count == mean.count
        else { return nil }
        let taps = kernel.shape.extents[0] * kernel.shape.extents[1]
        let outputs = mean.count
        gains = (0..<outputs).map { output in
            (0..<3).map { channel in
                (0..<taps).reduce(0.0) { $0 + Double(kernel.values[($1 * 3 + channel) * outputs + output]) }
            }
        }
        self.mean = mean.map(Double.init)
        self.variance = variance.map(Double.init)
    }

    /// Whether the statistics fit pixels scaled by `other` decisively better, in mean and in spread, than by
    /// `loaded`.
    func speaks(for other: ChannelwiseAffine, against loaded: ChannelwiseAffine) -> Bool {
        let isMeanDecisive = meanResidual(other) * Self.decisiveRatio < meanResidual(loaded)
        return isMeanDecisive && spreadError(other) < spreadError(loaded)
    }

    /// Σ (mean − predicted mean)² / variance over the outputs.
    private func meanResidual(_ affine: ChannelwiseAffine) -> Double {
        let pixel = (0..<3).map { affine.factor[$0] * Self.pixelMean + affine.offset[$0] }
        return gains.indices.reduce(0.0) { sum, output in
            let predicted = zip(gains[output], pixel).reduce(0.0) { $0 + $1.0 * $1.1 }
            return sum + (mean[output] - predicted) * (mean[output] - predicted)
                / max(variance[output], 1e-12)
        }
    }

    /// How many times the remembered spread is off the one of smooth grey images, as the logarithm of the
    /// total ratio.
    private func spreadError(_ affine: ChannelwiseAffine) -> Double {
        let predicted = gains.reduce(0.0) { sum, gain in
            let deviation = zip(gain, affine.factor).reduce(0.0) { $0 + $1.0 * $1.1 * Self.pixelDeviation }
            return sum + deviation * deviation
        }
        let ratio = variance.reduce(0, +) / max(predicted, 1e-12)
        return max(ratio, 1 / max(ratio, 1e-300))
    }
}
