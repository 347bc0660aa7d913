package import EfficientNet
internal import Tensor

/// How long a training step takes: forward, backward and AdamW, on noise.
package struct TrainingBenchmark: Sendable {
    /// Milliseconds per image of every step, in the order of the steps.
    package let times: [Double]

    /// Steps before the measurement: memory is touched for the first time.
    private static let warmUpCount = 1
    /// Steps at least, however long they take.
    private static let stepCountMin = 4

    /// Takes steps for `seconds`, and at least four.
    ///
    /// Batch normalisations use the statistics of the batch unless the weights are folded. Throws `model` where the
    /// weights do not fit the settings.
    package init(
        of tensors: some ParameterSource, settings: NetworkSettings, batch: Int, threadCount: Int,
        seconds: Double
    ) throws(LearningError) {
        var recipe = TrainingRecipe()
        recipe.architecture = settings.architecture.name
        recipe.side = settings.side
        let network: TrainableNetwork
        do throws(EfficientNetError) {
            network = try TrainableNetwork(
                TrainingParameters(source: tensors, settings: settings), imageCountMax: batch,
                threadCount: threadCount, freezing: recipe.freezing(of: settings))
        } catch {
            throw .model(error.description)
        }
        let update = WeightUpdate(network, recipe: recipe)
        var generator = SeededGenerator(seed: 1)
        let images = (0..<batch * settings.inputCount).map { _ in Float(generator.uniform(-2...2)) }
        let truth = (0..<batch).map { $0 % settings.classCount }
        let clock = ContinuousClock()
        var times: [Double] = []
        var end = clock.now
        for step in 0... {
            let time = clock.measure {
                let logits = network.forward(images, step: StepSettings(isTraining: true))
                network.backward(CrossEntropy()(logits: logits, truth: truth).gradient)
                _ = update.step(factor: 1e-3)
            }
            if step == Self.warmUpCount - 1 { end = clock.now + .seconds(seconds) }
            if step >= Self.warmUpCount { times.append(time / .milliseconds(1) / Double(batch)) }
            if times.count >= Self.stepCountMin, clock.now >= end { break }
        }
        self.times = times
    }
}
