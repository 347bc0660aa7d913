internal import Tensor

/// A depthwise convolution with the batch normalisation after it, forward and backward, one image a task.
///
/// Its input is silu(a·z + b) of the expansion's output z, made row by row into a ring and never stored; in blocks
/// without an expansion it is the block's input itself.
final class DepthwisePass {
    /// Where the rows of the input come from.
    struct Source {
        /// [images][side][side][channels].
        let z: FloatRegion
        /// The normalisation before the activation; nil where z is the input itself.
        let normalisation: NormalisationLayer?
    }

    let channels: Int
    let window: Window
    let normalisation: NormalisationLayer
    private let weight: FloatRegion
    private let weightGradient: FloatRegion
    private let parameters: TrainingParameters  // keeps the two regions alive

    init(_ parameters: TrainingParameters, _ layer: ConvolutionLayer, window: Window, usesBatch: Bool) {
        guard let normalisation = layer.normalisation else {
            preconditionFailure("\(layer.name) has no normalisation")
        }
        self.parameters = parameters
        self.window = window
        channels = layer.outputs
        self.normalisation = NormalisationLayer(
            parameters, name: normalisation, channels: layer.outputs, usesBatch: usesBatch)
        weight = parameters.value("\(layer.name).weight")
        weightGradient = parameters.gradient("\(layer.name).weight")
    }

    private var inputRowCount: Int { window.inputSide * channels }
    private var outputRowCount: Int { window.outputSide * channels }
    /// Floats of an input row with its padding.
    private var paddedRowCount: Int { ((window.outputSide - 1) * window.stride + window.kernel) * channels }
    /// Floats of an output gradient's row with kernel − 1 pixels of zeros on either side.
    private var paddedGradientCount: Int { (window.outputSide + 2 * (window.kernel - 1)) * channels }

    /// Fills `output` [images][side][side][channels]; then the normalisation is ready.
    func forward(
        _ context: TrainingContext, _ source: Source, imageCount: Int, into output: FloatRegion,
        step: StepSettings
    ) {
        let sums = (0..<imageCount).map { _ in TaskSums(channels: channels) }
        let wantsMoments = step.wantsMoments(normalisation)
        let imageFloats = window.outputSide * outputRowCount
        context.pool.forEach(taskCount: imageCount) { image, worker in
            var ring = RowRing(
                context.scratch(worker: worker, slot: 0, count: window.kernel * paddedRowCount), window.kernel
            )
            for row in 0..<window.outputSide {
                let rows = (0..<window.kernel).map { tap -> FloatRegion? in
                    let inputRow = row * window.stride - window.before + tap
                    guard (0..<window.inputSide).contains(inputRow) else { return nil }
                    return ring.row(inputRow) { fill($0, context, source, image: image, row: inputRow) }
                }
                let start = image * imageFloats + row * outputRowCount
                let target = output[start..<start + outputRowCount]
                context.kernels.depthwise(
                    window, channels: channels, rows: rows, weight: weight, into: target)
                if wantsMoments { context.kernels.addMoments(of: target, to: &sums[image].moments) }
            }
        }
        guard wantsMoments else { return normalisation.useRunning() }
        var moments = Moments(channels: channels)
        for part in sums { moments.merge(part.moments) }
        normalisation.take(moments, step)
    }

    /// From dv, the gradient after the normalisation, to the gradient of the source; the normalisation has its sums.
    ///
    /// - Parameter gradient: receives, where the source has a normalisation, the gradient before its activation (and the
    ///   sums are returned that its `finish` needs); else the gradient of the input, added to what is there.
    func backward(
        _ context: TrainingContext, _ source: Source, imageCount: Int, dv: FloatRegion, z: FloatRegion,
        into gradient: FloatRegion
    ) -> GradientSums {
        let sums = (0..<imageCount).map { _ in TaskSums(channels: channels) }
        context.run(taskCount: imageCount, summing: weightGradient) { image, worker, part in
            let image = ImageBackward(
                pass: self, context: context, source: source, image: image, worker: worker, dv: dv, z: z)
            image.run(into: gradient, weightGradient: part, sums: &sums[image.image].gradient)
        }
        var total = GradientSums(channels: channels)
        for part in sums { total.merge(part.gradient) }
        return total
    }

