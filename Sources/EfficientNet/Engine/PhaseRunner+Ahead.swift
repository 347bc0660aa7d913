internal import Tensor

// Which weights a thread will want next. 31 MB of them pass by for one image of B1, more than the caches hold, and the
// kernels ask for the next while they work on the last.
extension PhaseRunner {
    /// Floats to ask for at once: no more than the second-level cache holds beside the work.
    private static let floatsMax = 24 * 1024

    /// Places of the weights that a thread will probably want after a task: those of its next task of the same phase, or
    /// of its first of the next.
    ///
    /// Even workers claim tasks from the front, odd ones from the back (`ForkJoinPool`), and meet where each has had
    /// its share. A wrong guess costs a little time, no more.
    func ahead(of task: Int, phase index: Int, worker: Int) -> Range<Int>? {
        let fronts = (threadCount + 1) / 2
        let isFront = worker.isMultiple(of: 2)
        let count = taskCount(of: plan.phases[index])
        let border = count * fronts / threadCount
        let next = isFront ? task + fronts : task - (threadCount - fronts)
        if isFront ? next < border : next >= border { return weights(phase: index, task: next) }
        guard index + 1 < plan.phases.count else { return nil }
        let last = taskCount(of: plan.phases[index + 1]) - 1
        let place = min(worker / 2, last)
        return weights(phase: index + 1, task: isFront ? place : last - place)
    }

    /// Places of the weights that a task begins with; nil of one that has none to itself.
    private func weights(phase index: Int, task: Int) -> Range<Int>? {
        let places: Range<Int>
        switch plan.phases[index] {
        case .expand(let index):
            let block = plan.blocks[index]
            places = block.expansions[block.expansionTasks(threadCount: threadCount)[task].channels].stretch
        case .excite(let index):
            let block = plan.blocks[index]
            guard !block.scalesWeights else { return nil }
            let (blocks, layer) = (block.exciteBlocks(task: task), block.excite)
            let place = layer.weight + blocks.lowerBound * block.width * layer.inputCount
            places = place..<place + blocks.count * block.width * layer.inputCount
        case .project(let index):
            let block = plan.blocks[index]
            guard !block.scalesWeights else { return nil }
            places = block.projectWeights(
                panel: block.project.panels.list[task], blocks: block.projectPieces[0])
        case .head:
            let panel = plan.head.panels.list[task]
            let place = plan.head.weight(of: panel)
            places = place..<place + panel.width * plan.head.inputCount
        }
        return places.prefix(Self.floatsMax)
    }
}
