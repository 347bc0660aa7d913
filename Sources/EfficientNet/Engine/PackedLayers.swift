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

    /// Packs a folded convolution; weight and bias are multiplied by their factors before they are rounded.
    init(
        _ layer: FoldedConvolution, panels: Panels, weightScale: Double = 1, biasScale: Double = 1,
        into weights: PackedWeights
    ) {
        let outputCount = layer.bias.count
        inputCount = layer.weight.count / outputCount
        self.panels = panels
        weight = weights.pack(
            layer.weight, panels: panels, outputCount: outputCount, rowStride: inputCount,
            columns: 0..<inputCount, scale: weightScale)
        bias = weights.pack(bias: layer.bias, scale: biasScale)
    }
}

/// One MBConv block, packed, and how its work is cut.
///
/// The cut depends on the architecture and the side alone, never on threads: each channel's sum for squeeze and excite is
/// added up band by band, and the order of additions must not change.
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
    /// Tasks of the expansion.
    var expandTaskCount: Int { blockCount * bandCount }
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
    /// Tasks that a phase should have at least, so that threads can share them evenly.
    private static let tasksWanted = 10
    /// Output rows of a band at least: each band makes the window's overlap anew.
    private static let bandRowsMin = 4

    /// Rows of one band.
    func rows(band: Int) -> Range<Int> {
        window.outputSide * band / bandCount..<window.outputSide * (band + 1) / bandCount
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
            1, min((Self.tasksWanted + blockCount - 1) / blockCount, window.outputSide / Self.bandRowsMin))
        let blocks = Panels(channelCount: block.expandedChannels, width: width)
        if let layer {
            expand = PackedProduct(layer.0, panels: blocks, weightScale: c, biasScale: c, into: weights)
        } else if let layer = layers.expand {
            expand = PackedProduct(
                try reader.convolution(layer), panels: blocks, weightScale: c, biasScale: c, into: weights)
        } else {
            expand = nil
        }
        // What comes out of a SiLU is c times too large already; what comes straight from the block's input is not.
        let depthwise = try reader.convolution(layers.depthwise)
        self.depthwise = (
            weights.pack(
                depthwise: depthwise.weight, channelCount: block.expandedChannels, width: width,
                scale: expand == nil ? c : 1),
            weights.pack(bias: depthwise.bias, scale: c)
        )
        // The sums over the pixels are c times too large, as the argument of the next SiLU must be.
        let reduce = try reader.convolution(layers.reduce)
        let panels = Panels(channelCount: block.squeezedChannels, widths: widths)
        let width = width
        let pixelCount = window.outputSide * window.outputSide
        self.reduce = (
            panels,
            (0..<blockCount).map { index in
                weights.pack(
                    reduce.weight, panels: panels, outputCount: block.squeezedChannels,
                    rowStride: block.expandedChannels, columns: index * width..<(index + 1) * width,
                    scale: 1 / Double(pixelCount))
            }, weights.pack(bias: reduce.bias, scale: c)
        )
        excite = PackedProduct(
            try reader.convolution(layers.excite), panels: blocks, biasScale: c, into: weights)
        project = PackedProduct(
            try reader.convolution(layers.project),
            panels: Panels(channelCount: block.outputChannels, widths: widths), weightScale: 1 / c,
            into: weights)
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
