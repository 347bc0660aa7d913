internal import Tensor

/// A network's packed weights and its phases: all that is decided once, at load.
struct PackedPlan: Sendable {
    /// One phase: tasks that may run in any order, after all of the phase before.
    enum Phase: Sendable {
        /// Expansion and depthwise convolution of a block.
        case expand(Int)
        /// Squeeze and excite, and the scaling.
        case excite(Int)
        /// Projection, with the residual.
        case project(Int)
        /// Last convolution and pooling.
        case head
    }

    let weights: PackedWeights
    let blocks: [PackedBlock]
    let head: PackedProduct
    let classifier: PackedProduct
    let phases: [Phase]
    let featureSide: Int
    let featureCount: Int
    /// Where the means of a block's output stand among the middle features; nil of other blocks.
    let middlePlaces: [Int?]
    /// How many middle features there are.
    let middleCount: Int

    /// Into how many parts the work of a class activation map is cut.
    static let mapTaskCount = 8

    init<Source: ParameterSource>(
        reader: ParameterReader<Source>, settings: NetworkSettings, widths: [Int]
    ) throws(EfficientNetError) {
        let architecture = settings.architecture
        let weights = PackedWeights(capacity: Self.floatCount(settings, widths: widths))
        let c = Kernels.siluScale
        let stemWindow = settings.window(kernel: 3, stride: 2, inputSide: settings.side)
        var stem: (FoldedConvolution, Window)? = (
            try reader.convolution(architecture.stem, weightFactor: c, biasFactor: c), stemWindow
        )
        var side = stemWindow.outputSide
        var blocks: [PackedBlock] = []
        var phases: [Phase] = []
        for (index, block) in architecture.blocks.enumerated() {
            let packed = try PackedBlock(
                block, stem: stem, inputSide: side, settings: settings, reader: reader, widths: widths,
                into: weights)
            stem = nil
            side = packed.window.outputSide
            blocks.append(packed)
            phases += [.expand(index), .excite(index), .project(index)]
        }
        head = PackedProduct(
            try reader.convolution(architecture.head, weightFactor: c, biasFactor: c),
            panels: Panels(channelCount: architecture.featureCount, widths: widths), into: weights)
        phases.append(.head)
        classifier = PackedProduct(
            try reader.classifier(), panels: Panels(channelCount: settings.classCount, widths: widths),
            into: weights)
        self.weights = weights
        self.blocks = blocks
        self.phases = phases
        featureSide = side
        featureCount = architecture.featureCount
        var places = [Int?](repeating: nil, count: blocks.count)
        var middleCount = 0
        for index in architecture.middleBlocks {
            places[index] = middleCount
            middleCount += architecture.blocks[index].outputChannels
        }
        (middlePlaces, self.middleCount) = (places, middleCount)
    }

    /// A phase in words: what it does, in which block, on which map.
    func name(of phase: Phase) -> String {
        switch phase {
        case .expand(let index): "expand \(describe(index))"
        case .excite(let index): "excite \(describe(index))"
        case .project(let index): "project \(describe(index))"
        case .head: "head"
        }
    }

    private func describe(_ index: Int) -> String {
        let block = blocks[index]
        return "\(block.block.stageIndex).\(block.block.blockIndex) \(block.window.outputSide)²"
    }

    /// Floats of the arena.
    private static func floatCount(_ settings: NetworkSettings, widths: [Int]) -> Int {
        let architecture = settings.architecture
        var count = 0
        for (index, block) in architecture.blocks.enumerated() {
            count += PackedBlock.floatCount(block, isFirst: index == 0, widths: widths)
        }
        count += PackedProduct.floatCount(
            outputs: architecture.featureCount, inputs: architecture.trunkChannels)
        return count
            + PackedProduct.floatCount(outputs: settings.classCount, inputs: architecture.featureCount)
    }
}
