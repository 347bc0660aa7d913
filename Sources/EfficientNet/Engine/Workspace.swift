internal import Tensor

/// The memory that one image needs on its way through the network, and the scratch memory of each thread that works on it.
///
/// Allocated once, for the largest block. A value of this type is used by one image at a time.
@safe final class Workspace {
    /// Input and output of blocks, taking turns: [pixels][channels].
    let maps: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
    /// The expanded tensor after the depthwise convolution: [blocks][pixels][width].
    let expanded: UnsafeMutablePointer<Float>
    /// Contributions to the first layer of squeeze and excite, one row for each task of the expansion.
    let contributions: UnsafeMutablePointer<Float>
    /// The scale of each expanded channel.
    let scales: UnsafeMutablePointer<Float>
    /// The projection's weights times the scales.
    let scaledWeights: UnsafeMutablePointer<Float>
    /// Contributions to a class activation map, one for each of its tasks.
    let mapParts: UnsafeMutablePointer<Float>
    private let arena: AlignedFloats
    private let scratchStart: Int
    private let scratchCount: Int

    /// Floats of one row of contributions: more than any first layer of squeeze and excite has outputs.
    let contributionStride: Int

    /// Scratch memory of one thread.
    func scratch(worker: Int) -> UnsafeMutablePointer<Float> {
        unsafe arena.baseAddress + scratchStart + worker * scratchCount
    }

    init(blocks: [PackedBlock], featureSide: Int, workerCount: Int, mapTaskCount: Int) {
        func most(_ size: (PackedBlock) -> Int) -> Int {
            PackedWeights.roundedUp(blocks.map(size).max() ?? 0)
        }
        let mapCount = most { block in
            // The first block's input is the image itself; the others' is the output before them.
            max(
                block.stem == nil
                    ? block.window.inputSide * block.window.inputSide * block.block.inputChannels : 0,
                block.pixelCount * block.block.outputChannels)
        }
        let expandedCount = most { $0.pixelCount * $0.block.expandedChannels }
        contributionStride = most { $0.reduce.panels.count }
        let contributionCount = contributionStride * (blocks.map(\.contributionCount).max() ?? 0)
        let scaleCount = most { $0.block.expandedChannels }
        let weightCount = most { $0.scalesWeights ? $0.project.panels.count * $0.project.inputCount : 0 }
        let pixelCount = PackedWeights.roundedUp(featureSide * featureSide)
        let mapPartCount = pixelCount * mapTaskCount
        let fusedCount = most {
            $0.sumCount + ExpandDepthwise.scratchCount(window: $0.window, stem: $0.stem, width: $0.width)
        }
        // Two rows of contributions for the squeezed vector; a panel's features for the head, and a class's weights of them.
        scratchCount = PackedWeights.roundedUp(
            max(
                fusedCount, 2 * contributionStride,
                (pixelCount + 1) * Kernels.widthMax))
        let counts = [
            mapCount, mapCount, expandedCount, contributionCount, scaleCount, weightCount, mapPartCount,
        ]
        var starts: [Int] = []
        var total = 0
        for count in counts {
            starts.append(total)
            total += PackedWeights.roundedUp(count)
        }
        scratchStart = total
        arena = AlignedFloats(count: total + scratchCount * workerCount)
        let base = unsafe arena.baseAddress
        unsafe maps = (base + starts[0], base + starts[1])
        unsafe expanded = base + starts[2]
        unsafe contributions = base + starts[3]
        unsafe scales = base + starts[4]
        unsafe scaledWeights = base + starts[5]
        unsafe mapParts = base + starts[6]
    }
}
