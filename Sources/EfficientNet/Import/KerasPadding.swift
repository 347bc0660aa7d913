internal import Tensor

// Keras fixes the padding of convolutions with stride 2 when a model is built (keras.applications.imagenet_utils.correct_pad):
// for the maps of the input shape it is built with, and as for even maps where that is unknown. A model that is built for
// one side and fed with another has padding of its own, which neither of the two lineages is.
extension KerasWeights {
    /// Throws where a padding layer of the file makes another map of its input than the network with these settings would.
    func check(_ settings: NetworkSettings) throws(EfficientNetError) {
        var side = settings.side
        try check("stem_conv_pad", kernel: 3, stride: 2, settings, &side)
        for block in settings.architecture.blocks {
            try check(
                "\(KerasPlace.name(of: block))_dwconv_pad", kernel: block.kernel, stride: block.stride,
                settings, &side)
        }
    }

    private func check(
        _ name: String, kernel: Int, stride: Int, _ settings: NetworkSettings, _ side: inout Int
    ) throws(EfficientNetError) {
        let inputSide = side
        let window = settings.window(kernel: kernel, stride: stride, inputSide: inputSide)
        side = window.outputSide
        guard stride > 1, let layer = body[name] else { return }
        guard let (before, after) = layer.padding else {
            throw .unsupported("layer '\(name)' pads rows and columns differently, or in an unknown way")
        }
        // What lies beyond the last window does not matter.
        let isSame =
            before == settings.padding.before(kernel: kernel, stride: stride, side: inputSide)
            && (inputSide + before + after - kernel) / stride + 1 == window.outputSide
        guard isSame else {
            throw .unsupported(
                "layer '\(name)' pads \(before) before and \(after) after a map of \(inputSide): the model was built "
                    + "for another side, or for none. Build it with input_shape=(\(settings.side), \(settings.side), 3), "
                    + "load its weights there, and train it on")
        }
    }
}

extension KerasLayer {
    /// Zeros before and after, of a ZeroPadding2D with the same for rows and columns.
    fileprivate var padding: (before: Int, after: Int)? {
        func count(_ axis: Int, _ end: Int) -> Int? {
            configuration["padding"]?[axis]?[end]?.number.flatMap(Int.init(exactly:))
        }
        guard let before = count(0, 0), let after = count(0, 1), count(1, 0) == before, count(1, 1) == after
        else { return nil }
        return (before, after)
    }
}
