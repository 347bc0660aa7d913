internal import Tensor

/// A 1×1 convolution with the batch normalisation after it, forward and backward.
///
/// The input is not stored here: a task asks for its rows, because most inputs are cheaper to make again from what the
/// layer before keeps than to read back from memory.
final class NormalisedPointwise {
    let inputs: Int
    let outputs: Int
    let normalisation: NormalisationLayer
    private let weight: FloatRegion
    private let weightGradient: FloatRegion
    private let parameters: TrainingParameters  // keeps the two regions alive

    init(_ parameters: TrainingParameters, _ layer: ConvolutionLayer, inputs: Int, usesBatch: Bool) {
        guard let normalisation = layer.normalisation else {
            preconditionFailure("\(layer.name) has no normalisation")
        }
        self.inputs = inputs
        self.outputs = layer.outputs
        self.parameters = parameters
        self.normalisation = NormalisationLayer(
            parameters, name: normalisation, channels: layer.outputs, usesBatch: usesBatch)
        weight = parameters.value("\(layer.name).weight")
        weightGradient = parameters.gradient("\(layer.name).weight")
    }

    /// z = x · wᵀ; then the normalisation is ready.
    ///
    /// - Parameter input: gives a piece's rows [rows][inputs]; called on the pool's threads.
    func forward(
        _ context: TrainingContext, _ cut: TaskCut, into z: FloatRegion, step: StepSettings,
        input: (_ piece: TaskCut.Piece, _ worker: Int) -> FloatRegion
    ) {
        let sums = cut.pieces.map { _ in TaskSums(channels: outputs) }
        let wantsMoments = step.wantsMoments(normalisation)
        context.pool.forEach(taskCount: cut.pieces.count) { task, worker in
            let piece = cut.pieces[task]
            let output = z[piece.rows.times(outputs)]
            MatrixProduct.forward(
                output, x: input(piece, worker), w: weight, rows: piece.rows.count, inputs: inputs,
                outputs: outputs)
            if wantsMoments { context.kernels.addMoments(of: output, to: &sums[task].moments) }
        }
        guard wantsMoments else { return normalisation.useRunning() }
        var moments = Moments(channels: outputs)
        for part in sums { moments.merge(part.moments) }
        normalisation.take(moments, step)
    }

    /// dz from dv once the normalisation has its sums, then dw += dzᵀ · x and, if wanted, dx = dz · w.
    ///
    /// - Parameters:
    ///   - factors: factor of dv for each image (stochastic depth); nil for 1.
    ///   - input: gives a piece's rows of x, as in `forward`; called after `inputGradient` of the same piece.
    ///   - inputGradient: gives where a piece's dx goes, and whether it is added; nil where nobody wants it.
    func backward(
        _ context: TrainingContext, _ cut: TaskCut, dv: FloatRegion, z: FloatRegion, factors: [Float]? = nil,
        inputGradient: ((_ piece: TaskCut.Piece, _ worker: Int) -> (region: FloatRegion, isAdded: Bool))?,
        input: (_ piece: TaskCut.Piece, _ worker: Int) -> FloatRegion
    ) {
        context.run(taskCount: cut.pieces.count, summing: weightGradient) { task, worker, part in
            let piece = cut.pieces[task]
            let rows = piece.rows.count
            let dz = context.scratch(worker: worker, slot: Self.gradientSlot, count: rows * outputs)
            for image in piece.images {
                let range = cut.rows(of: image, in: piece)
                combine(
                    context, worker, dv: dv[range.times(outputs)], z: z[range.times(outputs)],
                    factor: factors?[image] ?? 1,
                    into: dz[range.relative(to: piece.rows.lowerBound).times(outputs)])
            }
            if let target = inputGradient?(piece, worker) {
                MatrixProduct.inputGradient(
                    target.region, dy: dz, w: weight, rows: rows, inputs: inputs, outputs: outputs,
                    accumulating: target.isAdded)
            }
            MatrixProduct.weightGradient(
                part, dy: dz, x: input(piece, worker), rows: rows, inputs: inputs, outputs: outputs)
        }
    }

    private func combine(
        _ context: TrainingContext, _ worker: Int, dv: FloatRegion, z: FloatRegion, factor: Float,
        into dz: FloatRegion
    ) {
        var alpha = normalisation.alpha.region
        if factor != 1 {
            alpha = context.scratch(worker: worker, slot: Self.factorSlot, count: outputs)
            alpha.copy(normalisation.alpha.region)
            alpha.scale(by: factor)
        }
        context.kernels.combine(
            dv: dv, z: z, alpha: alpha, beta: normalisation.beta.region, delta: normalisation.delta.region,
            into: dz)
    }

    /// Scratch slots of this layer; callers use slots from 2 on.
    private static let gradientSlot = 0
    private static let factorSlot = 1
    /// The first scratch slot that a caller's closures may use.
    static let firstFreeSlot = 2
}
