internal import CKernels

/// The horizontal pass of a resize: each output is the dot product of a stretch of the row with its own weights.
package enum RowResampling {
    /// Writes one value of 0...1 an output, as `ck_resample_row` says.
    ///
    /// - Parameters:
    ///   - row: the row, with at least `starts[o] + tapCount` values for every output o.
    ///   - starts: the first value of each output.
    ///   - weights: `tapCount` for each output.
    ///   - tapCount: a multiple of 8.
    ///   - narrowed: as many values as there are outputs.
    package static func resample(
        _ row: [Float], starts: [Int], weights: [Float], tapCount: Int, into narrowed: inout [Float]
    ) {
        precondition(
            tapCount % 8 == 0 && weights.count == starts.count * tapCount, "weights fill the outputs")
        precondition(narrowed.count == starts.count, "there is room for every output")
        precondition((starts.max() ?? 0) + tapCount <= row.count, "every output lies in the row")
        unsafe ck_resample_row(row, starts, weights, tapCount, starts.count, &narrowed)
    }
}
