internal import CKernels

/// A square window that slides over a square image.
package struct Window: Sendable, Hashable {
    /// Side of the window.
    package let kernel: Int
    /// Step in both directions.
    package let stride: Int
    /// Rows above and columns left of the image that count as zero.
    package let before: Int
    /// Side of the input.
    package let inputSide: Int
    /// Side of the output.
    package let outputSide: Int

    /// The geometry of one axis.
    package init(kernel: Int, stride: Int, before: Int, inputSide: Int, outputSide: Int) {
        precondition(
            kernel > 0 && stride > 0 && (0..<kernel).contains(before) && inputSide > 0 && outputSide > 0)
        self.kernel = kernel
        self.stride = stride
        self.before = before
        self.inputSide = inputSide
        self.outputSide = outputSide
    }

    var forKernels: ck_window {
        ck_window(
            kernel: Int32(kernel), stride: Int32(stride), pad_before: Int32(before),
            input_side: Int32(inputSide),
            output_side: Int32(outputSide))
    }
}

/// One image between two layers: [side][side][channels], Float32.
///
/// Its methods are the operations of the reference network. Each allocates its result; the work is cut by rows of the image over the pool.
package struct FeatureMap: ~Copyable {
    /// Height and width.
    package let side: Int
    /// Channels of a pixel.
    package let channels: Int
    private var floats: AlignedFloats

    /// A map of zeros.
    package init(side: Int, channels: Int) {
        self.side = side
        self.channels = channels
        floats = AlignedFloats(count: side * side * channels)
    }

    /// A map with the values of `span`, [side][side][channels].
    package init(side: Int, channels: Int, copying span: Span<Float>) {
        precondition(span.count == side * side * channels)
        self.init(side: side, channels: channels)
        floats.withMutableSpan { floats in
            for index in span.indices { floats[index] = span[index] }
        }
    }

    private var pixelCount: Int { side * side }
    private var rowCount: Int { side * channels }

    /// A copy of the values.
    package borrowing func array() -> [Float] { floats.array() }

    /// The 1×1 convolution: weight [outputs][channels].
    package borrowing func pointwise(_ weight: [Float], bias: [Float], _ pool: ForkJoinPool) -> FeatureMap {
        let outputs = bias.count
        precondition(weight.count == outputs * channels)
        let output = FeatureMap(side: side, channels: outputs)
        let (inputStart, outputStart) = unsafe (floats.baseAddress, output.floats.baseAddress)
        let (side, channels) = (side, channels)
        unsafe weight.withUnsafeBufferPointer { weight in
            unsafe bias.withUnsafeBufferPointer { bias in
                guard let weight = weight.baseAddress, let bias = bias.baseAddress else { return }
                // A few rows a task: enough work for a matrix product, enough tasks to share.
                let rowsPerTask = max(1, min(side / (pool.threadCount * 2), 4096 / side))
                pool.forEach(taskCount: (side + rowsPerTask - 1) / rowsPerTask) { task, _ in
                    let rows = task * rowsPerTask..<min(side, (task + 1) * rowsPerTask)
                    let pixels = rows.count * side
                    let target = unsafe outputStart + rows.lowerBound * side * outputs
                    unsafe ck_reference_fill(target, pixels, Int32(outputs), bias)
                    unsafe MatrixProduct.accumulate(
                        target, input: inputStart + rows.lowerBound * side * channels, weight: weight,
                        rowCount: pixels, inputCount: channels, outputCount: outputs)
                }
            }
        }
        return output
    }

    /// The patches of a dense convolution, one pixel for each place of the window, channels [kernel][kernel][channels].
    package borrowing func patches(_ window: Window, _ pool: ForkJoinPool) -> FeatureMap {
        precondition(window.inputSide == side)
        let patchCount = window.kernel * window.kernel * channels
        let output = FeatureMap(side: window.outputSide, channels: patchCount)
        let (inputStart, outputStart) = unsafe (floats.baseAddress, output.floats.baseAddress)
        let channels = channels
        pool.forEach(taskCount: window.outputSide) { row, _ in
            var kernelWindow = window.forKernels
            unsafe ck_reference_patches_row(
                &kernelWindow, Int32(row), Int32(channels), inputStart,
                outputStart + row * window.outputSide * patchCount)
        }
        return output
    }

    /// The depthwise convolution: weight [kernel][kernel][channels].
    package borrowing func depthwise(
        _ window: Window, weight: [Float], bias: [Float], _ pool: ForkJoinPool
    ) -> FeatureMap {
        precondition(window.inputSide == side && bias.count == channels)
        precondition(weight.count == window.kernel * window.kernel * channels)
        let output = FeatureMap(side: window.outputSide, channels: channels)
        let (inputStart, outputStart) = unsafe (floats.baseAddress, output.floats.baseAddress)
        let channels = channels
        unsafe weight.withUnsafeBufferPointer { weight in
            unsafe bias.withUnsafeBufferPointer { bias in
                guard let weight = weight.baseAddress, let bias = bias.baseAddress else { return }
                pool.forEach(taskCount: window.outputSide) { row, _ in
                    var kernelWindow = window.forKernels
                    unsafe ck_reference_depthwise_row(
                        &kernelWindow, Int32(row), Int32(channels), inputStart, weight, bias,
                        outputStart + row * window.outputSide * channels)
                }
            }
        }
        return output
    }

    /// x / (1 + e^−x) of every value.
    package mutating func applySiLU(_ pool: ForkJoinPool) {
        let start = unsafe floats.baseAddress
        let rowCount = rowCount
        pool.forEach(taskCount: side) { row, _ in unsafe ck_reference_silu(start + row * rowCount, rowCount) }
    }

    /// Each channel times its factor.
    package mutating func multiply(by scale: [Float], _ pool: ForkJoinPool) {
        precondition(scale.count == channels)
        let start = unsafe floats.baseAddress
        let (side, channels) = (side, channels)
        unsafe scale.withUnsafeBufferPointer { scale in
            guard let scale = scale.baseAddress else { return }
            pool.forEach(taskCount: side) { row, _ in
                unsafe ck_reference_scale(start + row * side * channels, side, Int32(channels), scale)
            }
        }
    }

    /// Adds a map of the same size.
    package mutating func add(_ other: borrowing FeatureMap) {
        precondition(side == other.side && channels == other.channels)
        unsafe ck_reference_add(floats.baseAddress, other.floats.baseAddress, floats.count)
    }

    /// The mean of each channel over the pixels.
    package borrowing func mean() -> [Float] {
        var means = [Float](repeating: 0, count: channels)
        unsafe means.withUnsafeMutableBufferPointer { means in
            guard let target = means.baseAddress else { return }
            unsafe ck_reference_mean(floats.baseAddress, side * side, Int32(channels), target)
        }
        return means
    }
}

/// Operations of the reference network on a single vector.
package enum ReferenceOperations {
    /// bias + weight · input, weight [bias.count][input.count].
    package static func product(_ input: [Float], weight: [Float], bias: [Float]) -> [Float] {
        let outputCount = bias.count
        precondition(weight.count == outputCount * input.count)
        var output = bias
        unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe weight.withUnsafeBufferPointer { weight in
                    guard let target = output.baseAddress, let from = input.baseAddress,
                        let weights = weight.baseAddress
                    else { return }
                    unsafe MatrixProduct.accumulate(
                        target, input: from, weight: weights, rowCount: 1, inputCount: input.count,
                        outputCount: outputCount)
                }
            }
        }
        return output
    }

    /// x / (1 + e^−x) of every value.
    package static func applySiLU(_ values: inout [Float]) {
        unsafe values.withUnsafeMutableBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe ck_reference_silu(start, values.count)
        }
    }

    /// 1 / (1 + e^−x) of every value.
    package static func applySigmoid(_ values: inout [Float]) {
        unsafe values.withUnsafeMutableBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe ck_reference_sigmoid(start, values.count)
        }
    }
}
