internal import Classification
internal import EfficientNet
internal import Tensor

/// One training: from starting weights and images to a model, epoch by epoch, the same bits for the same input.
///
/// Used by one thread. After every epoch everything that is needed to go on is written to the state folder; a training
/// that is started again on it continues there, and ends with exactly the weights it would have had.
package final class Trainer {
    /// How a run ended.
    package enum Outcome: Sendable {
        /// All epochs are done, or patience ran out.
        case finished(TrainedModel)
        /// The caller stopped it; this many whole epochs are kept.
        case stopped(epochs: Int)
    }

    /// What decides the training.
    package let recipe: TrainingRecipe
    /// Epochs that are done.
    package var epoch: Int { state.epoch }

    private let start: TrainingStart
    private let training: [LearningImage]
    private let validation: [LearningImage]
    private let network: TrainableNetwork
    /// The same weights for the smaller images of the phase at hand; nil at full size.
    private var smaller: TrainableNetwork?
    private let update: WeightUpdate
    private let loss: CrossEntropy
    private let batches: BatchMaker
    private let schedule: RateSchedule
    private let checkpoint: Checkpoint?
    private var state: TrainingState
    /// The weights of the best epoch and their statistics; empty where the last one's are wanted.
    private let best: FloatBuffer
    private let bestStatistics: FloatBuffer

    /// Prepares a training; with `resuming`, continues what the state folder holds, if it holds anything.
    ///
    /// Throws `settings` for an impossible recipe, `data` for images that cannot be learned from, `world` where the
    /// folder holds the state of another training, or one although `resuming` is false.
    ///
    /// - Parameters:
    ///   - training: the images to learn from, at least two classes among them.
    ///   - validation: the images to watch; may be empty.
    ///   - stateFolder: where checkpoints go; nil for none.
    package init(
        recipe: TrainingRecipe, start: TrainingStart, training: [LearningImage], validation: [LearningImage],
        stateFolder: String? = nil, resuming: Bool = false, threadCount: Int
    ) throws(LearningError) {
        try recipe.check()
        let classCount = start.settings.classCount
        let counts = try Self.counts(training, validation, start.settings)
        self.recipe = recipe
        self.start = start
        self.training = training
        self.validation = validation
        do throws(EfficientNetError) {
            network = try TrainableNetwork(
                TrainingParameters(source: start.tensors, settings: start.settings),
                imageCountMax: min(recipe.batch, max(training.count, validation.count)),
                threadCount: threadCount, freezing: recipe.freezing(of: start.settings))
        } catch {
            throw .model(error.description)
        }
        let names = network.parameters.entries.map(\.name)
        if let stranger = recipe.frozen.first(where: { !names.contains(where: NamePattern($0).matches) }) {
            throw .settings("the recipe: frozen has \"\(stranger)\", which no tensor's name matches")
        }
        update = WeightUpdate(network, recipe: recipe)
        guard !update.isIdle else {
            throw .settings("the recipe: every tensor is frozen, nothing would learn")
        }
        let weights = counts.map { $0 > 0 ? Double(training.count) / Double($0 * classCount) : 1 }
        loss = CrossEntropy(
            smoothing: recipe.labelSmoothing, classWeights: recipe.classWeights == .balanced ? weights : [])
        batches = BatchMaker(recipe: recipe, images: training, settings: start.settings, start.preparation)
        schedule = RateSchedule(
            stepCount: batches.stepCount * recipe.epochs, warmUp: recipe.warmUp, finalRate: recipe.finalRate)
        let keepsBest = recipe.selection == .best && !validation.isEmpty
        best = FloatBuffer(count: keepsBest ? network.parameters.values.count : 0)
        bestStatistics = FloatBuffer(count: keepsBest ? network.parameters.statistics.count : 0)
        checkpoint = stateFolder.map { Checkpoint(folder: $0) }
        state = TrainingState(fingerprint: Self.fingerprint(recipe, start, training, validation))
        if let checkpoint { try open(checkpoint, resuming: resuming) }
    }

    private func open(_ checkpoint: Checkpoint, resuming: Bool) throws(LearningError) {
        checkpoint.removeLeftovers()
        guard checkpoint.exists else { return }
        guard resuming else {
            throw .world(
                "\(checkpoint.folder) holds the checkpoint of a training that was not finished: resume it, or "
                    + "remove the folder to start anew")
        }
        state = try checkpoint.read(fingerprint: state.fingerprint, into: buffers)
        update.stepCount = state.stepCount
    }

    /// Everything that a checkpoint holds.
    private var buffers: [(name: String, buffer: FloatBuffer)] {
        [
            ("values", network.parameters.values), ("statistics", network.parameters.statistics),
            ("first", update.first), ("second", update.second), ("average", update.average),
            ("averageStatistics", update.averageStatistics), ("best", best),
            ("bestStatistics", bestStatistics),
        ]
    }

    /// Trains until all epochs are done, patience runs out, or the caller stops it.
    ///
    /// Throws `model` where the loss is no number any more, and `world` where a checkpoint cannot be written.
    ///
    /// - Parameters:
    ///   - shouldStop: asked before every step; after true, the epoch at hand is given up and the last whole one stays.
    ///   - progress: called after every step, and once more after every epoch with its record.
    package func run(
        shouldStop: () -> Bool = { false }, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(LearningError) -> Outcome {
        while state.epoch < recipe.epochs, !isOutOfPatience {
            guard var record = try runEpoch(shouldStop, progress) else {
                return .stopped(epochs: state.epoch)
            }
            try finish(&record)
            progress(
                TrainingProgress(
                    epoch: record.epoch, epochCount: recipe.epochs, step: batches.stepCount,
                    stepCount: batches.stepCount, imageCount: training.count, loss: record.loss,
                    accuracy: record.accuracy, record: record))
        }
        return .finished(model())
    }

    /// Removes the checkpoint: the model is written, nothing is to be resumed.
    package func removeState() { checkpoint?.remove() }

    private var isOutOfPatience: Bool {
        recipe.patience > 0 && state.bestEpoch > 0 && state.epoch - state.bestEpoch >= recipe.patience
    }

    /// The network for the size of an epoch's images.
    private func network(epoch: Int) -> TrainableNetwork {
        let side = recipe.side(epoch: epoch)
        if let smaller, smaller.side == side { return smaller }
        smaller = nil  // before the next one takes its memory
        if side != network.side { smaller = network.resized(to: side) }
        return smaller ?? network
    }

    /// One pass over the training images; nil where it was stopped.
    private func runEpoch(
        _ shouldStop: () -> Bool, _ progress: (TrainingProgress) -> Void
    ) throws(LearningError) -> EpochRecord? {
        let epoch = state.epoch + 1
        let order = batches.order(epoch: epoch)
        let network = network(epoch: epoch)
        var (lossSum, rightCount, imageCount) = (0.0, 0, 0)
        var lengths: [Double] = []
        let step = StepSettings(isTraining: true, statisticsMomentum: recipe.statisticsMomentum)
        for (index, positions) in order.enumerated() {
            if shouldStop() { return nil }
            let share = batches.ownShare(epoch: epoch, step: index)
            let input = batches.pixels(
                positions, epoch: epoch, side: network.side, ownShare: share, pool: network.pool)
            let noise = batches.noise(imageCount: positions.count, epoch: epoch, step: index)
            let truth = positions.map { training[$0].classIndex }
            let logits = network.forward(input, step: step, noise: noise)
            let result = loss(logits: logits, truth: truth, ownShare: share)
            guard result.loss.isFinite else {
                throw .model("the loss is not finite in epoch \(epoch), step \(index + 1): lower the rates")
            }
            network.backward(result.gradient)
            lengths.append(update.step(factor: schedule.factor(step: state.stepCount + index)))
            lossSum += result.loss * Double(positions.count)
            rightCount += Self.rightCount(logits, truth)
            imageCount += positions.count
            progress(
                TrainingProgress(
                    epoch: epoch, epochCount: recipe.epochs, step: index + 1, stepCount: order.count,
                    imageCount: imageCount, loss: lossSum / Double(imageCount),
                    accuracy: Double(rightCount) / Double(imageCount), record: nil))
        }
        return EpochRecord(
            epoch: epoch, rate: recipe.bodyRate * schedule.factor(step: update.stepCount - 1),
            loss: lossSum / Double(imageCount), accuracy: Double(rightCount) / Double(imageCount),
            gradientLength: lengths.sorted()[lengths.count / 2])
    }

    /// Watches, remembers the best epoch, and writes the checkpoint.
    private func finish(_ record: inout EpochRecord) throws(LearningError) {
        if !validation.isEmpty {
            let (loss, accuracy) = with(shippedValues, shippedStatistics) { watch() }
            (record.validationLoss, record.validationAccuracy) = (loss, accuracy)
            let smallest = state.history.compactMap(\.validationLoss).min() ?? .infinity
            if loss < smallest {
                state.bestEpoch = record.epoch
                if best.count > 0 {
                    best.region.copy(shippedValues.region)
                    bestStatistics.region.copy(shippedStatistics.region)
                }
            }
        }
        let numbers = [record.loss, record.gradientLength, record.validationLoss ?? 0]
        let lengths = [shippedValues, shippedStatistics].map(\.region.squaredLength)
        guard (numbers + lengths).allSatisfy(\.isFinite) else {
            throw .model(
                "weights or losses are not finite at the end of epoch \(record.epoch): lower the rates")
        }
        state.epoch = record.epoch
        state.stepCount = update.stepCount
        state.history.append(record)
        try checkpoint?.write(state, buffers)
    }

    /// The weights that would be written now: the average, where there is one.
    private var shippedValues: FloatBuffer {
        update.average.count > 0 ? update.average : network.parameters.values
    }
    private var shippedStatistics: FloatBuffer {
        update.average.count > 0 ? update.averageStatistics : network.parameters.statistics
    }

    /// Puts other weights into the network for a while.
    private func with<Result>(
        _ values: FloatBuffer, _ statistics: FloatBuffer, _ body: () -> Result
    ) -> Result {
        let parameters = network.parameters
        let own = (parameters.values.region.array, parameters.statistics.region.array)
        parameters.values.region.copy(values.region)
        parameters.statistics.region.copy(statistics.region)
        let result = body()
        parameters.values.region.set(own.0)
        parameters.statistics.region.set(own.1)
        return result
    }

    /// Mean loss, without smoothing or weights, and accuracy on the validation images.
    private func watch() -> (loss: Double, accuracy: Double) {
        let plain = CrossEntropy()
        let input = InputScale(start.preparation)
        var (sum, rightCount) = (0.0, 0)
        for first in stride(from: 0, to: validation.count, by: network.imageCountMax) {
            let images = validation[first..<min(first + network.imageCountMax, validation.count)]
            let truth = images.map(\.classIndex)
            let logits = network.forward(images.flatMap { input.pixels($0.grey) }, step: .evaluation)
            sum += plain(logits: logits, truth: truth).loss * Double(truth.count)
            rightCount += Self.rightCount(logits, truth)
        }
        return (sum / Double(validation.count), Double(rightCount) / Double(validation.count))
    }

    private func model() -> TrainedModel {
        let parameters = network.parameters
        let isBest = best.count > 0 && state.bestEpoch > 0
        let tensors = with(
            isBest ? best : shippedValues, isBest ? bestStatistics : shippedStatistics
        ) {
            if !parameters.isFolded { restateStatistics() }
            return parameters.exported()
        }
        return TrainedModel(
            settings: parameters.settings, tensors: tensors, isFolded: parameters.isFolded,
            preparation: start.preparation, history: state.history,
            epoch: isBest ? state.bestEpoch : state.epoch)
    }

    /// States the batch normalisations by the statistics of the training images, as preparation makes them.
    ///
    /// Frozen ones hold the statistics of whatever the starting weights were trained on, averaged ones lag behind. The
    /// network's answers stay; who trains on from it may use batch statistics without a jump.
    private func restateStatistics() {
        let input = InputScale(start.preparation)
        for first in stride(from: 0, to: training.count, by: network.imageCountMax) {
            let images = training[first..<min(first + network.imageCountMax, training.count)]
            _ = network.forward(images.flatMap { input.pixels($0.grey) }, step: .measuring)
        }
        network.restateStatistics()
    }
}

extension Trainer {
    /// Images per class; throws where they cannot be learned from.
    static func counts(
        _ training: [LearningImage], _ validation: [LearningImage], _ settings: NetworkSettings
    ) throws(LearningError) -> [Int] {
        var counts = [Int](repeating: 0, count: settings.classCount)
        for image in training + validation {
            guard counts.indices.contains(image.classIndex) else {
                throw .data("\(image.name) is of class \(image.classIndex), the model has \(counts.count)")
            }
            guard image.grey.count == settings.side * settings.side else {
                throw .data("\(image.name) was not prepared for \(settings.side) × \(settings.side)")
            }
        }
        for image in training { counts[image.classIndex] += 1 }
        guard counts.filter({ $0 > 0 }).count > 1 else {
            throw .data("all images to learn from are of one class: there is nothing to tell apart")
        }
        return counts
    }

    /// How many images the largest logit names right.
    private static func rightCount(_ logits: [Float], _ truth: [Int]) -> Int {
        let classCount = logits.count / truth.count
        return truth.enumerated().count { image, target in
            let row = logits[image * classCount..<(image + 1) * classCount]
            return row.firstIndex(of: row.max() ?? 0) == image * classCount + target
        }
    }

    /// SHA-256 over all that decides the result.
    static func fingerprint(
        _ recipe: TrainingRecipe, _ start: TrainingStart, _ training: [LearningImage],
        _ validation: [LearningImage]
    ) -> String {
        let images = (training + validation).map { "\($0.classIndex)\t\($0.digest)\n" }.joined()
        return Classification.fingerprint(
            of:
                "\(recipe.json)\(start.source)\n\(start.digest)\n\(start.notes.joined(separator: "\n"))\n\(training.count)\n\(images)"
        )
    }
}

extension TrainingRecipe {
    /// What stands still: folded weights have no statistics that could be learned.
    func freezing(of settings: NetworkSettings) -> TrainableNetwork.Freezing {
        let parameters = settings.architecture.parameters(
            classCount: settings.classCount, batchNormFolded: false
        ).map(\.name).filter { !$0.contains(".running_") }
        let stages =
            ["stem"] + settings.architecture.blocks.map { "blocks.\($0.stageIndex).\($0.blockIndex)." }
        // Leading stages without anything that learns: nothing is computed for them.
        var unlearned = 0
        for stage in stages {
            let names = parameters.filter {
                stage == "stem" ? $0.hasPrefix("conv_stem.") || $0.hasPrefix("bn1.") : $0.hasPrefix(stage)
            }
            guard names.allSatisfy(isFrozen) else { break }
            unlearned += 1
        }
        return TrainableNetwork.Freezing(
            unlearnedStages: unlearned,
            frozenStatisticsStages: settings.batchNormFolded
                ? TrainableNetwork.Freezing.allStages : frozenStatisticsStages ?? 0)
    }
}
