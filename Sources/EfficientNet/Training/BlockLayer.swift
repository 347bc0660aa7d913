internal import Tensor

/// One MBConv block in training.
///
/// Kept from the forward pass: the outputs of the three convolutions, before their normalisations, and the block's
/// output. Activations are made again where they are needed: computing a SiLU is cheaper than reading it from memory.
final class BlockLayer {
    let block: Block
    /// The block's output [images][side][side][outputChannels]: the next block's input.
    let output: FloatBuffer
    let inputSide: Int
    let outputSide: Int

    private let expand: NormalisedPointwise?
    private let depthwise: DepthwisePass
    private let squeezeExcite: SqueezeExciteLayer
    private let project: NormalisedPointwise
    private let expanded: FloatBuffer
    private let filtered: FloatBuffer
    private let projected: FloatBuffer
    /// Gradient of the squeeze-and-excite factors, then of their means.
    private let squeezeGradient: FloatBuffer

    init(
        _ parameters: TrainingParameters, _ block: Block, inputSide: Int, imageCountMax: Int, usesBatch: Bool
    ) {
        let layers = BlockLayers(block)
        let window = parameters.settings.window(
            kernel: block.kernel, stride: block.stride, inputSide: inputSide)
        self.block = block
        self.inputSide = inputSide
        outputSide = window.outputSide
        let (wide, inputPixels, outputPixels) = (
            block.expandedChannels, imageCountMax * inputSide * inputSide,
            imageCountMax * outputSide * outputSide
        )
        expand = layers.expand.map {
            NormalisedPointwise(parameters, $0, inputs: block.inputChannels, usesBatch: usesBatch)
        }
        depthwise = DepthwisePass(parameters, layers.depthwise, window: window, usesBatch: usesBatch)
        squeezeExcite = SqueezeExciteLayer(parameters, layers, imageCountMax: imageCountMax)
        project = NormalisedPointwise(parameters, layers.project, inputs: wide, usesBatch: usesBatch)
        expanded = FloatBuffer(count: block.hasExpansion ? inputPixels * wide : 0)
        filtered = FloatBuffer(count: outputPixels * wide)
        projected = FloatBuffer(count: outputPixels * block.outputChannels)
        output = FloatBuffer(count: outputPixels * block.outputChannels)
        squeezeGradient = FloatBuffer(count: imageCountMax * wide)
    }

    var normalisations: [NormalisationLayer] {
        (expand.map { [$0.normalisation] } ?? []) + [depthwise.normalisation, project.normalisation]
    }

    private var wide: Int { block.expandedChannels }
    private var outputPixels: Int { outputSide * outputSide }

    private func inputCut(_ imageCount: Int) -> TaskCut {
        TaskCut(imageCount: imageCount, pixelCount: inputSide * inputSide, channels: wide)
    }
    private func outputCut(_ imageCount: Int) -> TaskCut {
        TaskCut(imageCount: imageCount, pixelCount: outputPixels, channels: wide)
    }
    private func source(_ input: FloatRegion) -> DepthwisePass.Source {
        guard let expand else { return DepthwisePass.Source(z: input, normalisation: nil) }
        return DepthwisePass.Source(z: expanded.region, normalisation: expand.normalisation)
    }

    /// Fills `output` from `input` [images][side][side][inputChannels].
    ///
    /// - Parameter factors: stochastic depth's factor of each image; nil for 1.
    func forward(
        _ context: TrainingContext, input: FloatRegion, imageCount: Int, factors: [Float]?, step: StepSettings
    ) {
        if let expand {
            let cut = inputCut(imageCount)
            expand.forward(context, cut, into: expanded.region, step: step) { piece, _ in
                input[piece.rows.times(block.inputChannels)]
            }
        }
        depthwise.forward(context, source(input), imageCount: imageCount, into: filtered.region, step: step)
        pool(context, imageCount: imageCount)
        squeezeExcite.forward(imageCount: imageCount)
        let cut = outputCut(imageCount)
        project.forward(context, cut, into: projected.region, step: step) { piece, worker in
            let rows = context.scratch(
                worker: worker, slot: NormalisedPointwise.firstFreeSlot, count: piece.rows.count * wide)
            for image in piece.images {
                let range = cut.rows(of: image, in: piece)
                activate(
                    context, range, scale: squeezeExcite.factors(of: image),
                    into: rows[range.relative(to: piece.rows.lowerBound).times(wide)])
            }
            return rows
        }
        finish(context, cut, input: input, factors: factors)
    }

