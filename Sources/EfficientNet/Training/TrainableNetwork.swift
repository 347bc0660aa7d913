package import Tensor

/// An EfficientNet that can learn: forward and backward over a batch, all memory allocated once.
///
/// Used by one thread; the pool's threads help within a pass. The same input, parameters and noise give the same bits,
/// whatever the number of threads: work is cut by the shapes alone and sums are added in the order of the tasks.
package final class TrainableNetwork {
    /// Weights, gradients and running statistics.
    package let parameters: TrainingParameters
    /// Rows and columns of the images: the parameters' own side, or that of a phase with smaller images.
    package let side: Int
    /// The most images of a batch.
    package let imageCountMax: Int
    /// What learns.
    package let freezing: Freezing

    private let context: TrainingContext
    private let stem: StemLayer
    private let blocks: [BlockLayer]
    private let head: HeadLayer
    private let input: FloatBuffer
    /// Gradients between blocks: read from one, written to the other.
    private let between: [FloatBuffer]
    private var imageCount = 0
    private var noise = StepNoise()

    /// Which parts stand still.
    package struct Freezing: Sendable, Equatable {
        /// How many of stem (1) and blocks (1 each) from the image on do not learn: nothing is computed for them.
        package var unlearnedStages: Int
        /// How many of stem and blocks keep their running statistics; at least `unlearnedStages`.
        package var frozenStatisticsStages: Int

        /// As given.
        package init(unlearnedStages: Int = 0, frozenStatisticsStages: Int = 0) {
            self.unlearnedStages = unlearnedStages
            self.frozenStatisticsStages = max(frozenStatisticsStages, unlearnedStages)
        }

        /// More stages than any network has: everything but what lies after the blocks.
        package static let allStages = 10_000
    }

    /// Allocates for batches of up to `imageCountMax` images.
    ///
    /// Throws `settings` for an impossible batch or freezing.
    package convenience init(
        _ parameters: TrainingParameters, imageCountMax: Int, threadCount: Int,
        freezing: Freezing = Freezing(),
        kernels: TrainingKernels = .best
    ) throws(EfficientNetError) {
        guard (1...Self.imageCountLimit).contains(imageCountMax) else {
            throw .settings("a batch of \(imageCountMax) is not in 1…\(Self.imageCountLimit)")
        }
        guard (1...ForkJoinPool.threadCountMax).contains(threadCount) else {
            throw .settings("\(threadCount) threads are not in 1…\(ForkJoinPool.threadCountMax)")
        }
        let stageCount = parameters.settings.architecture.blocks.count + 1
        guard !parameters.isFolded || freezing.frozenStatisticsStages > stageCount else {
            throw .settings(
                "the base has its batch normalisations folded in: their statistics must stay frozen in every stage"
            )
        }
        self.init(
            parameters, side: parameters.settings.side, imageCountMax: imageCountMax, freezing: freezing,
            context: TrainingContext(pool: ForkJoinPool(threadCount: threadCount), kernels: kernels))
    }

    /// A network for smaller or larger images that shares parameters and threads with this one.
    ///
    /// - Precondition: a side of `NetworkSettings.sides`.
    package func resized(to side: Int) -> TrainableNetwork {
        precondition(NetworkSettings.sides.contains(side), "a side that is possible")
        return TrainableNetwork(
            parameters, side: side, imageCountMax: imageCountMax, freezing: freezing, context: context)
    }

    private init(
        _ parameters: TrainingParameters, side: Int, imageCountMax: Int, freezing: Freezing,
        context: TrainingContext
    ) {
        let architecture = parameters.settings.architecture
        let stageCount = architecture.blocks.count + 1
        self.parameters = parameters
        self.side = side
        self.imageCountMax = imageCountMax
        self.freezing = freezing
        self.context = context
        func usesBatch(stage: Int) -> Bool { stage >= freezing.frozenStatisticsStages }
        stem = StemLayer(
            parameters, inputSide: side, imageCountMax: imageCountMax, usesBatch: usesBatch(stage: 0))
        var mapSide = stem.outputSide
        var largest = stem.output.count
        var blocks: [BlockLayer] = []
        for (index, block) in architecture.blocks.enumerated() {
            let layer = BlockLayer(
                parameters, block, inputSide: mapSide, imageCountMax: imageCountMax,
                usesBatch: usesBatch(stage: index + 1))
            mapSide = layer.outputSide
            largest = max(largest, layer.output.count)
            blocks.append(layer)
        }
        self.blocks = blocks
        head = HeadLayer(
            parameters, inputSide: mapSide, imageCountMax: imageCountMax,
            usesBatch: usesBatch(stage: stageCount))
        input = FloatBuffer(count: imageCountMax * side * side * 3)
        between = [FloatBuffer(count: largest), FloatBuffer(count: largest)]
    }

    /// The threads that help within a pass; between passes they may help the caller.
    package var pool: ForkJoinPool { context.pool }

    /// The largest batch that is accepted.
    package static let imageCountLimit = 1024

    /// Whether a tensor learns.
    package func isLearned(_ name: String) -> Bool {
        let stage: Int
        if name.hasPrefix("blocks."),
            let index = blockIndices[name.split(separator: ".").prefix(3).joined(separator: ".")]
        {
            stage = index + 1
        } else if name.hasPrefix("conv_stem") || name.hasPrefix("bn1.") {
            stage = 0
        } else {
            return true
        }
        return stage >= freezing.unlearnedStages
    }

    private lazy var blockIndices: [String: Int] = Dictionary(
        uniqueKeysWithValues: blocks.enumerated().map {
            ("blocks.\($1.block.stageIndex).\($1.block.blockIndex)", $0)
        })

    /// Logits [images][classes] of images [images][side][side][3], normalised.
    ///
    /// Keeps what `backward` needs.
    ///
    /// - Precondition: whole images, at most `imageCountMax`.
    package func forward(_ images: [Float], step: StepSettings, noise: StepNoise = StepNoise()) -> [Float] {
        let inputCount = side * side * 3
        precondition(!images.isEmpty && images.count.isMultiple(of: inputCount))
        imageCount = images.count / inputCount
        precondition(imageCount <= imageCountMax, "a batch that fits")
        self.noise = step.isTraining ? noise : StepNoise()
        input[0..<images.count].set(images)
        stem.forward(context, input: input.region, imageCount: imageCount, step: step)
        var map = stem.output.region
        for (index, block) in blocks.enumerated() {
            block.forward(
                context, input: map, imageCount: imageCount, factors: self.noise.factors(block: index),
                step: step)
            map = block.output.region
        }
        head.forward(
            context, input: map, imageCount: imageCount, factors: self.noise.featureFactors, step: step)
        return head.logits[0..<imageCount * parameters.settings.classCount].array
    }

    /// Replaces all running statistics by those that measuring passes have noted since the last time, and scales and
    /// shifts so that the network computes what it did, to rounding.
    ///
    /// - Precondition: weights whose normalisations are not folded in.
    package func restateStatistics() {
        precondition(!parameters.isFolded, "statistics of their own")
        for layer in ([stem.normalisations] + blocks.map(\.normalisations) + [head.normalisations]).joined() {
            layer.restate()
        }
    }

    /// The pooled features of the last forward pass, [images][features].
    package var features: [Float] {
        head.features[0..<imageCount * parameters.settings.architecture.featureCount].array
    }

    /// The gradients of all parameters for the last forward pass, from the gradient of its logits.
    ///
    /// They replace those of the step before; those of what does not learn are 0.
    package func backward(_ gradient: [Float]) {
        precondition(gradient.count == imageCount * parameters.settings.classCount && imageCount > 0)
        parameters.gradients.region.fill(0)
        let owner = FloatBuffer(gradient)
        let lastStage = blocks.count
        func map(before index: Int) -> FloatRegion {
            index == 0 ? stem.output.region : blocks[index - 1].output.region
        }
        func floats(_ buffer: FloatBuffer, before index: Int) -> FloatRegion {
            let side = index == 0 ? stem.outputSide : blocks[index - 1].outputSide
            let channels =
                index == 0
                ? parameters.settings.architecture.stemChannels : blocks[index - 1].block.outputChannels
            return buffer[0..<imageCount * side * side * channels]
        }
        let isTrunkLearned = freezing.unlearnedStages <= lastStage
        head.backward(
            context, input: map(before: lastStage), imageCount: imageCount, factors: noise.featureFactors,
            gradient: owner.region,
            inputGradient: isTrunkLearned ? floats(between[0], before: lastStage) : nil)
        guard isTrunkLearned else { return }
        var current = 0
        for index in blocks.indices.reversed() where index + 1 >= freezing.unlearnedStages {
            blocks[index].backward(
                context, input: map(before: index), imageCount: imageCount,
                factors: noise.factors(block: index),
                gradient: floats(between[current], before: index + 1),
                inputGradient: floats(between[1 - current], before: index))
            current = 1 - current
        }
        if freezing.unlearnedStages == 0 {
            stem.backward(
                context, input: input.region, imageCount: imageCount,
                gradient: floats(between[current], before: 0))
        }
    }
}
