/// What a network expects to have been done to pixel values 0…255: (x · scale − mean) / standardDeviation per
/// channel.
package struct InputNormalisation: Sendable, Equatable {
    /// Factor before the mean is taken off.
    package let scale: Double
    /// Three means, red, green, blue.
    package let mean: [Double]
    /// Three deviations, red, green, blue.
    package let standardDeviation: [Double]

    /// A normalisation as given.
    package init(scale: Double, mean: [Double], standardDeviation: [Double]) {
        precondition(mean.count == 3 && standardDeviation.count == 3)
        self.scale = scale
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// What torchvision's and timm's EfficientNets were trained with: ImageNet's means and deviations.
    package static let imageNet = InputNormalisation(
        scale: 1 / 255, mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

    /// Applies it to pixels [..., 3] in place, in single precision and with the roundings of the peers of a lineage: PyTorch's
    /// transformations divide by 255, Keras multiplies by the rounded 1/255, which is another number for every pixel.
    package func apply(to pixels: inout [Float], padding: Padding) {
        let factor = padding == .same ? Float(scale) : 1
        let divisor = padding == .same ? 1 : Float(1 / scale)
        let mean = mean.map(Float.init)
        let deviation = standardDeviation.map(Float.init)
        for index in pixels.indices {
            let channel = index % 3
            pixels[index] = (pixels[index] * factor / divisor - mean[channel]) / deviation[channel]
        }
    }
}

/// y = factor · x + offset per channel: the layers between the pixels and the first convolution, composed.
struct ChannelwiseAffine {
    private(set) var factor: [Double] = [1, 1, 1]
    private(set) var offset: [Double] = [0, 0, 0]

    /// Follows it with y = factor · x + offset.
    mutating func append(factor: [Double], offset: [Double]) {
        for channel in 0..<3 {
            self.factor[channel] *= factor[channel]
            self.offset[channel] = self.offset[channel] * factor[channel] + offset[channel]
        }
    }

    /// The same as a normalisation of pixels scaled by 1/255; nil when a factor is not positive.
    var normalisation: InputNormalisation? {
        guard factor.allSatisfy({ $0 > 0 && $0.isFinite }), offset.allSatisfy(\.isFinite) else { return nil }
        let scale = 1.0 / 255
        let deviation = factor.map { scale / $0 }
        let mean = zip(offset, deviation).map { -$0 * $1 }
        return InputNormalisation(scale: scale, mean: mean, standardDeviation: deviation)
    }
}
