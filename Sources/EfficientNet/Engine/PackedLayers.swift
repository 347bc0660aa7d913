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
    /// What each block of channels takes up to squeeze and excite.
    let expansions: [ExpansionWeights]
    /// First layer of squeeze and excite, whose weights lie among `expansions`: its outputs, and where their bias is.
    let reduce: (panels: Panels, bias: Int)
    /// Second layer of squeeze and excite, its panels the blocks.
    let excite: PackedProduct
    /// The projection.
    let project: PackedProduct
    /// The blocks of channels that the projection of small maps takes at a time.
    let projectPieces: [Range<Int>]

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

    /// Values of the sum that the projection of small maps takes at a time, so that the panel stays in the L1 cache.
    private static let pieceFloats = 288
    private static let exciteTasksMax = 8
    private static let pixelsToScaleWeights = 200
    private static let stripFloats = 16_384
    /// Contributions that a block should have at least, so that many threads can share them.
    private static let contributionsWanted = 16
    /// Output rows of a band at least.
    private static let bandRowsMin = 4

    /// How the expansion is shared by some threads.
    func expansionTasks(threadCount: Int) -> ExpansionTasks {
        ExpansionTasks(blockCount: blockCount, bandCount: bandCount, threadCount: threadCount)
    }

    /// Blocks of channels of one task of squeeze and excite.
    func exciteBlocks(task: Int) -> Range<Int> {
        blockCount * task / exciteTaskCount..<blockCount * (task + 1) / exciteTaskCount
    }

    /// Places of a panel's weights of the projection for some blocks of channels.
    func projectWeights(panel: Panels.Panel, blocks: Range<Int>) -> Range<Int> {
        let place = project.weight(of: panel)
        return place + blocks.lowerBound * width * panel.width..<place + blocks.upperBound * width
            * panel.width
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
        var expand = layer?.0
        if let layer = layers.expand {
            expand = try reader.convolution(layer, weightFactor: c, biasFactor: c)
        }
        // What comes out of a SiLU is c times too large already; what comes straight from the block's input is not.
        let depthwise = try reader.convolution(
            layers.depthwise, weightFactor: expand == nil ? c : 1, biasFactor: c)
        // The sums over the pixels are c times too large, as the argument of the next SiLU must be.
        let pixelCount = window.outputSide * window.outputSide
        let reduce = try reader.convolution(
            layers.reduce, weightFactor: 1 / Double(pixelCount), biasFactor: c)
        let panels = Panels(channelCount: block.squeezedChannels, widths: widths)
        let blocks = Panels(channelCount: block.expandedChannels, width: width)
        expansions = blocks.list.map { panel in
            ExpansionWeights(
                channels: panel.first..<panel.first + panel.width, expand: expand, depthwise: depthwise,
                reduce: reduce, panels: panels, into: weights)
        }
        self.reduce = (panels, weights.pack(vector: reduce.bias))
        excite = PackedProduct(
            try reader.convolution(layers.excite, biasFactor: c), panels: blocks, into: weights)
        project = PackedProduct(
            try reader.convolution(layers.project, weightFactor: 1 / c),
            panels: Panels(channelCount: block.outputChannels, widths: widths), into: weights)
        let pieceCount = max(1, (block.expandedChannels + Self.pieceFloats - 1) / Self.pieceFloats)
        let blockCount = blockCount
        projectPieces = (0..<pieceCount).map { piece in
            blockCount * piece / pieceCount..<blockCount * (piece + 1) / pieceCount
        }
    }

    /// Floats of the arena that a block takes.
    static func floatCount(_ block: Block, isFirst: Bool, widths: [Int]) -> Int {
        let (wide, squeezed) = (block.expandedChannels, block.squeezedChannels)
        let width = Panels.blockWidth(wide, widths: widths)
        let panelCount = (squeezed + 7) / 8 * 8
        let inputCount = isFirst ? 27 : block.hasExpansion ? block.inputChannels : nil
        var count =
            wide / width
            * ExpansionWeights.floatCount(
                width: width, inputCount: inputCount, tapCount: block.kernel * block.kernel,
                squeezedCount: panelCount) + PackedWeights.roundedUp(panelCount)
        count += PackedProduct.floatCount(outputs: wide, inputs: squeezed)
        return count + PackedProduct.floatCount(outputs: block.outputChannels, inputs: wide)
    }
}
