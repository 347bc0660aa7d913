package import Tensor

/// A convolution and the batch normalisation after it, by the names they have in a weights file of ours.
///
/// The names are those of timm, which most weights carry: `conv_stem`, `bn1`,
/// `blocks.<stage>.<block>.conv_pw` …
package struct ConvolutionLayer: Sendable, Hashable {
    /// Without `.weight`.
    package let name: String
    /// The batch normalisation, without `.weight`; nil where there is none (squeeze and excite).
    package let normalisation: String?
    /// Channels out.
    package let outputs: Int
    /// Channels in, per group: 1 for a depthwise convolution.
    package let inputs: Int
    /// Side of the window.
    package let kernel: Int

    /// Shape of the weight: outputs, inputs, height, width.
    package var weightShape: Shape { [outputs, inputs, kernel, kernel] }

    /// The tensors of this layer, with their shapes.
    package func parameters(batchNormFolded: Bool) -> [(name: String, shape: Shape)] {
        let weight = (name: "\(name).weight", shape: weightShape)
        guard let normalisation, !batchNormFolded else { return [weight, ("\(name).bias", [outputs])] }
        return [weight]
            + ["weight", "bias", "running_mean", "running_var"].map { ("\(normalisation).\($0)", [outputs]) }
    }
}

/// The convolutions of one MBConv block.
package struct BlockLayers: Sendable, Hashable {
    /// 1×1, where the block has an expansion.
    package let expand: ConvolutionLayer?
    /// Depthwise.
    package let depthwise: ConvolutionLayer
    /// First layer of squeeze and excite.
    package let reduce: ConvolutionLayer
    /// Second layer of squeeze and excite.
    package let excite: ConvolutionLayer
    /// 1×1.
    package let project: ConvolutionLayer

    /// All of them in the order of computation.
    package var all: [ConvolutionLayer] { [expand, depthwise, reduce, excite, project].compactMap(\.self) }

    init(_ block: Block) {
        let prefix = "blocks.\(block.stageIndex).\(block.blockIndex)"
        let wide = block.expandedChannels
        func layer(_ name: String, _ norm: String?, _ outputs: Int, _ inputs: Int, _ kernel: Int)
            -> ConvolutionLayer
        {
            ConvolutionLayer(
                name: "\(prefix).\(name)", normalisation: norm.map { "\(prefix).\($0)" }, outputs: outputs,
                inputs: inputs, kernel: kernel)
        }
        // timm calls the projection conv_pw, and counts its norms from bn1, where a block has no expansion.
        let hasExpansion = block.hasExpansion
        expand = hasExpansion ? layer("conv_pw", "bn1", wide, block.inputChannels, 1) : nil
        depthwise = layer("conv_dw", hasExpansion ? "bn2" : "bn1", wide, 1, block.kernel)
        reduce = layer("se.conv_reduce", nil, block.squeezedChannels, wide, 1)
        excite = layer("se.conv_expand", nil, wide, block.squeezedChannels, 1)
        project = layer(
            hasExpansion ? "conv_pwl" : "conv_pw", hasExpansion ? "bn3" : "bn2", block.outputChannels, wide, 1
        )
    }
}

extension Architecture {
    /// The first convolution: 3×3, stride 2.
    package var stem: ConvolutionLayer {
        ConvolutionLayer(name: "conv_stem", normalisation: "bn1", outputs: stemChannels, inputs: 3, kernel: 3)
    }

    /// The last convolution: 1×1, before pooling.
    package var head: ConvolutionLayer {
        ConvolutionLayer(
            name: "conv_head", normalisation: "bn2", outputs: featureCount, inputs: trunkChannels, kernel: 1)
    }

    /// Every tensor of a network, with its shape, in the order of computation.
    package func parameters(classCount: Int, batchNormFolded: Bool) -> [(name: String, shape: Shape)] {
        let layers = [stem] + blocks.flatMap { BlockLayers($0).all } + [head]
        let convolutions = layers.flatMap { $0.parameters(batchNormFolded: batchNormFolded) }
        return convolutions
            + [(name: Self.classifierWeight, shape: Shape([classCount, featureCount]))]
            + [(name: Self.classifierBias, shape: Shape([classCount]))]
    }

    /// Name of the classifier's matrix, [classes, features].
    package static let classifierWeight = "classifier.weight"
    /// Name of the classifier's bias, [classes].
    package static let classifierBias = "classifier.bias"
}
