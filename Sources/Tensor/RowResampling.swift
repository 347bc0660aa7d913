internal import CKernels

/// The passes of a resize: a row is narrowed, then added to the rows of the output it has a share in.
package enum RowResampling {
    /// Writes one value of 0...1 an output, each the dot product of a stretch of the row with its own weights, as
    /// `ck_resample_row` says.
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
        // A loop of its own: `max()` takes a tenth of the resize.
        for start in starts {
            precondition(start >= 0 && start + tapCount <= row.count, "every output lies in the row")
        }
        unsafe ck_resample_row(row, starts, weights, tapCount, starts.count, &narrowed)
    }

    /// Adds `row`, times `weight`, to as many values of `output` from `offset` on.
    package static func add(_ row: [Float], times weight: Float, to output: inout [Float], at offset: Int) {
        precondition(offset >= 0 && offset + row.count <= output.count, "the row lies in the output")
        unsafe output.withUnsafeMutableBufferPointer { output in
            guard let start = output.baseAddress else { return }
            unsafe ck_add_row(row, weight, row.count, start + offset)
        }
    }
}
