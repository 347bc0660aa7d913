internal import Tensor

/// The EfficientNet in a saved Keras model, behind our names.
struct KerasWeights: ForeignWeights {
    let lineage: ForeignLineage
    let batchNormFolded = false
    var classCount: Int? { head?.bias.count }

    private let file: KerasFile
    /// The body's layers by name.
    let body: [String: KerasLayer]
    private let places: [String: KerasPlace]
    private let head: KerasHead?

    init(_ file: KerasFile, architecture: Architecture) throws(EfficientNetError) {
        self.file = file
        places = KerasPlace.all(of: architecture)
        var lineage = ForeignLineage(padding: .same, assumption: "Keras")
        if let configuration = file.graph {
            let graph = try KerasGraph(configuration)
            body = graph.body
            let input = try KerasInput(graph.before, body: graph.body, file: file)
            (lineage.side, lineage.normalisation) = (input.side, input.normalisation)
            lineage.notes = input.notes
            lineage.batchNormEpsilon = try Self.epsilon(of: graph.body)
            head = try KerasHead(graph.after, featureCount: architecture.featureCount, file: file)
        } else {
            body = Dictionary(
                uniqueKeysWithValues: Set(try file.layerNames()).map { ($0, KerasLayer(weightsOnly: $0)) })
            lineage.assumedEpsilon = 1e-3
            lineage.normalisation = .imageNet
            lineage.notes = ["a file of weights without its layer graph: Keras's own EfficientNet is assumed"]
            let predictions = body["predictions"].map { [$0] } ?? []
            head = try KerasHead(
                weightsOnly: predictions, featureCount: architecture.featureCount, file: file)
        }
        self.lineage = lineage
    }

    func sourceName(of name: String) -> String {
        switch name {
        case Architecture.classifierWeight: "\(head?.layerName ?? "predictions")/kernel"
        case Architecture.classifierBias: "\(head?.layerName ?? "predictions")/bias"
        default: places[name].map { "\($0.layer)/\($0.variable)" } ?? name
        }
    }

    func tensor(_ name: String, shape: Shape) throws(EfficientNetError) -> ForeignTensor? {
        if name == Architecture.classifierWeight || name == Architecture.classifierBias {
            guard let head else { return nil }
            let isBias = name == Architecture.classifierBias
            let found: Shape =
                isBias ? [head.bias.count] : [head.bias.count, head.weight.count / head.bias.count]
            guard found == shape else {
                throw .shape(tensor: sourceName(of: name), expected: shape, found: found)
            }
            return ForeignTensor(type: head.type, shape: shape, values: isBias ? head.bias : head.weight)
        }
        guard let place = places[name], let layer = body[place.layer] else { return nil }
        var variable = try file.variable(place.variable, of: layer)
        // Keras 2 calls the kernel of a depthwise convolution "depthwise_kernel".
        if variable == nil, place.isDepthwise { variable = try file.variable("depthwise_kernel", of: layer) }
        guard let found = variable else { return nil }
        let expected = place.shapeInFile(shape)
        guard found.shape == expected else {
            throw .shape(tensor: sourceName(of: name), expected: expected, found: found.shape)
        }
        return ForeignTensor(
            type: found.type, shape: shape, values: place.inOurOrder(found.values, shape: shape))
    }

    func strangers(known: [String]) -> [String] {
        let layers = Set(known.compactMap { places[$0]?.layer })
        // What has no variables (activations, padding, pooling) cannot be missed.
        return body.values.filter { layer in
            let hasVariables = ["Conv2D", "DepthwiseConv2D", "BatchNormalization", "Dense"].contains(
                layer.className)
            return hasVariables && !layers.contains(layer.name)
        }.map(\.name).sorted()
    }

    private static func epsilon(of body: [String: KerasLayer]) throws(EfficientNetError) -> Double {
        let norms = body.values.filter { $0.className == "BatchNormalization" }
        let values = Set(norms.compactMap { $0.configuration["epsilon"]?.number })
        guard let epsilon = values.first, values.count == 1 else {
            throw .unsupported("the batch normalisations of the body do not share one epsilon")
        }
        return epsilon
    }
}

