internal import Tensor

/// Where one task finds its image.
@safe struct ImagePass {
    /// The image, [side][side][3].
    let input: UnsafePointer<Float>
    /// Its pooled features.
    let features: UnsafeMutablePointer<Float>
    /// Its middle features.
    let middle: UnsafeMutablePointer<Float>
    /// Its memory.
    let workspace: Workspace
    /// The memory of the thread that does the task.
    let scratch: UnsafeMutablePointer<Float>
    /// Which thread that is.
    let worker: Int
    /// Places of the weights that the thread will probably want next; nil: unknown.
    var ahead: Range<Int>?
}

/// Does single tasks of a plan.
///
/// Tasks of one phase write to places of their own; they read only what earlier phases wrote.
struct PhaseRunner {
    let plan: PackedPlan
    let kernels: Kernels
    /// Threads that share the tasks of an image.
    let threadCount: Int

    /// How many tasks a phase has.
    func taskCount(of phase: PackedPlan.Phase) -> Int {
        switch phase {
        case .expand(let index):
            return plan.blocks[index].expansionTasks(threadCount: threadCount).count
        case .excite(let index): return plan.blocks[index].exciteTaskCount
        case .project(let index): return plan.blocks[index].projectTaskCount
        case .head: return plan.head.panels.list.count
        }
    }

    /// Does one task of a phase: the plan's number of it.
    func run(phase index: Int, task: Int, image: ImagePass) {
        var image = image
        image.ahead = ahead(of: task, phase: index, worker: image.worker)
        switch plan.phases[index] {
        case .expand(let index):
            unsafe expand(plan.blocks[index], task: task, source: source(of: index, image), image)
        case .excite(let index):
            // The block's input, which a stage may have ended with, is still whole.
            if task == 0, index > 0 { unsafe poolMiddle(of: index - 1, source(of: index, image), image) }
            excite(plan.blocks[index], task: task, image)
        case .project(let index): project(index, task: task, image)
        case .head: head(task: task, image)
        }
    }

    /// A block's input: the image, or one of the two maps in turn.
    private func source(of index: Int, _ image: ImagePass) -> UnsafePointer<Float> {
        guard index > 0 else { return unsafe image.input }
        return unsafe UnsafePointer(index % 2 == 1 ? image.workspace.maps.0 : image.workspace.maps.1)
    }

    private func target(of index: Int, _ image: ImagePass) -> UnsafeMutablePointer<Float> {
        unsafe index % 2 == 0 ? image.workspace.maps.0 : image.workspace.maps.1
    }

    // MARK: Expansion and depthwise convolution

    private func expand(_ block: PackedBlock, task: Int, source: UnsafePointer<Float>, _ image: ImagePass) {
        let (channels, bands) = block.expansionTasks(threadCount: threadCount)[task]
        let first = channels * block.width
        let (places, weights) = (block.expansions[channels], plan.weights)
        let sums = unsafe image.scratch
        var operation = unsafe ExpandDepthwise(
            window: block.window, stem: block.stem, width: block.width, input: source,
            inputChannels: block.stem == nil ? block.block.inputChannels : 3, firstChannel: first,
            expandWeight: places.expand.map { unsafe weights.at($0) },
            expandBias: places.expandBias.map { unsafe weights.at($0) },
            depthwiseWeight: weights.at(places.depthwise), depthwiseBias: weights.at(places.depthwiseBias),
            bandCount: block.bandCount, bands: bands,
            output: image.workspace.expanded + first * block.pixelCount, sums: sums,
            scratch: image.scratch + block.sumCount)
        unsafe operation.ahead = image.ahead.map { unsafe weights.bytes(at: $0) }
        kernels.run(operation)
        for band in bands {
            unsafe contribute(
                block, channels: channels, band: band,
                sums: sums + (band - bands.lowerBound) * block.width, image.workspace)
        }
    }

    /// The share of one band of one block of channels in the first layer of squeeze and excite.
    private func contribute(
        _ block: PackedBlock, channels: Int, band: Int, sums: UnsafePointer<Float>, _ workspace: Workspace
    ) {
        let place = (channels * block.bandCount + band) * workspace.contributionStride
        let row = unsafe workspace.contributions + place
        unsafe row.update(repeating: 0, count: block.reduce.panels.count)
        for panel in block.reduce.panels.list {
            unsafe kernels.multiply(
                PanelProduct(
                    width: panel.width, input: sums, inputStride: 0, pieceWidth: block.width,
                    weight: plan.weights.at(block.expansions[channels].reduce + panel.first * block.width),
                    bias: nil,
                    output: row + panel.first, outputStride: 0, pixelCount: 1))
        }
    }

