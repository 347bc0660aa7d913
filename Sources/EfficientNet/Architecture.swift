/// One of EfficientNet-B0 to B7: the stage table of B0, scaled in width and depth.
///
/// Source: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019),
/// table 1; the coefficients and the rounding are those of the authors' code (tensorflow/tpu,
/// efficientnet_builder.py), which torchvision, timm and Keras share.
package struct Architecture: Sendable, Hashable {
    /// "b0" … "b7".
    package let name: String
    /// The image side that the authors trained this variant on.
    package let defaultSide: Int
    /// Channels after the stem.
    package let stemChannels: Int
    /// Channels of the pooled features.
    package let featureCount: Int
    /// The MBConv blocks in order.
    package let blocks: [Block]

    /// The last blocks of the stages whose pooled outputs are the middle features.
    ///
    /// The fifth and the sixth of the seven stages (strides 16 and 32): late enough to know bones from noise, early enough
    /// not to have been bent to the classes. Measured in docs/LEARNING.md, "Doubt".
    package let middleBlocks: [Int]

    /// All names, smallest variant first.
    package static let names = ["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7"]

    /// The variant of that name, upper or lower case; nil for any other name.
    package init?(named name: String) {
        guard let index = Self.names.firstIndex(of: name.lowercased()) else { return nil }
        let (width, depth, side) = Self.scaling[index]
        self.name = Self.names[index]
        defaultSide = side
        stemChannels = Self.scaled(32, by: width)
        featureCount = Self.scaled(1280, by: width)
        var blocks: [Block] = []
        var inputChannels = stemChannels
        for (stageIndex, stage) in Self.stages.enumerated() {
            let outputChannels = Self.scaled(stage.outputChannels, by: width)
            let repeatCount = Int((depth * Double(stage.repeatCount)).rounded(.up))
            for blockIndex in 0..<repeatCount {
                blocks.append(
                    Block(
                        stageIndex: stageIndex, blockIndex: blockIndex, kernel: stage.kernel,
                        stride: blockIndex == 0 ? stage.stride : 1, expansion: stage.expansion,
                        inputChannels: inputChannels, outputChannels: outputChannels))
                inputChannels = outputChannels
            }
        }
        self.blocks = blocks
        middleBlocks = Self.middleStages.compactMap { stage in
            blocks.lastIndex { $0.stageIndex == stage }
        }
    }

    /// How many middle features an image has.
    package var middleFeatureCount: Int { middleBlocks.reduce(0) { $0 + blocks[$1].outputChannels } }

    private static let middleStages = 4...5

    /// Channels of the feature map before the head.
    package var trunkChannels: Int { blocks.last?.outputChannels ?? stemChannels }

    /// Side of the feature map for an image side: halved, rounding up, by the stem and four of the stages.
    package func featureSide(imageSide: Int) -> Int {
        blocks.reduce((imageSide + 1) / 2) { side, block in (side + block.stride - 1) / block.stride }
    }

    /// Multiply-adds of one image, without squeeze and excite.
    package func multiplyAddCount(imageSide: Int, classCount: Int) -> Int {
        var side = (imageSide + 1) / 2
        var count = side * side * 27 * stemChannels
        for block in blocks {
            if block.hasExpansion { count += side * side * block.inputChannels * block.expandedChannels }
            side = (side + block.stride - 1) / block.stride
            count +=
                side * side * block.expandedChannels * (block.kernel * block.kernel + block.outputChannels)
        }
        return count + featureCount * (side * side * trunkChannels + classCount)
    }

    /// Width factor, depth factor, side.
    private static let scaling: [(Double, Double, Int)] = [
        (1.0, 1.0, 224), (1.0, 1.1, 240), (1.1, 1.2, 260), (1.2, 1.4, 300), (1.4, 1.8, 380), (1.6, 2.2, 456),
        (1.8, 2.6, 528), (2.0, 3.1, 600),
    ]

    private struct Stage {
        let expansion, kernel, stride, outputChannels, repeatCount: Int
    }

    private static let stages = [
        Stage(expansion: 1, kernel: 3, stride: 1, outputChannels: 16, repeatCount: 1),
        Stage(expansion: 6, kernel: 3, stride: 2, outputChannels: 24, repeatCount: 2),
        Stage(expansion: 6, kernel: 5, stride: 2, outputChannels: 40, repeatCount: 2),
        Stage(expansion: 6, kernel: 3, stride: 2, outputChannels: 80, repeatCount: 3),
        Stage(expansion: 6, kernel: 5, stride: 1, outputChannels: 112, repeatCount: 3),
        Stage(expansion: 6, kernel: 5, stride: 2, outputChannels: 192, repeatCount: 4),
        Stage(expansion: 6, kernel: 3, stride: 1, outputChannels: 320, repeatCount: 1),
    ]

    /// Channels times the width factor, to the nearest multiple of 8, but never more than a tenth below.
    private static func scaled(_ channels: Int, by width: Double) -> Int {
        let exact = Double(channels) * width
        let rounded = max(8, Int(exact + 4) / 8 * 8)
        return Double(rounded) < 0.9 * exact ? rounded + 8 : rounded
    }
}

/// One MBConv block: expand (1×1), depthwise, squeeze and excite, project (1×1), and the input added where it
/// fits.
package struct Block: Sendable, Hashable {
    /// Which of the seven stages, from 0.
    package let stageIndex: Int
    /// Which block of the stage, from 0.
    package let blockIndex: Int
    /// Side of the depthwise window: 3 or 5.
    package let kernel: Int
    /// Step of the depthwise window: 1 or 2.
    package let stride: Int
    /// The factor by which the expansion widens the input; 1 means that there is no expansion.
    package let expansion: Int
    /// Channels in.
    package let inputChannels: Int
    /// Channels out.
    package let outputChannels: Int

    /// Channels that the depthwise convolution works on.
    package var expandedChannels: Int { inputChannels * expansion }
    /// Channels between the two layers of squeeze and excite: a quarter of the block's input, not of the
    /// expansion.
    package var squeezedChannels: Int { max(1, inputChannels / 4) }
    /// Whether a 1×1 convolution comes before the depthwise one.
    package var hasExpansion: Bool { expansion != 1 }
    /// Whether the input is added to the output.
    package var hasSkip: Bool { stride == 1 && inputChannels == outputChannels }
}
