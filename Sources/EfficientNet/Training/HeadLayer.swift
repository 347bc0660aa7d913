internal import Tensor

/// The end of the network in training: 1×1 convolution, normalisation, SiLU, mean over the pixels, dropout, classifier.
final class HeadLayer {
    /// [images][classes].
    let logits: FloatBuffer
    /// [images][features], before dropout.
    let features: FloatBuffer

    private let pointwise: NormalisedPointwise
    private let convolved: FloatBuffer
    private let dropped: FloatBuffer
    private let parameters: TrainingParameters
    private let pixelCount: Int
    private let inputs: Int
    private let featureCount: Int
    private let classCount: Int

    init(_ parameters: TrainingParameters, inputSide: Int, imageCountMax: Int, usesBatch: Bool) {
        let architecture = parameters.settings.architecture
        self.parameters = parameters
        pixelCount = inputSide * inputSide
        inputs = architecture.trunkChannels
        featureCount = architecture.featureCount
        classCount = parameters.settings.classCount
        pointwise = NormalisedPointwise(parameters, architecture.head, inputs: inputs, usesBatch: usesBatch)
        convolved = FloatBuffer(count: imageCountMax * pixelCount * featureCount)
        features = FloatBuffer(count: imageCountMax * featureCount)
        dropped = FloatBuffer(count: imageCountMax * featureCount)
        logits = FloatBuffer(count: imageCountMax * classCount)
    }

    var normalisations: [NormalisationLayer] { [pointwise.normalisation] }

    private func cut(_ imageCount: Int) -> TaskCut {
        TaskCut(imageCount: imageCount, pixelCount: pixelCount, channels: featureCount)
    }

    /// Fills `features` and `logits`.
    ///
    /// - Parameter factors: dropout's factor of each image and feature; empty for 1.
    func forward(
        _ context: TrainingContext, input: FloatRegion, imageCount: Int, factors: [Float], step: StepSettings
    ) {
        pointwise.forward(context, cut(imageCount), into: convolved.region, step: step) { piece, _ in
            input[piece.rows.times(inputs)]
        }
        let normalisation = pointwise.normalisation
        context.pool.forEach(taskCount: imageCount) { image, _ in
            var sum = [Double](repeating: 0, count: featureCount)
            let rows = image * pixelCount..<(image + 1) * pixelCount
            context.kernels.activateSum(
                convolved[rows.times(featureCount)], a: normalisation.scale.region,
                b: normalisation.shift.region,
                sum: &sum)
            let means = features[image * featureCount..<(image + 1) * featureCount]
            for index in 0..<featureCount { means[index] = Float(sum[index] / Double(pixelCount)) }
        }
        classify(imageCount: imageCount, factors: factors)
    }

    private func classify(imageCount: Int, factors: [Float]) {
        let count = imageCount * featureCount
        let dropped = dropped[0..<count]
        dropped.copy(features[0..<count])
        if !factors.isEmpty {
            precondition(factors.count == count, "a dropout factor for every feature")
            for index in 0..<count { dropped[index] *= factors[index] }
        }
        let logits = logits[0..<imageCount * classCount]
        MatrixProduct.forward(
            logits, x: dropped, w: parameters.value(Architecture.classifierWeight), rows: imageCount,
            inputs: featureCount, outputs: classCount)
        let bias = parameters.value(Architecture.classifierBias)
        for index in 0..<logits.count { logits[index] += bias[index % classCount] }
    }

    /// From the gradient of the logits to that of the input; adds the gradients of all parameters.
    ///
    /// - Parameter inputGradient: filled; nil where only the classifier learns.
    func backward(
        _ context: TrainingContext, input: FloatRegion, imageCount: Int, factors: [Float],
        gradient: FloatRegion,
        inputGradient: FloatRegion?
    ) {
        let bias = parameters.gradient(Architecture.classifierBias)
        for index in 0..<gradient.count { bias[index % classCount] += gradient[index] }
        MatrixProduct.weightGradient(
            parameters.gradient(Architecture.classifierWeight), dy: gradient,
            x: dropped[0..<imageCount * featureCount], rows: imageCount, inputs: featureCount,
            outputs: classCount)
        let owner = FloatBuffer(count: imageCount * featureCount)
        let means = owner.region
        MatrixProduct.inputGradient(
            means, dy: gradient, w: parameters.value(Architecture.classifierWeight), rows: imageCount,
            inputs: featureCount, outputs: classCount)
        for index in 0..<means.count where !factors.isEmpty { means[index] *= factors[index] }
        means.scale(by: 1 / Float(pixelCount))

        let cut = cut(imageCount)
        let convolvedGradient = context.gradient(slot: 0, count: imageCount * pixelCount * featureCount)
        let normalisation = pointwise.normalisation
        let sums = cut.pieces.map { _ in TaskSums(channels: featureCount) }
        context.pool.forEach(taskCount: cut.pieces.count) { task, _ in
            for image in cut.pieces[task].images {
                let range = cut.rows(of: image, in: cut.pieces[task]).times(featureCount)
                context.kernels.activationGradient(
                    z: convolved[range], a: normalisation.scale.region, b: normalisation.shift.region,
                    mean: normalisation.mean.region, du: nil,
                    offset: means[image * featureCount..<(image + 1) * featureCount],
                    into: convolvedGradient[range], sums: &sums[task].gradient)
            }
        }
        var total = GradientSums(channels: featureCount)
        for part in sums { total.merge(part.gradient) }
        normalisation.finish(total, rowCount: imageCount * pixelCount)
        pointwise.backward(
            context, cut, dv: convolvedGradient, z: convolved.region,
            inputGradient: inputGradient.map { target in
                { piece, _ in (target[piece.rows.times(self.inputs)], false) }
            },
            input: { piece, _ in input[piece.rows.times(inputs)] })
    }
}
