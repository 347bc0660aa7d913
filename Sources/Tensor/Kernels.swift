internal import CKernels

/// The kernels that inference runs on: one table for each kind of CPU, all with the same meaning.
///
/// Pointers are handed through as they are; whoever plans a computation has checked all sizes once, at load.
@safe package struct Kernels: Sendable {
    /// The unit of −4 · log2 e by which values are scaled from a SiLU on, so that it needs no multiplication.
    package static let siluScale: Double = -5.770780163555853
    /// The widest panel of any table.
    package static let widthMax = 48
    /// Names of all tables, whether this CPU can run them or not.
    package static let names = ["scalar", "avx2", "avx512", "neon"]
    /// The environment variable that chooses a table by name instead of the fastest.
    package static let environmentKey = "GLENOID_KERNELS"

    nonisolated(unsafe) let table: UnsafePointer<ck_kernels>  // a constant of the program, never written

    /// The table of that name; nil when there is none or this CPU cannot run it.
    package init?(named name: String) {
        guard let table = unsafe ck_kernels_named(name) else { return nil }
        unsafe self.table = table
    }

    /// The fastest table that this CPU can run.
    package static var best: Kernels { unsafe Kernels(table: ck_kernels_best()) }

    private init(table: UnsafePointer<ck_kernels>) { unsafe self.table = table }

    /// "scalar", "avx2" …
    package var name: String { unsafe String(cString: table.pointee.name) }

    /// How many channels its panels and blocks can have, largest first; all are multiples of 8, the last is 8.
    package var widths: [Int] {
        unsafe withUnsafeBytes(of: table.pointee.widths) { bytes in
            unsafe bytes.bindMemory(to: Int32.self).prefix { $0 > 0 }.map { Int($0) }
        }
    }

    /// Multiplies and adds in registers; returns how many floating-point operations that was.
    package func runPeak(rounds: Int) -> Double { unsafe table.pointee.peak(rounds) }

    /// x' / (1 + 2^(x'/4)) in place; `count` is a multiple of 8.
    package func applySiLU(_ values: UnsafeMutablePointer<Float>, count: Int) {
        unsafe table.pointee.silu(values, count)
    }

    /// The same from one place to another, adding the outputs of each channel to `sums`.
    package func applySiLU(
        _ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, pixelCount: Int, width: Int,
        sums: UnsafeMutablePointer<Float>
    ) {
        unsafe table.pointee.silu_sum(input, output, Int32(pixelCount), Int32(width), sums)
    }

    /// 1 / (1 + 2^(x'/4)) in place; `count` is a multiple of 8.
    package func applySigmoid(_ values: UnsafeMutablePointer<Float>, count: Int) {
        unsafe table.pointee.sigmoid(values, count)
    }

    /// values [pixelCount][width] *= scale [width].
    package func multiply(
        _ values: UnsafeMutablePointer<Float>, by scale: UnsafePointer<Float>, pixelCount: Int, width: Int
    ) {
        unsafe table.pointee.scale(values, Int32(pixelCount), Int32(width), scale)
    }

    /// output[k][j] = weight[k][j] · scale[k].
    package func multiplyRows(
        _ weight: UnsafePointer<Float>, by scale: UnsafePointer<Float>,
        to output: UnsafeMutablePointer<Float>,
        rowCount: Int, width: Int
    ) {
        unsafe table.pointee.scale_rows(weight, output, Int32(rowCount), Int32(width), scale)
    }

    /// values[i] += more[i].
    package func add(_ more: UnsafePointer<Float>, to values: UnsafeMutablePointer<Float>, count: Int) {
        unsafe ck_reference_add(values, more, count)
    }

    /// sums[m] += Σ values[m][j] · weights[j].
    package func addWeightedSums(
        of values: UnsafePointer<Float>, weights: UnsafePointer<Float>, pixelCount: Int, width: Int,
        to sums: UnsafeMutablePointer<Float>
    ) {
        unsafe ck_reference_weighted_sums(values, pixelCount, Int32(width), weights, sums)
    }

    /// output[m][j] = start[j] + Σ input[m][k] · weight[k][j] (+ residual[m][j]): see `ck_pointwise`.
    package func multiply(_ product: PanelProduct) {
        var arguments = unsafe ck_pointwise(
            input: product.input, input_stride: product.inputStride, blocks: Int32(product.pieceCount),
            block_channels: Int32(product.pieceWidth), block_stride: product.pieceStride,
            weight: product.weight,
            bias: product.bias, residual: product.residual, output: product.output,
            output_stride: product.outputStride, pixels: Int32(product.pixelCount),
            prefetch: product.ahead?.baseAddress, prefetch_bytes: product.ahead?.count ?? 0)
        unsafe table.pointee.pointwise(&arguments, Int32(product.width))
    }

    /// Expansion, depthwise convolution and both SiLUs for one block of channels: see `ck_expand_depthwise`.
    package func run(_ operation: ExpandDepthwise) {
        var arguments = unsafe ck_expand_depthwise(
            window: operation.window.forKernels, stem: operation.stem?.forKernels ?? ck_window(),
            width: Int32(operation.width), input: operation.input,
            input_channels: Int32(operation.inputChannels),
            first_channel: Int32(operation.firstChannel), expand_weight: operation.expandWeight,
            expand_bias: operation.expandBias, depthwise_weight: operation.depthwiseWeight,
            depthwise_bias: operation.depthwiseBias, bands: Int32(operation.bandCount),
            first_band: Int32(operation.bands.lowerBound), end_band: Int32(operation.bands.upperBound),
            output: operation.output, sums: operation.sums,
            scratch: operation.scratch, prefetch: operation.ahead?.baseAddress,
            prefetch_bytes: operation.ahead?.count ?? 0)
        unsafe ck_expand_depthwise_run(table, &arguments)
    }
}
