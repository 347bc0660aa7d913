internal import Tensor

/// The first convolution in training: 3×3 with stride 2 as a matrix product over patches, normalisation, SiLU.
final class StemLayer {
    /// [images][side][side][channels]: the first block's input.
    let output: FloatBuffer
    let outputSide: Int

    private let window: Window
    private let pointwise: NormalisedPointwise
    private let convolved: FloatBuffer
    private let channels: Int

    private static let inputChannels = 3

    init(_ parameters: TrainingParameters, inputSide: Int, imageCountMax: Int, usesBatch: Bool) {
        let layer = parameters.settings.architecture.stem
        window = parameters.settings.window(kernel: layer.kernel, stride: 2, inputSide: inputSide)
        outputSide = window.outputSide
        channels = layer.outputs
        pointwise = NormalisedPointwise(
            parameters, layer, inputs: layer.kernel * layer.kernel * Self.inputChannels, usesBatch: usesBatch)
        let count = imageCountMax * outputSide * outputSide * channels
        convolved = FloatBuffer(count: count)
        output = FloatBuffer(count: count)
    }

    var normalisations: [NormalisationLayer] { [pointwise.normalisation] }

    private func cut(_ imageCount: Int) -> TaskCut {
        TaskCut(imageCount: imageCount, pixelCount: outputSide * outputSide, channels: channels)
    }

    /// Fills `output` from images [images][side][side][3].
    func forward(_ context: TrainingContext, input: FloatRegion, imageCount: Int, step: StepSettings) {
        let cut = cut(imageCount)
        pointwise.forward(context, cut, into: convolved.region, step: step) { piece, worker in
            patches(context, input, piece, worker)
        }
        let normalisation = pointwise.normalisation
        context.pool.forEach(taskCount: cut.pieces.count) { task, _ in
            let range = cut.pieces[task].rows.times(channels)
            context.kernels.activate(
                convolved[range], a: normalisation.scale.region, b: normalisation.shift.region,
                into: output[range])
        }
    }

    /// Adds the gradients of the parameters; `gradient` is overwritten.
    func backward(_ context: TrainingContext, input: FloatRegion, imageCount: Int, gradient: FloatRegion) {
        let cut = cut(imageCount)
        let normalisation = pointwise.normalisation
        let sums = cut.pieces.map { _ in TaskSums(channels: channels) }
        context.pool.forEach(taskCount: cut.pieces.count) { task, _ in
            let range = cut.pieces[task].rows.times(channels)
            context.kernels.activationGradient(
                z: convolved[range], a: normalisation.scale.region, b: normalisation.shift.region,
                mean: normalisation.mean.region, du: gradient[range], into: gradient[range],
                sums: &sums[task].gradient)
        }
        var total = GradientSums(channels: channels)
        for part in sums { total.merge(part.gradient) }
        normalisation.finish(total, rowCount: imageCount * cut.pixelCount)
        pointwise.backward(
            context, cut, dv: gradient, z: convolved.region, inputGradient: nil,
            input: { piece, worker in patches(context, input, piece, worker) })
    }

    /// The patches of a piece's pixels, [rows][3][3][3].
    private func patches(
        _ context: TrainingContext, _ input: FloatRegion, _ piece: TaskCut.Piece, _ worker: Int
    ) -> FloatRegion {
        let taps = window.kernel
        let tapRow = taps * Self.inputChannels
        let patches = context.scratch(
            worker: worker, slot: NormalisedPointwise.firstFreeSlot, count: piece.rows.count * taps * tapRow)
        patches.fill(0)
        let side = window.inputSide
        for row in piece.rows {
            let (image, pixel) = row.quotientAndRemainder(dividingBy: outputSide * outputSide)
            let (y, x) = pixel.quotientAndRemainder(dividingBy: outputSide)
            let (top, left) = (y * window.stride - window.before, x * window.stride - window.before)
            let columns = max(left, 0)..<min(left + taps, side)
            for tap in 0..<taps where (0..<side).contains(top + tap) {
                let from = ((image * side + top + tap) * side + columns.lowerBound) * Self.inputChannels
                let to =
                    (row - piece.rows.lowerBound) * taps * tapRow + tap * tapRow
                    + (columns.lowerBound - left) * Self.inputChannels
                let count = columns.count * Self.inputChannels
                patches[to..<to + count].copy(input[from..<from + count])
            }
        }
        return patches
    }
}