    /// The activated output of the depthwise convolution, times the squeeze-and-excite factors where given.
    private func activate(
        _ context: TrainingContext, _ rows: Range<Int>, scale: FloatRegion?, into target: FloatRegion
    ) {
        let normalisation = depthwise.normalisation
        context.kernels.activate(
            filtered[rows.times(wide)], a: normalisation.scale.region, b: normalisation.shift.region,
            scale: scale,
            into: target)
    }

    /// The means that squeeze and excite starts from.
    private func pool(_ context: TrainingContext, imageCount: Int) {
        let normalisation = depthwise.normalisation
        context.pool.forEach(taskCount: imageCount) { image, _ in
            var sum = [Double](repeating: 0, count: wide)
            let rows = image * outputPixels..<(image + 1) * outputPixels
            context.kernels.activateSum(
                filtered[rows.times(wide)], a: normalisation.scale.region, b: normalisation.shift.region,
                sum: &sum)
            let means = squeezeExcite.means[image * wide..<(image + 1) * wide]
            for channel in 0..<wide { means[channel] = Float(sum[channel] / Double(outputPixels)) }
        }
    }

    /// output = factor · (a · projected + b) + input.
    private func finish(_ context: TrainingContext, _ cut: TaskCut, input: FloatRegion, factors: [Float]?) {
        let channels = block.outputChannels
        let normalisation = project.normalisation
        context.pool.forEach(taskCount: cut.pieces.count) { task, worker in
            for image in cut.pieces[task].images {
                let range = cut.rows(of: image, in: cut.pieces[task]).times(channels)
                var (scale, shift) = (normalisation.scale.region, normalisation.shift.region)
                if let factor = factors?[image], factor != 1 {
                    let both = context.scratch(worker: worker, slot: 0, count: 2 * channels)
                    both[0..<channels].copy(scale)
                    both[channels..<2 * channels].copy(shift)
                    both.scale(by: factor)
                    (scale, shift) = (both[0..<channels], both[channels..<2 * channels])
                }
                context.kernels.affine(
                    projected[range], a: scale, b: shift, residual: block.hasSkip ? input[range] : nil,
                    into: output[range])
            }
        }
    }

    /// From the gradient of the output to that of the input; adds the gradients of all parameters.
    ///
    /// - Parameters:
    ///   - gradient: of the output; unchanged.
    ///   - inputGradient: filled.
    func backward(
        _ context: TrainingContext, input: FloatRegion, imageCount: Int, factors: [Float]?,
        gradient: FloatRegion,
        inputGradient: FloatRegion
    ) {
        let cut = outputCut(imageCount)
        let filteredGradient = context.gradient(slot: 0, count: imageCount * outputPixels * wide)
        projectBackward(context, cut, factors: factors, gradient: gradient, into: filteredGradient)
        squeezeExcite.backward(squeezeGradient[0..<imageCount * wide], imageCount: imageCount)
        activationBackward(context, cut, filteredGradient)

        // What the skip brings is there first; everything else is added to it.
        if block.hasSkip { inputGradient.copy(gradient) } else { inputGradient.fill(0) }
        guard let expand else {
            _ = depthwise.backward(
                context, source(input), imageCount: imageCount, dv: filteredGradient, z: filtered.region,
                into: inputGradient)
            return
        }
        let expandedGradient = context.gradient(slot: 1, count: imageCount * inputSide * inputSide * wide)
        let sums = depthwise.backward(
            context, source(input), imageCount: imageCount, dv: filteredGradient, z: filtered.region,
            into: expandedGradient)
        expand.normalisation.finish(sums, rowCount: imageCount * inputSide * inputSide)
        let channels = block.inputChannels
        expand.backward(
            context, inputCut(imageCount), dv: expandedGradient, z: expanded.region,
            inputGradient: { piece, _ in (inputGradient[piece.rows.times(channels)], true) },
            input: { piece, _ in input[piece.rows.times(channels)] })
    }