    /// Writes one row of the input into its padded place; the padding is zero already.
    private func fill(
        _ padded: FloatRegion, _ context: TrainingContext, _ source: Source, image: Int, row: Int
    ) {
        // A stride may leave the last columns of the input out.
        let columns = min(window.inputSide, paddedRowCount / channels - window.before)
        let start = (image * window.inputSide + row) * inputRowCount
        let input = source.z[start..<start + columns * channels]
        let target = padded[window.before * channels..<(window.before + columns) * channels]
        if let normalisation = source.normalisation {
            context.kernels.activate(
                input, a: normalisation.scale.region, b: normalisation.shift.region, into: target)
        } else {
            target.copy(input)
        }
    }

    /// The backward pass of one image, input row by input row.
    private struct ImageBackward {
        let pass: DepthwisePass
        let context: TrainingContext
        let source: Source
        let image: Int
        let worker: Int
        let dv: FloatRegion
        let z: FloatRegion

        func run(into gradient: FloatRegion, weightGradient: FloatRegion, sums: inout GradientSums) {
            let (window, channels) = (pass.window, pass.channels)
            var ring = RowRing(
                context.scratch(worker: worker, slot: 0, count: window.kernel * pass.paddedGradientCount),
                window.kernel)
            let padded = context.scratch(worker: worker, slot: 1, count: pass.paddedRowCount)
            padded.fill(0)
            let gradientRow = context.scratch(worker: worker, slot: 2, count: pass.inputRowCount)
            let margin = (window.kernel - 1) * channels
            for row in 0..<window.inputSide {
                pass.fill(padded, context, source, image: image, row: row)
                let rows = (0..<window.kernel).map { tap -> FloatRegion? in
                    let met = row + window.before - tap
                    guard met >= 0, met % window.stride == 0, met / window.stride < window.outputSide else {
                        return nil
                    }
                    return ring.row(met / window.stride) { fillGradient($0, row: met / window.stride) }
                }
                for (tap, outputRow) in rows.enumerated() {
                    guard let outputRow else { continue }
                    let tapCount = window.kernel * channels
                    context.kernels.addDepthwiseWeightGradient(
                        window, channels: channels, row: padded,
                        dout: outputRow[margin..<margin + pass.outputRowCount],
                        to: weightGradient[tap * tapCount..<(tap + 1) * tapCount])
                }
                context.kernels.depthwiseInputGradient(
                    window, channels: channels, rows: rows, weight: pass.weight, into: gradientRow)
                finish(gradientRow, row: row, into: gradient, sums: &sums)
            }
        }

        private func fillGradient(_ padded: FloatRegion, row: Int) {
            let normalisation = pass.normalisation
            let start = (image * pass.window.outputSide + row) * pass.outputRowCount
            let range = start..<start + pass.outputRowCount
            let margin = (pass.window.kernel - 1) * pass.channels
            context.kernels.combine(
                dv: dv[range], z: z[range], alpha: normalisation.alpha.region,
                beta: normalisation.beta.region,
                delta: normalisation.delta.region, into: padded[margin..<margin + pass.outputRowCount])
        }

        private func finish(
            _ row: FloatRegion, row index: Int, into gradient: FloatRegion, sums: inout GradientSums
        ) {
            let start = (image * pass.window.inputSide + index) * pass.inputRowCount
            let range = start..<start + pass.inputRowCount
            if let normalisation = source.normalisation {
                context.kernels.activationGradient(
                    z: source.z[range], a: normalisation.scale.region, b: normalisation.shift.region,
                    mean: normalisation.mean.region, du: row, into: gradient[range], sums: &sums)
            } else {
                gradient[range].add(row)
            }
        }
    }
}

/// The last few rows of an image, each made once: row r lies in slot r mod count.
struct RowRing {
    private let region: FloatRegion
    private let count: Int
    private var held: [Int?]

    /// A ring in this memory, which is set to zero: what the rows do not fill is padding.
    init(_ region: FloatRegion, _ count: Int) {
        self.region = region
        self.count = count
        held = Array(repeating: nil, count: count)
        region.fill(0)
    }

    /// The row, made by `fill` if it is not there.
    mutating func row(_ index: Int, _ fill: (FloatRegion) -> Void) -> FloatRegion {
        let slot = index % count
        let floats = region.count / count
        let row = region[slot * floats..<(slot + 1) * floats]
        if held[slot] != index {
            fill(row)
            held[slot] = index
        }
        return row
    }
}
