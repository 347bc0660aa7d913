internal import Tensor

/// Where the weights lie that one block of channels takes for its expansion, its depthwise convolution and its share of
/// squeeze and excite.
///
/// They lie one after the other, so that the next block's can be asked for in one go while this one's are at work.
struct ExpansionWeights: Sendable {
    /// Expansion or stem: [inputs][width]; nil where the input goes straight into the depthwise convolution.
    let expand: Int?
    /// [width]; nil as above.
    let expandBias: Int?
    /// [taps][width].
    let depthwise: Int
    /// [width].
    let depthwiseBias: Int
    /// First layer of squeeze and excite for these channels, in panels.
    let reduce: Int
    /// All of it.
    let stretch: Range<Int>

    /// Packs the channels of one block.
    ///
    /// - Parameters:
    ///   - reduce: the whole first layer of squeeze and excite, `panels` its outputs.
    init(
        channels: Range<Int>, expand: FoldedConvolution?, depthwise: FoldedConvolution,
        reduce: FoldedConvolution, panels: Panels, into weights: PackedWeights
    ) {
        let width = channels.count
        let start = weights.end
        if let expand {
            let inputCount = expand.weight.count / expand.bias.count
            self.expand = weights.pack(
                Self.rows(channels, of: expand.weight, rowCount: expand.bias.count),
                panels: Panels(channelCount: width, width: width), outputCount: width, rowStride: inputCount,
                columns: 0..<inputCount)
            expandBias = weights.pack(vector: Array(expand.bias[channels]))
        } else {
            (self.expand, expandBias) = (nil, nil)
        }
        self.depthwise = weights.pack(
            depthwise: Self.rows(channels, of: depthwise.weight, rowCount: depthwise.bias.count),
            channelCount: width, width: width)
        depthwiseBias = weights.pack(vector: Array(depthwise.bias[channels]))
        self.reduce = weights.pack(
            reduce.weight, panels: panels, outputCount: reduce.bias.count, rowStride: depthwise.bias.count,
            columns: channels)
        stretch = start..<weights.end
    }

    private static func rows(_ rows: Range<Int>, of matrix: [Float], rowCount: Int) -> [Float] {
        let columnCount = matrix.count / rowCount
        return Array(matrix[rows.lowerBound * columnCount..<rows.upperBound * columnCount])
    }

    /// Floats of the arena for `width` channels.
    ///
    /// - Parameters:
    ///   - inputCount: values of the expansion's sum; nil: there is none.
    ///   - squeezedCount: outputs of the first layer of squeeze and excite, padding included.
    static func floatCount(width: Int, inputCount: Int?, tapCount: Int, squeezedCount: Int) -> Int {
        let vector = PackedWeights.roundedUp(width)
        return (inputCount.map { PackedWeights.roundedUp($0 * width) + vector } ?? 0)
            + PackedWeights.roundedUp(tapCount * width) + vector
            + PackedWeights.roundedUp(squeezedCount * width)
    }
}