    /// Through the projection: fills the gradient of its input and that of the squeeze-and-excite factors.
    private func projectBackward(
        _ context: TrainingContext, _ cut: TaskCut, factors: [Float]?, gradient: FloatRegion,
        into target: FloatRegion
    ) {
        let channels = block.outputChannels
        let sums = cut.pieces.map { TaskSums(channels: channels, imageCount: $0.images.count) }
        context.pool.forEach(taskCount: cut.pieces.count) { task, _ in
            for image in cut.pieces[task].images {
                let range = cut.rows(of: image, in: cut.pieces[task]).times(channels)
                context.kernels.addGradientSums(
                    z: projected[range], mean: project.normalisation.mean.region, dv: gradient[range],
                    factor: factors?[image] ?? 1, to: &sums[task].gradient)
            }
        }
        var total = GradientSums(channels: channels)
        for part in sums { total.merge(part.gradient) }
        project.normalisation.finish(total, rowCount: cut.imageCount * cut.pixelCount)

        let dots = cut.pieces.map { TaskSums(channels: wide, imageCount: $0.images.count) }
        let tasks = Dictionary(uniqueKeysWithValues: cut.pieces.enumerated().map { ($1.rows.lowerBound, $0) })
        project.backward(
            context, cut, dv: gradient, z: projected.region, factors: factors,
            inputGradient: { piece, _ in (target[piece.rows.times(self.wide)], false) },
            input: { piece, worker in
                let rows = context.scratch(
                    worker: worker, slot: NormalisedPointwise.firstFreeSlot, count: piece.rows.count * wide)
                let task = tasks[piece.rows.lowerBound] ?? 0
                for image in piece.images {
                    let range = cut.rows(of: image, in: piece)
                    let part = rows[range.relative(to: piece.rows.lowerBound).times(wide)]
                    activate(context, range, scale: nil, into: part)
                    context.kernels.dotThenScale(
                        part, gradient: target[range.times(wide)], scale: squeezeExcite.factors(of: image),
                        sum: &dots[task].images[image - piece.images.lowerBound])
                }
                return rows
            })
        sumImages(dots, cut)
    }

    /// Adds up what the tasks found for each image, in order.
    private func sumImages(_ dots: [TaskSums], _ cut: TaskCut) {
        var total = [Double](repeating: 0, count: cut.imageCount * wide)
        for (piece, part) in zip(cut.pieces, dots) {
            for (image, values) in zip(piece.images, part.images) {
                for channel in 0..<wide { total[image * wide + channel] += values[channel] }
            }
        }
        squeezeGradient[0..<total.count].set(total.map { Float($0) })
    }

    /// From the gradient of the projection's input to that before the depthwise activation, in place; the depthwise
    /// normalisation gets its sums.
    private func activationBackward(_ context: TrainingContext, _ cut: TaskCut, _ gradient: FloatRegion) {
        let normalisation = depthwise.normalisation
        let sums = cut.pieces.map { _ in TaskSums(channels: wide) }
        // The mean spread the gradient evenly over the pixels.
        squeezeGradient.region.scale(by: 1 / Float(outputPixels))
        context.pool.forEach(taskCount: cut.pieces.count) { task, _ in
            for image in cut.pieces[task].images {
                let range = cut.rows(of: image, in: cut.pieces[task]).times(wide)
                context.kernels.activationGradient(
                    z: filtered[range], a: normalisation.scale.region, b: normalisation.shift.region,
                    mean: normalisation.mean.region, du: gradient[range],
                    scale: squeezeExcite.factors(of: image),
                    offset: squeezeGradient[image * wide..<(image + 1) * wide], into: gradient[range],
                    sums: &sums[task].gradient)
            }
        }
        var total = GradientSums(channels: wide)
        for part in sums { total.merge(part.gradient) }
        normalisation.finish(total, rowCount: cut.imageCount * cut.pixelCount)
    }
}
