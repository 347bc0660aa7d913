internal import CKernels

extension TrainingKernels {
    /// The widest depthwise window.
    package static let kernelMax = Int(CK_TRAIN_KERNEL_MAX)

    /// One output row of a depthwise convolution.
    ///
    /// - Parameters:
    ///   - rows: the window's rows of the input, padded to (outputSide − 1) · stride + kernel pixels; nil for zeros.
    ///   - weight: [kernel][kernel][channels].
    package func depthwise(
        _ window: Window, channels: Int, rows: [FloatRegion?], weight: FloatRegion, into out: FloatRegion
    ) {
        check(window, channels, rows, pixels: (window.outputSide - 1) * window.stride + window.kernel)
        precondition(weight.count == window.kernel * window.kernel * channels)
        precondition(out.count == window.outputSide * channels)
        unsafe withPointers(rows) { pointers in
            unsafe kernels.depthwise(
                Int32(window.kernel), Int32(window.stride), window.outputSide, channels, pointers,
                weight.base,
                out.base)
        }
    }

    /// One row of the gradient of a depthwise convolution's input.
    ///
    /// - Parameter rows: for each row of the window the row of the output's gradient that it met, with kernel − 1
    ///   pixels of zeros on either side; nil for zeros.
    package func depthwiseInputGradient(
        _ window: Window, channels: Int, rows: [FloatRegion?], weight: FloatRegion, into out: FloatRegion
    ) {
        check(window, channels, rows, pixels: window.outputSide + 2 * (window.kernel - 1))
        precondition(weight.count == window.kernel * window.kernel * channels)
        precondition(out.count == window.inputSide * channels)
        unsafe withPointers(rows) { pointers in
            unsafe kernels.depthwise_input_gradient(
                Int32(window.kernel), Int32(window.stride), Int32(window.before), window.inputSide, channels,
                pointers, weight.base, out.base)
        }
    }

    /// Adds to one row of the window's gradient, [kernel][channels], what an input row, padded as for `depthwise`, and
    /// a row of the output's gradient say.
    package func addDepthwiseWeightGradient(
        _ window: Window, channels: Int, row: FloatRegion, dout: FloatRegion, to dweight: FloatRegion
    ) {
        check(window, channels, [row], pixels: (window.outputSide - 1) * window.stride + window.kernel)
        precondition(dout.count == window.outputSide * channels && dweight.count == window.kernel * channels)
        unsafe kernels.depthwise_weight_gradient(
            Int32(window.kernel), Int32(window.stride), window.outputSide, channels, row.base, dout.base,
            dweight.base)
    }

    private func check(_ window: Window, _ channels: Int, _ rows: [FloatRegion?], pixels: Int) {
        precondition(channels > 0 && channels <= Self.channelsMax && window.kernel <= Self.kernelMax)
        precondition(rows.count == 1 || rows.count == window.kernel)
        precondition(rows.allSatisfy { ($0?.count ?? pixels * channels) == pixels * channels })
        // The kernel reaches back from the last column it starts at: it must end inside the padded row.
        precondition(
            window.inputSide - 1 + window.before < (window.outputSide + window.kernel - 1) * window.stride)
    }

    private func withPointers(
        _ rows: [FloatRegion?], _ body: (UnsafePointer<UnsafePointer<Float>?>) -> Void
    ) {
        let pointers = unsafe rows.map { row in unsafe row.map { unsafe UnsafePointer($0.base) } }
        unsafe pointers.withUnsafeBufferPointer { pointers in
            if let start = pointers.baseAddress { unsafe body(start) }
        }
    }
}