    // MARK: Squeeze and excite

    private func excite(_ block: PackedBlock, task: Int, _ image: ImagePass) {
        let workspace = image.workspace
        let count = block.reduce.panels.count
        let squeezed = unsafe image.scratch
        unsafe squeezed.update(from: plan.weights.at(block.reduce.bias), count: count)
        for contribution in 0..<block.contributionCount {
            unsafe kernels.add(
                workspace.contributions + contribution * workspace.contributionStride, to: squeezed,
                count: count)
        }
        unsafe kernels.applySiLU(squeezed, count: count)
        for index in block.exciteBlocks(task: task) {
            unsafe scale(block, index: index, squeezed: UnsafePointer(squeezed), workspace)
        }
    }

    /// The mean over the map of a block's output, where it is one of the middle features.
    private func poolMiddle(of index: Int, _ map: UnsafePointer<Float>, _ image: ImagePass) {
        guard let place = plan.middlePlaces[index] else { return }
        let block = plan.blocks[index]
        let channels = block.block.outputChannels
        let means = unsafe image.middle + place
        unsafe means.update(repeating: 0, count: channels)
        for pixel in 0..<block.pixelCount {
            unsafe kernels.add(map + pixel * channels, to: means, count: channels)
        }
        let factor = 1 / Float(block.pixelCount)
        for channel in 0..<channels { unsafe means[channel] *= factor }
    }

    /// The scale of one block of channels, and what it scales: its rows of the projection's weights, or its activations.
    private func scale(
        _ block: PackedBlock, index: Int, squeezed: UnsafePointer<Float>, _ workspace: Workspace
    ) {
        let (width, first) = (block.width, index * block.width)
        let scale = unsafe workspace.scales + first
        unsafe kernels.multiply(
            PanelProduct(
                width: width, input: squeezed, inputStride: 0, pieceWidth: block.excite.inputCount,
                weight: plan.weights.at(block.excite.weight + first * block.excite.inputCount),
                bias: plan.weights.at(block.excite.bias + first), output: scale, outputStride: 0,
                pixelCount: 1))
        unsafe kernels.applySigmoid(scale, count: width)
        guard block.scalesWeights else {
            unsafe kernels.multiply(
                workspace.expanded + first * block.pixelCount, by: scale, pixelCount: block.pixelCount,
                width: width)
            return
        }
        for panel in block.project.panels.list {
            let place = panel.first * block.project.inputCount + first * panel.width
            unsafe kernels.multiplyRows(
                plan.weights.at(block.project.weight + place), by: scale, to: workspace.scaledWeights + place,
                rowCount: width, width: panel.width)
        }
    }

    // MARK: Projection

    private func project(_ index: Int, task: Int, _ image: ImagePass) {
        let block = plan.blocks[index]
        let output = unsafe target(of: index, image)
        let residual = unsafe block.block.hasSkip ? source(of: index, image) : nil
        if block.scalesWeights {
            let pixels = task * block.stripPixels..<min(block.pixelCount, (task + 1) * block.stripPixels)
            for panel in block.project.panels.list {
                let weight = unsafe image.workspace.scaledWeights + panel.first * block.project.inputCount
                unsafe project(
                    block, panel, pixels: pixels, pieces: 0..<block.blockCount, weight: weight,
                    residual: residual, output: output, ahead: panel.first == 0 ? image.ahead : nil, image)
            }
            return
        }
        let panel = block.project.panels.list[task]
        let weight = unsafe plan.weights.at(block.project.weight(of: panel))
        let pieces = block.projectPieces
        for (index, piece) in pieces.enumerated() {
            let ahead =
                index + 1 < pieces.count
                ? block.projectWeights(panel: panel, blocks: pieces[index + 1]) : image.ahead
            unsafe project(
                block, panel, pixels: 0..<block.pixelCount, pieces: piece, weight: weight,
                residual: residual, output: output, ahead: ahead, image)
        }
    }

