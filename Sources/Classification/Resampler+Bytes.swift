extension Resampler {
    /// Resizes an eight-bit image exactly as Pillow does, to the bit.
    ///
    /// Pillow's weights are integers with 22 bits after the point, and each pass is rounded and clipped to eight bits
    /// (Resample.c, `ImagingResampleHorizontal_8bpc`). Models are trained on what it makes of image files.
    /// - Parameter bytes: the input in reading order; its rows and columns are those that the axes were made for.
    /// - Returns: `vertical.outputCount` rows of `horizontal.outputCount` bytes.
    package func resize(bytes: [UInt8], rowCount: Int, columnCount: Int) -> [UInt8] {
        precondition(bytes.count == rowCount * columnCount, "bytes fill the image")
        let across = FixedAxis(horizontal)
        let down = FixedAxis(vertical)
        let width = horizontal.outputCount
        var narrowed = [UInt8](repeating: 0, count: rowCount * width)
        for row in 0..<rowCount {
            for output in 0..<width {
                narrowed[row * width + output] = across.value(
                    at: output, from: bytes, offset: row * columnCount, stride: 1, count: columnCount)
            }
        }
        var result = [UInt8](repeating: 0, count: vertical.outputCount * width)
        for output in 0..<vertical.outputCount {
            for column in 0..<width {
                result[output * width + column] = down.value(
                    at: output, from: narrowed, offset: column, stride: width, count: rowCount)
            }
        }
        return result
    }
}

/// An axis with Pillow's integer weights.
private struct FixedAxis {
    /// Pillow's PRECISION_BITS: 32 less eight of a sample and two for overshoot.
    static let fractionBits = 22

    let starts: [Int]
    let tapCount: Int
    let weights: [Int32]

    init(_ axis: ResizeAxis) {
        starts = axis.starts
        tapCount = axis.tapCount
        weights = axis.weights.map { weight in
            Int32((Double(weight) * Double(1 << Self.fractionBits)).rounded(.toNearestOrAwayFromZero))
        }
    }

    /// One output: the weighted sum of `count` samples at most, rounded and clipped to eight bits.
    func value(at output: Int, from samples: [UInt8], offset: Int, stride: Int, count: Int) -> UInt8 {
        var sum = Int32(1) << Int32(Self.fractionBits - 1)
        let start = starts[output]
        for tap in 0..<min(tapCount, count - start) {
            sum &+= Int32(samples[offset + (start + tap) * stride]) &* weights[output * tapCount + tap]
        }
        return UInt8(min(max(sum >> Int32(Self.fractionBits), 0), 255))
    }
}
