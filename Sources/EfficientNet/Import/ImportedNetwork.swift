package import Tensor

/// A foreign weights file, read into our names and layouts: ready to be written as the weights of a bundle.
package struct ImportedNetwork: Sendable {
    /// What the network computes; with the tensors, all that a `Network` needs.
    package let settings: NetworkSettings
    /// What has to be done to pixel values 0…255 before they enter.
    package let normalisation: InputNormalisation
    /// The tensors, in our names and layouts.
    package let tensors: [SafetensorsWriter.Item]
    /// The classes' names, when the file tells as many as there are.
    package let labels: [String]?
    /// What was assumed, converted, left out or started anew, in sentences for the user.
    package let notes: [String]

    /// Reads a Keras `.h5` or `.keras` file or a safetensors file; what it is is told from its first bytes.
    ///
    /// Throws an error that names the tensor or layer at fault.
    package static func read(
        path: String, request: ImportRequest
    ) throws(EfficientNetError) -> ImportedNetwork {
        let weights = try open(path: path, architecture: request.architecture)
        var importer = try Importer(weights: weights, request: request)
        return try importer.run()
    }

    private static func open(
        path: String, architecture: Architecture
    ) throws(EfficientNetError) -> any ForeignWeights {
        let start: [UInt8]
        do throws(TensorError) {
            let file = try MappedFile(path: path)
            start = file.copy(0..<min(8, unsafe file.bytes.count))
        } catch {
            throw .file(error)
        }
        if start.starts(with: [0x89] + Array("HDF\r\n\u{1a}\n".utf8)) {
            return try KerasWeights(try KerasFile(h5: path), architecture: architecture)
        }
        if start.starts(with: Array("PK".utf8) + [3, 4]) {
            return try KerasWeights(try KerasFile(archive: path), architecture: architecture)
        }
        return try TorchWeights(path: path, architecture: architecture)
    }

    /// Writes the tensors, with the lineage as metadata, so that the file can be imported again.
    package func write(to path: String) throws(EfficientNetError) {
        let metadata = [
            "architecture": "efficientnet-\(settings.architecture.name)",
            "padding": settings.padding.rawValue,
            "batch_norm_epsilon": "\(settings.batchNormEpsilon)",
            "side": "\(settings.side)",
            "batch_norm_folded": "\(settings.batchNormFolded)",
        ]
        do throws(TensorError) {
            try SafetensorsWriter.write(tensors, metadata: metadata, to: path)
        } catch {
            throw .file(error)
        }
    }

    /// The tensors as a source for a `Network`.
    package var parameters: ParameterSet {
        ParameterSet(
            Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, (shape: $0.shape, values: $0.values)) }))
    }
}

/// One import: decides the lineage, collects the tensors, folds and converts them.
private struct Importer {
    private let weights: any ForeignWeights
    private let request: ImportRequest
    private let settings: NetworkSettings
    private let initialisation: Initialisation
    private var notes: [String] = []
    private var started: [String] = []

    init(weights: any ForeignWeights, request: ImportRequest) throws(EfficientNetError) {
        self.weights = weights
        self.request = request
        initialisation = Initialisation(request.architecture)
        let lineage = weights.lineage
        let name = request.architecture.name
        if let said = lineage.architecture, !said.lowercased().hasSuffix(name) {
            throw .settings("the file says it is '\(said)', not \(name)")
        }
        notes = lineage.notes
        let padding = request.padding ?? lineage.padding ?? lineage.assumedPadding
        if request.padding == nil, lineage.padding == nil {
            notes.append("padding \(padding.rawValue): assumed from \(lineage.assumption)")
        }
        let epsilon = request.batchNormEpsilon ?? lineage.batchNormEpsilon ?? lineage.assumedEpsilon
        if request.batchNormEpsilon == nil, lineage.batchNormEpsilon == nil, !weights.batchNormFolded {
            notes.append("batch norm epsilon \(epsilon): assumed from \(lineage.assumption)")
        }
        let side = request.side ?? lineage.side ?? request.architecture.defaultSide
        if request.side == nil, lineage.side == nil {
            notes.append("side \(side): the default of \(name), the file names none")
        }
        if lineage.normalisation == .imageNet {
            notes.append("input: pixels / 255, less ImageNet's means, by its deviations")
        }
        settings = try NetworkSettings(
            architecture: request.architecture, side: side, padding: padding, batchNormEpsilon: epsilon,
            classCount: try Self.classCount(weights, request), batchNormFolded: weights.batchNormFolded)
        try weights.check(settings)
    }

    private static func classCount(
        _ weights: any ForeignWeights, _ request: ImportRequest
    ) throws(EfficientNetError) -> Int {
        let bias = Architecture.classifierBias
        let source = weights.sourceName(of: bias)
        let mayStart = request.initialise.contains { bias.hasPrefix($0) || source.hasPrefix($0) }
        switch (weights.classCount, request.labelCount) {
        case (let found?, nil): return found
        case (let found?, let labels?) where found == labels || !mayStart:
            guard found == labels else {
                throw .settings(
                    "\(labels) labels for a classifier of \(found) classes; --initialise classifier starts a new one"
                )
            }
            return found
        case (_, let labels?) where mayStart: return labels
        case (nil, nil) where mayStart:
            throw .settings("a new classifier needs --labels, to know its classes")
        default: throw .absent(tensor: source)
        }
    }

    mutating func run() throws(EfficientNetError) -> ImportedNetwork {
        let parameters = settings.architecture.parameters(
            classCount: settings.classCount, batchNormFolded: settings.batchNormFolded)
        var collected: [SafetensorsWriter.Item] = []
        for (name, shape) in parameters { collected.append(try item(name, shape: shape)) }
        let strangers = weights.strangers(known: parameters.map(\.name))
        if let stranger = strangers.first(where: { name in !request.initialise.contains { name.hasPrefix($0) }
        }) {
            throw .unexpected(tensor: stranger, architecture: settings.architecture.name)
        }
        if !started.isEmpty { notes.append("started anew: " + started.joined(separator: ", ")) }
        var finished = settings
        if request.isFolded, !settings.batchNormFolded {
            (finished, collected) = try ImportedNetwork.folded(collected, settings)
            notes.append("batch normalisations folded into the convolutions")
        }
        if request.isHalf {
            collected = try ImportedNetwork.halved(collected)
        }
        let labels = weights.lineage.labels
        return ImportedNetwork(
            settings: finished, normalisation: weights.lineage.normalisation ?? .imageNet, tensors: collected,
            labels: labels?.count == finished.classCount ? labels : nil, notes: notes)
    }

    private mutating func item(
        _ name: String, shape: Shape
    ) throws(EfficientNetError) -> SafetensorsWriter.Item {
        let source = weights.sourceName(of: name)
        let mayStart = request.initialise.contains { name.hasPrefix($0) || source.hasPrefix($0) }
        do throws(EfficientNetError) {
            if !(mayStart && request.initialisesFound), let found = try weights.tensor(name, shape: shape) {
                guard found.values.areFinite else { throw .invalidValues(tensor: source) }
                return SafetensorsWriter.Item(
                    name: name, type: found.type, shape: shape, values: found.values)
            }
            guard mayStart else { throw .absent(tensor: source) }
        } catch {
            guard mayStart, case .shape = error else { throw error }
        }
        started.append(source)
        let values = initialisation.values(name, shape: shape, isFolded: settings.batchNormFolded)
        return SafetensorsWriter.Item(name: name, type: .float32, shape: shape, values: values)
    }
}
