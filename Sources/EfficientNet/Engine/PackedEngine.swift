internal import Tensor

/// The fast forward pass: packed weights, fused phases, no allocation and no waiting beyond the end of each phase.
///
/// An image passes in phases, each cut into tasks; a batch of at least as many images as threads gives each thread images
/// of its own. Both ways run the same tasks, so an image's answer is the same to the bit.
final class PackedEngine: InferenceEngine, @unchecked Sendable {  // `Network` lets one caller in at a time
    private let settings: NetworkSettings
    private let kernels: Kernels
    private let pool: ForkJoinPool
    private let plan: PackedPlan
    private let workspaces: [Workspace]
    private let phase: PhaseTasks
    private let phaseWork: ParallelWork
    private let images: ImageTasks
    private let imagesWork: ParallelWork
    private let classes: ClassTasks
    private let classesWork: ParallelWork
    private var features: AlignedFloats
    private var middle: AlignedFloats
    private var logits: AlignedFloats
    private var capacity: Int
    private let clock = ContinuousClock()
    private var isTimed = false
    private var durations: [Duration] = []

    init<Source: ParameterSource>(
        reader: ParameterReader<Source>, settings: NetworkSettings, pool: ForkJoinPool, kernels: Kernels
    ) throws(EfficientNetError) {
        self.settings = settings
        self.kernels = kernels
        self.pool = pool
        let plan = try PackedPlan(reader: reader, settings: settings, widths: kernels.widths)
        self.plan = plan
        workspaces = (0..<pool.threadCount).map { index in
            // Only the first is ever shared by all threads.
            Workspace(
                blocks: plan.blocks, featureSide: plan.featureSide,
                workerCount: index == 0 ? pool.threadCount : 1,
                mapTaskCount: PackedPlan.mapTaskCount)
        }
        let phase = PhaseTasks(plan: plan, kernels: kernels, threadCount: pool.threadCount)
        let images = ImageTasks(plan: plan, kernels: kernels, workspaces: workspaces)
        let classes = ClassTasks(plan: plan, kernels: kernels)
        (self.phase, phaseWork) = (phase, ParallelWork { phase.perform(task: $0, worker: $1) })
        (self.images, imagesWork) = (images, ParallelWork { images.perform(task: $0, worker: $1) })
        (self.classes, classesWork) = (classes, ParallelWork { classes.perform(task: $0, worker: $1) })
        features = AlignedFloats(count: 0)
        middle = AlignedFloats(count: 0)
        logits = AlignedFloats(count: 0)
        capacity = 0
        reserve(pool.threadCount)
    }

    /// Memory for the answers about so many images; grows only when a batch is larger than all before.
    private func reserve(_ imageCount: Int) {
        guard imageCount > capacity else { return }
        capacity = imageCount
        features = AlignedFloats(count: imageCount * settings.architecture.featureCount)
        middle = AlignedFloats(count: imageCount * plan.middleCount)
        logits = AlignedFloats(count: imageCount * plan.classifier.panels.count)
    }

    func evaluate(_ input: Span<Float>, into output: inout NetworkOutput, maps: MapChoice) {
        let imageCount = output.imageCount
        guard imageCount > 0 else { return }
        reserve(imageCount)
        unsafe input.withUnsafeBufferPointer { input in
            guard let start = input.baseAddress else { return }
            unsafe evaluate(start, imageCount: imageCount, maps: maps, into: &output)
        }
        output.copyFeatures(from: features)
        output.copyMiddleFeatures(from: middle)
    }

    private func evaluate(
        _ input: UnsafePointer<Float>, imageCount: Int, maps: MapChoice, into output: inout NetworkOutput
    ) {
        var first = 0
        if maps == .none, pool.threadCount > 1, imageCount >= pool.threadCount {
            first = imageCount / pool.threadCount * pool.threadCount
            unsafe images.set(
                input: input, features: features.baseAddress, middle: middle.baseAddress,
                inputCount: settings.inputCount)
            pool.run(imagesWork, taskCount: first)
        }
        for image in first..<imageCount {
            let target = unsafe features.baseAddress + image * settings.architecture.featureCount
            unsafe phase.set(
                input: input + image * settings.inputCount, features: target,
                middle: middle.baseAddress + image * plan.middleCount, workspace: workspaces[0])
            runPhases()
            guard maps != .none else { continue }
            classify(image..<image + 1, into: &output)
            makeMap(maps, image: image, into: &output)
        }
        if maps == .none { classify(0..<imageCount, into: &output) }
    }

    private func runPhases() {
        for index in plan.phases.indices {
            phase.index = index
            let begin = isTimed ? clock.now : nil
            pool.run(phaseWork, taskCount: phase.taskCount)
            if let begin { durations[index] += clock.now - begin }
        }
    }

    /// How long each phase of an image takes, the mean over `repeats` runs of one image by all threads.
    func phaseTimes(_ input: Span<Float>, repeats: Int) -> [PhaseTime] {
        var output = NetworkOutput(settings: settings, imageCount: 1)
        evaluate(input, into: &output, maps: .none)
        durations = Array(repeating: .zero, count: plan.phases.count)
        isTimed = true
        defer { isTimed = false }
        for _ in 0..<repeats {
            unsafe input.withUnsafeBufferPointer { input in
                guard let start = input.baseAddress else { return }
                unsafe phase.set(
                    input: start, features: features.baseAddress, middle: middle.baseAddress,
                    workspace: workspaces[0])
                runPhases()
            }
        }
        return zip(plan.phases, durations).map { phase, duration in
            PhaseTime(name: plan.name(of: phase), milliseconds: duration / .milliseconds(1) / Double(repeats))
        }
    }

