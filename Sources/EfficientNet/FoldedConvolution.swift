internal import Tensor

/// A convolution with its batch normalisation folded in: what inference needs, nothing else.
package struct FoldedConvolution: Sendable {
    /// [outputs][kernel][kernel][inputs]: each row is the patch it is multiplied with.
    package let weight: [Float]
    /// [outputs].
    package let bias: [Float]
}

/// Reads the layers of a network from its weights, checking names, shapes and values on the way.
package struct ParameterReader<Source: ParameterSource> {
    private let source: Source
    private let settings: NetworkSettings

    /// Checks that every tensor of the network is there with its shape, and no other; throws the first
    /// difference.
    ///
    /// A tensor too many is an error as well: B0 fits into a B1 file, and would be a different network.
    package init(_ source: Source, settings: NetworkSettings) throws(EfficientNetError) {
        let parameters = settings.architecture.parameters(
            classCount: settings.classCount, batchNormFolded: settings.batchNormFolded)
        for (name, expected) in parameters {
            guard let found = source.shape(of: name) else { throw .absent(tensor: name) }
            guard found == expected else { throw .shape(tensor: name, expected: expected, found: found) }
        }
        let known = Set(parameters.map(\.name))
        if let foreign = source.names.filter({ !known.contains($0) }).min() {
            throw .unexpected(tensor: foreign, architecture: settings.architecture.name)
        }
        self.source = source
        self.settings = settings
    }

    /// A layer with its normalisation folded in: weight' = weight · scale, bias' = shift, with scale = γ / √(variance + ε)
    /// and shift = β − mean · scale.
    ///
    /// Scale and shift are double, except in PyTorch's lineage: there they are rounded where PyTorch rounds them
    /// (aten/native/cpu/batch_norm_kernel.cpp). They are the same for all pixels, so their errors do not average out, and
    /// PyTorch's answer is only met with PyTorch's scale. Products are double and rounded once.
    ///
    /// - Parameters:
    ///   - weightFactor: what the weights are multiplied by beyond that.
    ///   - biasFactor: the same for the bias.
    package func convolution(
        _ layer: ConvolutionLayer, weightFactor: Double = 1, biasFactor: Double = 1
    ) throws(EfficientNetError) -> FoldedConvolution {
        let weight = try floats("\(layer.name).weight")
        guard let normalisation = layer.normalisation, !settings.batchNormFolded else {
            let scale = [Double](repeating: weightFactor, count: layer.outputs)
            let bias = try floats("\(layer.name).bias").map { Float(Double($0) * biasFactor) }
            return FoldedConvolution(weight: layer.rearranged(weight, scale: scale), bias: bias)
        }
        let gamma = try floats("\(normalisation).weight")
        let beta = try floats("\(normalisation).bias")
        let mean = try floats("\(normalisation).running_mean")
        let variance = try floats("\(normalisation).running_var")
        var scale = [Double](repeating: 0, count: layer.outputs)
        var bias = [Float](repeating: 0, count: layer.outputs)
        for output in 0..<layer.outputs {
            let spread = Double(variance[output]) + settings.batchNormEpsilon
            guard spread > 0 else { throw .invalidValues(tensor: "\(normalisation).running_var") }
            var factor = Double(gamma[output]) / spread.squareRoot()
            var shift = Double(beta[output]) - Double(mean[output]) * factor
            if settings.padding == .symmetric {
                let rounded = gamma[output] * (1 / Float(spread).squareRoot())
                factor = Double(rounded)
                shift = Double(beta[output] - mean[output] * rounded)
            }
            scale[output] = factor * weightFactor
            bias[output] = Float(shift * biasFactor)
        }
        return FoldedConvolution(weight: layer.rearranged(weight, scale: scale), bias: bias)
    }

    /// The classifier: weight [classes][features] and bias [classes].
    package func classifier() throws(EfficientNetError) -> FoldedConvolution {
        FoldedConvolution(
            weight: try floats(Architecture.classifierWeight), bias: try floats(Architecture.classifierBias))
    }

    /// The elements of a tensor; throws where one is not finite.
    func floats(_ name: String) throws(EfficientNetError) -> [Float] {
        let values: [Float]
        do throws(TensorError) { values = try source.floats(name) } catch { throw .file(error) }
        guard values.areFinite else { throw .invalidValues(tensor: name) }
        return values
    }
}

extension ConvolutionLayer {
    /// From [outputs][inputs][kernel][kernel] to [outputs][kernel][kernel][inputs], each output times its
    /// scale.
    fileprivate func rearranged(_ weight: [Float], scale: [Double]) -> [Float] {
        let taps = kernel * kernel
        return unsafe [Float](unsafeUninitializedCapacity: weight.count) { result, count in
            count = weight.count
            for output in 0..<outputs {
                let factor = scale[output]
                let start = output * inputs * taps
                for tap in 0..<taps {
                    for input in 0..<inputs {
                        unsafe result[start + tap * inputs + input] = Float(
                            Double(weight[start + input * taps + tap]) * factor)
                    }
                }
            }
        }
    }
}

extension [Float] {
    /// Whether no element is an infinity or NaN.
    package var areFinite: Bool {
        // Exponent bits all set means infinity or NaN. A maximum of integers, unlike a sum of floats, may be
        // reordered by the compiler, so this runs at the speed of memory.
        var largest: UInt32 = 0
        for value in self { largest = Swift.max(largest, value.bitPattern & 0x7FFF_FFFF) }
        return largest < 0x7F80_0000
    }
}
