internal import Tensor

/// Resizes a grey image row by row, as Pillow does: each row horizontally, clipped to 0...1, then the columns,
/// clipped again.
///
/// The image is never held whole: a row is asked for when its turn comes and added to the outputs it has a share in.
/// Against the same sums in Double the result differs by less than 1e-5 (Float accumulation over at most some
/// hundred taps).
package struct Resampler: Sendable {
    /// The weights of the columns' axis.
    package let horizontal: ResizeAxis
    /// The weights of the rows' axis.
    package let vertical: ResizeAxis
    /// A resampler with these axes.
    package init(horizontal: ResizeAxis, vertical: ResizeAxis) {
        self.horizontal = horizontal
        self.vertical = vertical
    }

    /// The resized image: `vertical.outputCount` rows of `horizontal.outputCount` values of 0...1.
    ///
    /// - Parameters:
    ///   - rowCount: the rows of the input.
    ///   - columnCount: the columns of the input.
    ///   - fill: writes the row of an index, `columnCount` values of 0...1, to the front of the span it is given and
    ///     leaves the rest alone. Called once for each row that counts, in rising order.
    package func resize(
        rowCount: Int, columnCount: Int, fill: (_ rowIndex: Int, _ row: inout MutableSpan<Float>) -> Void
    ) -> [Float] {
        let width = horizontal.outputCount
        var output = [Float](repeating: 0, count: vertical.outputCount * width)
        // The last taps of an output may reach past the row's end; zeros are there.
        var row = [Float](repeating: 0, count: columnCount + horizontal.tapCount)
        var narrowed = [Float](repeating: 0, count: width)
        var firstOutput = 0
        for rowIndex in 0..<rowCount {
            while firstOutput < vertical.outputCount,
                vertical.starts[firstOutput] + vertical.tapCount <= rowIndex
            { firstOutput += 1 }
            guard firstOutput < vertical.outputCount else { break }
            guard vertical.starts[firstOutput] <= rowIndex else { continue }
            var span = row.mutableSpan
            fill(rowIndex, &span)
            RowResampling.resample(
                row, starts: horizontal.starts, weights: horizontal.weights, tapCount: horizontal.tapCount,
                into: &narrowed)
            var outputIndex = firstOutput
            while outputIndex < vertical.outputCount, vertical.starts[outputIndex] <= rowIndex {
                let tap = rowIndex - vertical.starts[outputIndex]
                if tap < vertical.tapCount {
                    let weight = vertical.weights[outputIndex * vertical.tapCount + tap]
                    if weight != 0 {
                        RowResampling.add(narrowed, times: weight, to: &output, at: outputIndex * width)
                    }
                }
                outputIndex += 1
            }
        }
        for index in output.indices { output[index] = min(max(output[index], 0), 1) }
        return output
    }
}
