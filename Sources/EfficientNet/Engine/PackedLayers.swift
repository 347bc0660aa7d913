internal import Tensor

/// A matrix product whose weights lie in panels.
struct PackedProduct: Sendable {
    /// How the outputs are cut.
    let panels: Panels
    /// Values of the sum.
    let inputCount: Int
    /// Place of the panels.
    let weight: Int
    /// Place of the bias.
    let bias: Int

    /// Place of one panel.
    func weight(of panel: Panels.Panel) -> Int { weight + panel.first * inputCount }

    /// Floats of the arena for a product of this size.
    static func floatCount(outputs: Int, inputs: Int) -> Int {
        let count = (outputs + 7) / 8 * 8
        return PackedWeights.roundedUp(count * inputs) + PackedWeights.roundedUp(count)
    }

    /// Packs a folded convolution.
    init(_ layer: FoldedConvolution, panels: Panels, into weights: PackedWeights) {
        let outputCount = layer.bias.count
        inputCount = layer.weight.count / outputCount
        self.panels = panels
        weight = weights.pack(
            layer.weight, panels: panels, outputCount: outputCount, rowStride: inputCount,
            columns: 0..<inputCount)
        bias = weights.pack(vector: layer.bias)
    }
}

/// One MBConv block, packed, and how its work is cut.
///
/// Blocks of channels and bands of rows depend on the architecture, the side and the kernels alone, never on threads: each
/// channel's sum for squeeze and excite is added up band by band, and the order of additions must not change. How many
/// neighbouring bands make a task depends on the threads: each task makes the window's overlap anew.
struct PackedBlock: Sendable {
    /// What the block is.
    let block: Block
    /// Window of the depthwise convolution.
    let window: Window
    /// Window of the stem, where this is the first block.
    let stem: Window?
    /// Channels of a block of the expanded tensor: one of the kernels' widths.
    let width: Int
    /// Blocks of the expanded tensor.
    let blockCount: Int
    /// Bands of rows into which each of them is cut.
    let bandCount: Int
    /// The expansion, or the stem; nil where the input goes straight into the depthwise convolution.
    let expand: PackedProduct?
    /// Places of the depthwise weights and biases.
    let depthwise: (weight: Int, bias: Int)
    /// First layer of squeeze and excite: for each block of channels a product of its own, [blockCount] places.
    let reduce: (panels: Panels, weights: [Int], bias: Int)
    /// Second layer of squeeze and excite, its panels the blocks.
    let excite: PackedProduct
    /// The projection.
    let project: PackedProduct

    /// Pixels of the output.
    var pixelCount: Int { window.outputSide * window.outputSide }
    /// Contributions to squeeze and excite.
    var contributionCount: Int { blockCount * bandCount }
    /// Floats of the sums of one block of channels.
    var sumCount: Int { PackedWeights.roundedUp(bandCount * width) }
    /// Tasks of squeeze and excite.
    var exciteTaskCount: Int { min(blockCount, Self.exciteTasksMax) }
    /// Whether the scale goes into a copy of the projection's weights instead of the activations: on large maps there are
    /// fewer weights.
    var scalesWeights: Bool { pixelCount >= Self.pixelsToScaleWeights }
    /// Pixels of one task of the projection on large maps: its input stays in the L1 or L2 cache while the panels pass.
    var stripPixels: Int { max(24, Self.stripFloats / block.expandedChannels / 24 * 24) }
    /// Tasks of the projection.
    var projectTaskCount: Int {
        scalesWeights ? (pixelCount + stripPixels - 1) / stripPixels : project.panels.list.count
    }

    private static let exciteTasksMax = 8
    private static let pixelsToScaleWeights = 200
    private static let stripFloats = 16_384
    /// Contributions that a block should have at least, so that many threads can share them.
    private static let contributionsWanted = 16
    /// Output rows of a band at least.
    private static let bandRowsMin = 4

