internal import CKernels

/// The arguments of one panel of a product; the fields are those of `ck_pointwise`.
///
/// It owns nothing: the memory must live until the product is computed.
@safe package struct PanelProduct {
    /// Channels of the panel.
    package var width: Int
    /// First value of the first pixel.
    package var input: UnsafePointer<Float>
    /// Floats from one pixel to the next.
    package var inputStride: Int
    /// Pieces of the sum.
    package var pieceCount = 1
    /// Values of a piece.
    package var pieceWidth: Int
    /// Floats from one piece to the next.
    package var pieceStride = 0
    /// [pieceCount · pieceWidth][width].
    package var weight: UnsafePointer<Float>
    /// [width]; nil: the sum is added to what `output` holds, and there is no residual.
    package var bias: UnsafePointer<Float>?
    /// Added at the end, strides as `output`.
    package var residual: UnsafePointer<Float>?
    /// First value of the first pixel.
    package var output: UnsafeMutablePointer<Float>
    /// Floats from one pixel to the next.
    package var outputStride: Int
    /// How many pixels.
    package var pixelCount: Int
    /// The next weights, to be asked for meanwhile; nil: unknown.
    package var ahead: UnsafeRawBufferPointer?

    /// Arguments as given; the rest can be set after.
    package init(
        width: Int, input: UnsafePointer<Float>, inputStride: Int, pieceWidth: Int,
        weight: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>, outputStride: Int, pixelCount: Int
    ) {
        self.width = width
        unsafe self.input = input
        self.inputStride = inputStride
        self.pieceWidth = pieceWidth
        unsafe self.weight = weight
        unsafe self.bias = bias
        unsafe self.output = output
        self.outputStride = outputStride
        self.pixelCount = pixelCount
    }
}

/// The arguments of a fused expansion and depthwise convolution; the fields are those of `ck_expand_depthwise`.
@safe package struct ExpandDepthwise {
    /// The depthwise window.
    package var window: Window
    /// The window of the first convolution, where the rows come from it.
    package var stem: Window?
    /// Channels of the block.
    package var width: Int
    /// The feature map or the image.
    package var input: UnsafePointer<Float>
    /// Channels of one of its pixels.
    package var inputChannels: Int
    /// First channel of the block, where rows are copied.
    package var firstChannel: Int
    /// [inputChannels or 27][width]; nil: rows are copied.
    package var expandWeight: UnsafePointer<Float>?
    /// [width].
    package var expandBias: UnsafePointer<Float>?
    /// [taps][width].
    package var depthwiseWeight: UnsafePointer<Float>
    /// [width].
    package var depthwiseBias: UnsafePointer<Float>
    /// Bands that cut all rows of the output.
    package var bandCount: Int
    /// The bands to compute.
    package var bands: Range<Int>
    /// [outputSide][outputSide][width].
    package var output: UnsafeMutablePointer<Float>
    /// [bands][width]: the sums of the outputs of each band; overwritten.
    package var sums: UnsafeMutablePointer<Float>
    /// `scratchCount` floats on a 64-byte boundary.
    package var scratch: UnsafeMutablePointer<Float>
    /// The next weights, to be asked for meanwhile; nil: unknown.
    package var ahead: UnsafeRawBufferPointer?

    /// Arguments as given; the rest can be set after.
    package init(
        window: Window, stem: Window?, width: Int, input: UnsafePointer<Float>, inputChannels: Int,
        firstChannel: Int, expandWeight: UnsafePointer<Float>?, expandBias: UnsafePointer<Float>?,
        depthwiseWeight: UnsafePointer<Float>, depthwiseBias: UnsafePointer<Float>, bandCount: Int,
        bands: Range<Int>,
        output: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        self.window = window
        self.stem = stem
        self.width = width
        unsafe self.input = input
        self.inputChannels = inputChannels
        self.firstChannel = firstChannel
        unsafe self.expandWeight = expandWeight
        unsafe self.expandBias = expandBias
        unsafe self.depthwiseWeight = depthwiseWeight
        unsafe self.depthwiseBias = depthwiseBias
        self.bandCount = bandCount
        self.bands = bands
        unsafe self.output = output
        unsafe self.sums = sums
        unsafe self.scratch = scratch
    }

    /// Floats of scratch memory that an operation with these windows needs.
    package static func scratchCount(window: Window, stem: Window?, width: Int) -> Int {
        var own = window.forKernels
        var first = stem?.forKernels ?? ck_window()
        return unsafe ck_expand_depthwise_scratch(&own, &first, Int32(width))
    }
}
