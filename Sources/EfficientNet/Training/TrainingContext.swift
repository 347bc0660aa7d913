internal import Tensor

/// What the layers of a network in training share: threads, kernels and scratch memory.
///
/// Used by one thread at a time; within a pass each worker touches only its own scratch and each task only its own part.
final class TrainingContext {
    let pool: ForkJoinPool
    let kernels: TrainingKernels
    private let workers: [WorkerScratch]
    private var partials = FloatBuffer(count: 0)
    private var gradients: [FloatBuffer] = []

    /// Elements that one task of a reduction adds up.
    private static let reductionCount = 8192

    init(pool: ForkJoinPool, kernels: TrainingKernels) {
        self.pool = pool
        self.kernels = kernels
        workers = (0..<pool.threadCount).map { _ in WorkerScratch() }
    }

    /// A worker's own memory: what it holds is whatever was left in it.
    func scratch(worker: Int, slot: Int, count: Int) -> FloatRegion {
        workers[worker].region(slot: slot, count: count)
    }

    /// One of the buffers that carry an expanded tensor's gradient within a block, at least `count` floats long.
    func gradient(slot: Int, count: Int) -> FloatRegion {
        while gradients.count <= slot { gradients.append(FloatBuffer(count: 0)) }
        if gradients[slot].count < count { gradients[slot] = FloatBuffer(count: count) }
        return gradients[slot][0..<count]
    }

    /// Runs tasks that each add to their own copy of a weight's gradient, and adds the copies up in the order of tasks.
    func run(
        taskCount: Int, summing target: FloatRegion,
        _ body: (_ task: Int, _ worker: Int, _ part: FloatRegion) -> Void
    ) {
        let count = target.count
        if partials.count < taskCount * count { partials = FloatBuffer(count: taskCount * count) }
        let partials = partials
        pool.forEach(taskCount: taskCount) { task, worker in
            let part = partials[task * count..<(task + 1) * count]
            part.fill(0)
            body(task, worker, part)
        }
        let sliceCount = (count + Self.reductionCount - 1) / Self.reductionCount
        pool.forEach(taskCount: sliceCount) { slice, _ in
            let range = slice * Self.reductionCount..<min(count, (slice + 1) * Self.reductionCount)
            for task in 0..<taskCount {
                target[range].add(partials[task * count + range.lowerBound..<task * count + range.upperBound])
            }
        }
    }
}

/// Scratch memory of one worker, by slot; it grows to what was asked for.
private final class WorkerScratch {
    private var buffers: [FloatBuffer] = []

    func region(slot: Int, count: Int) -> FloatRegion {
        while buffers.count <= slot { buffers.append(FloatBuffer(count: 0)) }
        if buffers[slot].count < count { buffers[slot] = FloatBuffer(count: count) }
        return buffers[slot][0..<count]
    }
}

/// What one task sums up; an object, so that tasks can fill theirs side by side.
final class TaskSums {
    var moments: Moments
    var gradient: GradientSums
    /// Per image of the task, per channel.
    var images: [[Double]]

    init(channels: Int, imageCount: Int = 0) {
        moments = Moments(channels: channels)
        gradient = GradientSums(channels: channels)
        images = Array(repeating: [Double](repeating: 0, count: channels), count: imageCount)
    }
}
