internal import Tensor

/// A safetensors file with the names of torchvision, of timm, or of this program (timm's, perhaps folded).
struct TorchWeights: ForeignWeights {
    let lineage: ForeignLineage
    let batchNormFolded: Bool
    let classCount: Int?

    private let file: SafetensorsFile
    private let sourceNames: [String: String]  // ours to the file's; empty where they are the same

    init(path: String, architecture: Architecture) throws(EfficientNetError) {
        do throws(TensorError) { file = try SafetensorsFile(path: path) } catch { throw .file(error) }
        let isTorchvision = file.shape(of: "features.0.0.weight") != nil
        guard isTorchvision || file.shape(of: "conv_stem.weight") != nil else {
            throw .unsupported(
                "\(path) holds no EfficientNet: neither 'features.0.0.weight' (torchvision) nor "
                    + "'conv_stem.weight' (timm) is among its \(file.entries.count) tensors")
        }
        sourceNames = isTorchvision ? TorchvisionNames.all(of: architecture) : [:]
        batchNormFolded = file.shape(of: "conv_stem.bias") != nil && file.shape(of: "bn1.weight") == nil
        let classifierBias = sourceNames[Architecture.classifierBias] ?? Architecture.classifierBias
        classCount = file.shape(of: classifierBias)?.count
        lineage = try Self.lineage(
            file.metadata, path: path, architecture: architecture, isTorchvision: isTorchvision)
    }

    func sourceName(of name: String) -> String { sourceNames[name] ?? name }

    func tensor(_ name: String, shape: Shape) throws(EfficientNetError) -> ForeignTensor? {
        let source = sourceName(of: name)
        guard let entry = file.entries[source] else { return nil }
        guard entry.shape == shape else { throw .shape(tensor: source, expected: shape, found: entry.shape) }
        do throws(TensorError) {
            return ForeignTensor(type: entry.type, shape: shape, values: try file.floats(source))
        } catch {
            throw .file(error)
        }
    }

    func strangers(known: [String]) -> [String] {
        let known = Set(known.map(sourceName))
        // Batch normalisations of PyTorch count their batches; inference does not.
        return (Array(file.entries.keys) + Array(file.foreign.keys))
            .filter { !known.contains($0) && !$0.hasSuffix(".num_batches_tracked") }.sorted()
    }

    private static func lineage(
        _ metadata: [String: String], path: String, architecture: Architecture, isTorchvision: Bool
    ) throws(EfficientNetError) -> ForeignLineage {
        func malformed(_ key: String, _ value: String) -> EfficientNetError {
            .file(.malformed(path: path, reason: "metadata '\(key)' is '\(value)'"))
        }
        // timm's `tf_` models have the names of its native ones, but TensorFlow's padding and epsilon.
        let isTensorFlow = metadata.values.contains { $0.contains("tf_efficientnet") }
        var lineage = ForeignLineage(assumption: "")
        lineage.normalisation = .imageNet
        if isTorchvision {
            lineage.assumption = "torchvision's names"
            // torchvision.models.efficientnet: BatchNorm2d(eps=1e-3) for B5 to B7, PyTorch's 1e-5 for the
            // others.
            lineage.assumedEpsilon = ["b5", "b6", "b7"].contains(architecture.name) ? 1e-3 : 1e-5
        } else if isTensorFlow {
            lineage.assumption = "a tf_efficientnet named in the metadata"
            (lineage.assumedPadding, lineage.assumedEpsilon) = (.same, 1e-3)
        } else {
            lineage.assumption =
                "timm's names; its tf_ models have the same names and need --padding same --epsilon 0.001"
        }
        if let value = metadata["architecture"] { lineage.architecture = value }
        if let value = metadata["labels"] { lineage.labels = value.split(separator: ",").map(String.init) }
        if let value = metadata["padding"] {
            guard let padding = Padding(rawValue: value) else { throw malformed("padding", value) }
            lineage.padding = padding
        }
        if let value = metadata["batch_norm_epsilon"] {
            guard let epsilon = Double(value) else { throw malformed("batch_norm_epsilon", value) }
            lineage.batchNormEpsilon = epsilon
        }
        if let value = metadata["side"] {
            guard let side = Int(value) else { throw malformed("side", value) }
            lineage.side = side
        }
        return lineage
    }
}

/// The names of torchvision.models.efficientnet for ours.
enum TorchvisionNames {
    /// Ours to torchvision's, for every tensor.
    static func all(of architecture: Architecture) -> [String: String] {
        var names: [String: String] = [:]
        func add(_ layer: ConvolutionLayer, _ source: String, isSqueezing: Bool = false) {
            // A convolution with its norm is a Sequential: 0 the convolution, 1 the norm.
            names["\(layer.name).weight"] = isSqueezing ? "\(source).weight" : "\(source).0.weight"
            names["\(layer.name).bias"] = isSqueezing ? "\(source).bias" : "\(source).0.bias"
            guard let normalisation = layer.normalisation else { return }
            for part in ["weight", "bias", "running_mean", "running_var"] {
                names["\(normalisation).\(part)"] = "\(source).1.\(part)"
            }
        }
        add(architecture.stem, "features.0")
        for block in architecture.blocks {
            let layers = BlockLayers(block)
            let source = "features.\(block.stageIndex + 1).\(block.blockIndex).block"
            let first = block.hasExpansion ? 1 : 0
            if let expand = layers.expand { add(expand, "\(source).0") }
            add(layers.depthwise, "\(source).\(first)")
            add(layers.reduce, "\(source).\(first + 1).fc1", isSqueezing: true)
            add(layers.excite, "\(source).\(first + 1).fc2", isSqueezing: true)
            add(layers.project, "\(source).\(first + 2)")
        }
        add(architecture.head, "features.8")
        names[Architecture.classifierWeight] = "classifier.1.weight"
        names[Architecture.classifierBias] = "classifier.1.bias"
        return names
    }
}