    private func classify(_ range: Range<Int>, into output: inout NetworkOutput) {
        let featureCount = settings.architecture.featureCount
        let stride = plan.classifier.panels.count
        unsafe classes.set(
            features: features.baseAddress + range.lowerBound * featureCount,
            logits: logits.baseAddress + range.lowerBound * stride, imageCount: range.count)
        pool.run(classesWork, taskCount: plan.classifier.panels.list.count)
        output.copyLogits(from: logits, stride: stride, images: range)
    }

    /// A second pass over the head, with the weights of the map's class.
    private func makeMap(_ choice: MapChoice, image: Int, into output: inout NetworkOutput) {
        guard let classIndex = choice.classIndex(image: image, of: output) else { return }
        phase.index = plan.phases.count
        phase.classIndex = classIndex
        pool.run(phaseWork, taskCount: PackedPlan.mapTaskCount)
        let pixelCount = plan.featureSide * plan.featureSide
        let parts = unsafe workspaces[0].mapParts
        let stride = PackedWeights.roundedUp(pixelCount)
        for task in 1..<PackedPlan.mapTaskCount {
            unsafe kernels.add(parts + task * stride, to: parts, count: pixelCount)
        }
        unsafe output.copyMap(from: parts, image: image)
    }
}

/// One image, all threads: the tasks of one phase.
@safe private final class PhaseTasks {
    var index = 0
    var classIndex = 0
    private let runner: PhaseRunner
    private var input: UnsafePointer<Float>?
    private var features: UnsafeMutablePointer<Float>?
    private var middle: UnsafeMutablePointer<Float>?
    private var workspace: Workspace?

    init(plan: PackedPlan, kernels: Kernels, threadCount: Int) {
        runner = PhaseRunner(plan: plan, kernels: kernels, threadCount: threadCount)
    }

    /// Tasks of the current phase.
    var taskCount: Int { runner.taskCount(of: runner.plan.phases[index]) }

    func set(
        input: UnsafePointer<Float>, features: UnsafeMutablePointer<Float>,
        middle: UnsafeMutablePointer<Float>, workspace: Workspace
    ) {
        unsafe self.input = input
        unsafe self.features = features
        unsafe self.middle = middle
        self.workspace = workspace
    }

    func perform(task: Int, worker: Int) {
        guard let input = unsafe input, let features = unsafe features, let middle = unsafe middle,
            let workspace
        else { return }
        let image = unsafe ImagePass(
            input: input, features: features, middle: middle, workspace: workspace,
            scratch: workspace.scratch(worker: worker), worker: worker)
        if index < runner.plan.phases.count {
            runner.run(phase: index, task: task, image: image)
        } else {
            runner.runMap(task: task, classIndex: classIndex, image: image)
        }
    }
}

/// One task an image: all phases by one thread, in its own workspace.
@safe private final class ImageTasks {
    private let runner: PhaseRunner
    private let workspaces: [Workspace]
    private var input: UnsafePointer<Float>?
    private var features: UnsafeMutablePointer<Float>?
    private var middle: UnsafeMutablePointer<Float>?
    private var inputCount = 0

    init(plan: PackedPlan, kernels: Kernels, workspaces: [Workspace]) {
        runner = PhaseRunner(plan: plan, kernels: kernels, threadCount: 1)
        self.workspaces = workspaces
    }

    func set(
        input: UnsafePointer<Float>, features: UnsafeMutablePointer<Float>,
        middle: UnsafeMutablePointer<Float>, inputCount: Int
    ) {
        unsafe self.input = input
        unsafe self.features = features
        unsafe self.middle = middle
        self.inputCount = inputCount
    }

    func perform(task: Int, worker: Int) {
        guard let input = unsafe input, let features = unsafe features, let middle = unsafe middle else {
            return
        }
        let workspace = workspaces[worker]
        let image = unsafe ImagePass(
            input: input + task * inputCount, features: features + task * runner.plan.featureCount,
            middle: middle + task * runner.plan.middleCount, workspace: workspace,
            scratch: workspace.scratch(worker: 0), worker: 0)
        for index in runner.plan.phases.indices {
            for task in 0..<runner.taskCount(of: runner.plan.phases[index]) {
                runner.run(phase: index, task: task, image: image)
            }
        }
    }
}

/// The classifier on a batch: one task a panel of classes.
@safe private final class ClassTasks {
    private let plan: PackedPlan
    private let kernels: Kernels
    private var features: UnsafePointer<Float>?
    private var logits: UnsafeMutablePointer<Float>?
    private var imageCount = 0

    init(plan: PackedPlan, kernels: Kernels) {
        self.plan = plan
        self.kernels = kernels
    }

    func set(features: UnsafePointer<Float>, logits: UnsafeMutablePointer<Float>, imageCount: Int) {
        unsafe self.features = features
        unsafe self.logits = logits
        self.imageCount = imageCount
    }

    func perform(task: Int, worker: Int) {
        guard let features = unsafe features, let logits = unsafe logits else { return }
        let layer = plan.classifier
        let panel = layer.panels.list[task]
        unsafe kernels.multiply(
            PanelProduct(
                width: panel.width, input: features, inputStride: layer.inputCount,
                pieceWidth: layer.inputCount,
                weight: plan.weights.at(layer.weight(of: panel)),
                bias: plan.weights.at(layer.bias + panel.first),
                output: logits + panel.first, outputStride: layer.panels.count, pixelCount: imageCount))
    }
}