    /// A panel of the projection over some pixels and some blocks of expanded channels.
    private func project(
        _ block: PackedBlock, _ panel: Panels.Panel, pixels: Range<Int>, pieces: Range<Int>,
        weight: UnsafePointer<Float>, residual: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
        ahead: Range<Int>?, _ image: ImagePass
    ) {
        let (width, channels) = (block.width, block.block.outputChannels)
        let place = pixels.lowerBound * channels + panel.first
        let input = unsafe image.workspace.expanded + pieces.lowerBound * block.pixelCount * width
        let isFirst = pieces.lowerBound == 0
        var product = unsafe PanelProduct(
            width: panel.width, input: input + pixels.lowerBound * width, inputStride: width,
            pieceWidth: width,
            weight: weight + pieces.lowerBound * width * panel.width,
            bias: isFirst ? plan.weights.at(block.project.bias + panel.first) : nil, output: output + place,
            outputStride: channels, pixelCount: pixels.count)
        product.pieceCount = pieces.count
        product.pieceStride = block.pixelCount * width
        if isFirst, let residual = unsafe residual { unsafe product.residual = residual + place }
        unsafe product.ahead = ahead.map { unsafe plan.weights.bytes(at: $0) }
        kernels.multiply(product)
    }

    // MARK: Head

    private func head(task: Int, _ image: ImagePass) {
        let panel = plan.head.panels.list[task]
        let pixelCount = plan.featureSide * plan.featureSide
        let activations = unsafe image.scratch
        let sums = unsafe image.features + panel.first
        unsafe sums.update(repeating: 0, count: panel.width)
        unsafe headPanel(panel, image, to: activations)
        unsafe kernels.applySiLU(
            UnsafePointer(activations), to: activations, pixelCount: pixelCount, width: panel.width,
            sums: sums)
        let factor = Float(1 / (Double(pixelCount) * Kernels.siluScale))
        for index in 0..<panel.width { unsafe sums[index] *= factor }
    }

    /// A panel of the last convolution, before its SiLU: [pixels][panel.width].
    private func headPanel(_ panel: Panels.Panel, _ image: ImagePass, to output: UnsafeMutablePointer<Float>)
    {
        let layer = plan.head
        let weight = layer.weight(of: panel)
        var product = unsafe PanelProduct(
            width: panel.width, input: source(of: plan.blocks.count, image), inputStride: layer.inputCount,
            pieceWidth: layer.inputCount, weight: plan.weights.at(weight),
            bias: plan.weights.at(layer.bias + panel.first), output: output, outputStride: panel.width,
            pixelCount: plan.featureSide * plan.featureSide)
        unsafe product.ahead = image.ahead.map { unsafe plan.weights.bytes(at: $0) }
        kernels.multiply(product)
    }

    /// One part of a class activation map: Σ over some of the head's panels of the class's weight times the activation.
    func runMap(task: Int, classIndex: Int, image: ImagePass) {
        let pixelCount = plan.featureSide * plan.featureSide
        let panels = plan.head.panels.list
        let part = unsafe image.workspace.mapParts + task * PackedWeights.roundedUp(pixelCount)
        unsafe part.update(repeating: 0, count: pixelCount)
        let activations = unsafe image.scratch
        let weights = unsafe activations + pixelCount * Kernels.widthMax
        let share =
            panels.count * task / PackedPlan.mapTaskCount..<panels.count * (task + 1)
            / PackedPlan.mapTaskCount
        for panel in panels[share] {
            unsafe headPanel(panel, image, to: activations)
            unsafe kernels.applySiLU(activations, count: pixelCount * panel.width)
            unsafe copyClassWeights(classIndex, features: panel, to: weights)
            unsafe kernels.addWeightedSums(
                of: activations, weights: UnsafePointer(weights), pixelCount: pixelCount, width: panel.width,
                to: part)
        }
    }

    /// A class's weights of some features, out of the classifier's panels, for features that are c times too large.
    private func copyClassWeights(
        _ classIndex: Int, features: Panels.Panel, to weights: UnsafeMutablePointer<Float>
    ) {
        let layer = plan.classifier
        guard
            let panel = layer.panels.list.last(where: { $0.first <= classIndex })
        else { return }
        let column = unsafe plan.weights.at(
            layer.weight(of: panel) + features.first * panel.width + classIndex - panel.first)
        for index in 0..<features.width {
            unsafe weights[index] = Float(Double(column[index * panel.width]) / Kernels.siluScale)
        }
    }
}