    /// Into how many tasks each block of channels is cut: as few as give every thread two, and the last ones something to
    /// do when their number does not divide.
    func groupCount(threadCount: Int) -> Int {
        guard threadCount > 1 else { return 1 }
        return (1...bandCount).first { count in
            let taskCount = blockCount * count
            return taskCount >= 4 * threadCount
                || (taskCount >= 2 * threadCount && taskCount.isMultiple(of: threadCount))
        } ?? bandCount
    }

    /// Bands of one task of a block of channels.
    func bands(group: Int, of groupCount: Int) -> Range<Int> {
        bandCount * group / groupCount..<bandCount * (group + 1) / groupCount
    }

    init<Source: ParameterSource>(
        _ block: Block, stem layer: (FoldedConvolution, Window)?, inputSide: Int, settings: NetworkSettings,
        reader: ParameterReader<Source>, widths: [Int], into weights: PackedWeights
    ) throws(EfficientNetError) {
        let c = Kernels.siluScale
        let layers = BlockLayers(block)
        self.block = block
        window = settings.window(kernel: block.kernel, stride: block.stride, inputSide: inputSide)
        stem = layer?.1
        width = Panels.blockWidth(block.expandedChannels, widths: widths)
        blockCount = block.expandedChannels / width
        bandCount = max(
            1,
            min(
                (Self.contributionsWanted + blockCount - 1) / blockCount,
                window.outputSide / Self.bandRowsMin))
        let blocks = Panels(channelCount: block.expandedChannels, width: width)
        if let layer {
            expand = PackedProduct(layer.0, panels: blocks, into: weights)
        } else if let layer = layers.expand {
            expand = PackedProduct(
                try reader.convolution(layer, weightFactor: c, biasFactor: c), panels: blocks, into: weights)
        } else {
            expand = nil
        }
        // What comes out of a SiLU is c times too large already; what comes straight from the block's input is not.
        let depthwise = try reader.convolution(
            layers.depthwise, weightFactor: expand == nil ? c : 1, biasFactor: c)
        self.depthwise = (
            weights.pack(
                depthwise: depthwise.weight, channelCount: block.expandedChannels, width: width),
            weights.pack(vector: depthwise.bias)
        )
        // The sums over the pixels are c times too large, as the argument of the next SiLU must be.
        let pixelCount = window.outputSide * window.outputSide
        let reduce = try reader.convolution(
            layers.reduce, weightFactor: 1 / Double(pixelCount), biasFactor: c)
        let panels = Panels(channelCount: block.squeezedChannels, widths: widths)
        let width = width
        self.reduce = (
            panels,
            (0..<blockCount).map { index in
                weights.pack(
                    reduce.weight, panels: panels, outputCount: block.squeezedChannels,
                    rowStride: block.expandedChannels, columns: index * width..<(index + 1) * width)
            }, weights.pack(vector: reduce.bias)
        )
        excite = PackedProduct(
            try reader.convolution(layers.excite, biasFactor: c), panels: blocks, into: weights)
        project = PackedProduct(
            try reader.convolution(layers.project, weightFactor: 1 / c),
            panels: Panels(channelCount: block.outputChannels, widths: widths), into: weights)
    }

    /// Floats of the arena that a block takes.
    static func floatCount(_ block: Block, isFirst: Bool, widths: [Int]) -> Int {
        let (wide, squeezed) = (block.expandedChannels, block.squeezedChannels)
        let width = Panels.blockWidth(wide, widths: widths)
        var count = 0
        if isFirst { count += PackedProduct.floatCount(outputs: wide, inputs: 27) }
        if block.hasExpansion {
            count += PackedProduct.floatCount(outputs: wide, inputs: block.inputChannels)
        }
        count += PackedWeights.roundedUp(wide * block.kernel * block.kernel) + PackedWeights.roundedUp(wide)
        let panelCount = (squeezed + 7) / 8 * 8
        count +=
            wide / width * PackedWeights.roundedUp(panelCount * width) + PackedWeights.roundedUp(panelCount)
        count += PackedProduct.floatCount(outputs: wide, inputs: squeezed)
        return count + PackedProduct.floatCount(outputs: block.outputChannels, inputs: wide)
    }
}