extension KerasLayer {
    /// A layer of a file without a graph: its class is told from its name, as keras.applications gives them.
    init(weightsOnly name: String) {
        let className =
            if name.hasSuffix("_bn") {
                "BatchNormalization"
            } else if name.hasSuffix("_dwconv") {
                "DepthwiseConv2D"
            } else if name.hasSuffix("conv") || name.contains("_se_re") || name.contains("_se_ex") {
                "Conv2D"
            } else { "Layer" }
        self.init(
            className: className, name: name, configuration: .null, outermostName: name, archivePath: "")
    }
}

/// Where keras.applications keeps one of our tensors.
struct KerasPlace {
    /// Name of the layer: "block2a_expand_conv".
    let layer: String
    /// Name of its variable: "kernel".
    let variable: String
    /// Whether it is the kernel of a depthwise convolution.
    let isDepthwise: Bool

    /// The places of all tensors of an architecture but the classifier's.
    static func all(of architecture: Architecture) -> [String: KerasPlace] {
        var places: [String: KerasPlace] = [:]
        func add(_ layer: ConvolutionLayer, _ convolution: String, _ norm: String?) {
            let isDepthwise = layer.inputs == 1
            places["\(layer.name).weight"] = KerasPlace(
                layer: convolution, variable: "kernel", isDepthwise: isDepthwise)
            guard let normalisation = layer.normalisation, let norm else {
                places["\(layer.name).bias"] = KerasPlace(
                    layer: convolution, variable: "bias", isDepthwise: false)
                return
            }
            let variables = [
                "weight": "gamma", "bias": "beta", "running_mean": "moving_mean",
                "running_var": "moving_variance",
            ]
            for (ours, theirs) in variables {
                places["\(normalisation).\(ours)"] = KerasPlace(
                    layer: norm, variable: theirs, isDepthwise: false)
            }
        }
        add(architecture.stem, "stem_conv", "stem_bn")
        for block in architecture.blocks {
            let layers = BlockLayers(block)
            let name = name(of: block)
            if let expand = layers.expand { add(expand, "\(name)_expand_conv", "\(name)_expand_bn") }
            add(layers.depthwise, "\(name)_dwconv", "\(name)_bn")
            add(layers.reduce, "\(name)_se_reduce", nil)
            add(layers.excite, "\(name)_se_expand", nil)
            add(layers.project, "\(name)_project_conv", "\(name)_project_bn")
        }
        add(architecture.head, "top_conv", "top_bn")
        return places
    }

    /// What the names of a block's layers begin with: "block2a".
    static func name(of block: Block) -> String {
        "block\(block.stageIndex + 1)\(Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(block.blockIndex))))"
    }

    /// The shape in the file: height, width, inputs, outputs; depthwise height, width, channels, 1.
    func shapeInFile(_ shape: Shape) -> Shape {
        guard shape.extents.count == 4 else { return shape }
        let (outputs, inputs, height, width) = (
            shape.extents[0], shape.extents[1], shape.extents[2], shape.extents[3]
        )
        return isDepthwise ? Shape([height, width, outputs, 1]) : Shape([height, width, inputs, outputs])
    }

    /// From the file's order to outputs, inputs, height, width.
    func inOurOrder(_ values: [Float], shape: Shape) -> [Float] {
        guard shape.extents.count == 4 else { return values }
        let outputs = shape.extents[0]
        let perOutput = values.count / max(1, outputs)  // taps of a depthwise kernel, or taps × inputs
        let inputs = shape.extents[1]
        let taps = perOutput / max(1, inputs)
        var result = [Float](repeating: 0, count: values.count)
        // Both orders have the output innermost in the file: [tap][input][output] with one input for
        // depthwise.
        for tap in 0..<taps {
            for input in 0..<inputs {
                let source = (tap * inputs + input) * outputs
                for output in 0..<outputs {
                    result[(output * inputs + input) * taps + tap] = values[source + output]
                }
            }
        }
        return result
    }
}
