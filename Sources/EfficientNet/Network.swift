internal import Locks
package import Tensor

/// An EfficientNet ready to classify.
///
/// Loading does all the work that is the same for every image; after it, the weights never change. Any thread
/// may call; calls queue up, because one call already uses all of the network's threads.
package final class Network: Sendable {
    /// What this network computes.
    package let settings: NetworkSettings
    /// The threads that work on a batch, the caller among them.
    package var threadCount: Int { pool.threadCount }

    /// The kernels it runs on; nil for the reference network.
    package let kernels: Kernels?

    private let pool: ForkJoinPool
    private let engine: any InferenceEngine
    private let turn = Lock(())

    /// Loads the weights of a bundle: a safetensors file with this program's names.
    ///
    /// Throws when a tensor is absent, unknown, of another shape or not finite, naming it with expected and
    /// found shape.
    ///
    /// - Parameter niceness: by how much its threads, but for the caller's, give way to others (nice(2)).
    package convenience init(
        weightsPath: String, settings: NetworkSettings, threadCount: Int, niceness: Int = 0,
        engine: EngineChoice = .fromEnvironment
    ) throws(EfficientNetError) {
        let file: SafetensorsFile
        do throws(TensorError) { file = try SafetensorsFile(path: weightsPath) } catch { throw .file(error) }
        if let name = file.foreign.keys.min() {
            throw .unexpected(tensor: name, architecture: settings.architecture.name)
        }
        try self.init(
            source: file, settings: settings, threadCount: threadCount, niceness: niceness, engine: engine)
    }

    /// Loads weights from wherever `source` has them.
    package init(
        source: some ParameterSource, settings: NetworkSettings, threadCount: Int, niceness: Int = 0,
        engine: EngineChoice = .fromEnvironment
    ) throws(EfficientNetError) {
        guard (1...ForkJoinPool.threadCountMax).contains(threadCount) else {
            throw .settings("\(threadCount) threads are not in 1…\(ForkJoinPool.threadCountMax)")
        }
        self.settings = settings
        pool = ForkJoinPool(threadCount: threadCount, flushesSubnormals: true, niceness: niceness)
        let reader = try ParameterReader(source, settings: settings)
        kernels = engine.kernels
        if let kernels = engine.kernels {
            self.engine = try PackedEngine(reader: reader, settings: settings, pool: pool, kernels: kernels)
        } else {
            self.engine = try ReferenceNetwork(reader: reader, settings: settings, pool: pool)
        }
    }

    /// Logits, features and, if wanted, class activation maps of a batch, into memory that the caller keeps.
    ///
    /// - Parameter input: [images][side][side][3], normalised.
    /// - Precondition: `output` was made for these settings and this number of images; the maps' class is one of them.
    package func evaluate(_ input: Span<Float>, into output: inout NetworkOutput, maps: MapChoice = .none) {
        precondition(input.count == output.imageCount * settings.inputCount)
        precondition(
            output.classCount == settings.classCount
                && output.featureCount == settings.architecture.featureCount
                && output.mapSide == settings.architecture.featureSide(imageSide: settings.side))
        if case .ofClass(let index) = maps { precondition((0..<settings.classCount).contains(index)) }
        turn.withLock { _ in engine.evaluate(input, into: &output, maps: maps) }
    }

    /// The same for an array, whose length says how many images there are.
    ///
    /// - Precondition: `input` holds whole images.
    package func evaluate(_ input: [Float], maps: MapChoice = .none) -> NetworkOutput {
        precondition(input.count.isMultiple(of: settings.inputCount))
        var output = NetworkOutput(settings: settings, imageCount: input.count / settings.inputCount)
        evaluate(input.span, into: &output, maps: maps)
        return output
    }

    /// How long each phase of one image takes with all threads; empty for the reference network.
    package func phaseTimes(_ input: [Float], repeats: Int) -> [PhaseTime] {
        precondition(input.count == settings.inputCount && repeats > 0)
        return turn.withLock { _ in engine.phaseTimes(input.span, repeats: repeats) }
    }

    /// Only the logits, [images][classes].
    package func logits(_ input: [Float]) -> [Float] { evaluate(input).logits }

    /// Only the pooled features, [images][features].
    package func features(_ input: [Float]) -> [Float] { evaluate(input).features }
}
