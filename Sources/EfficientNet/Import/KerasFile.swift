internal import Tensor

/// A saved Keras model: its layer graph and the tensors of its layers.
struct KerasFile {
    /// The path, for error texts.
    let path: String
    /// The model's configuration; nil when the file holds only weights.
    let graph: JSON?

    private let weights: HDF5File
    private let isArchive: Bool
    private let legacyRoot: String

    /// The longest layer graph that is read: a B7's is a tenth of it.
    private static let graphBytesMax = 16 << 20
    /// The largest weights that are unpacked: B7 with its optimiser's state is a third of it.
    private static let weightsBytesMax = 2 << 30

    /// A Keras 3 archive: `config.json` and `model.weights.h5`.
    init(archive path: String) throws(EfficientNetError) {
        self.path = path
        let archive = try ZipArchive(path: path)
        graph = try Self.parse(try archive.entry("config.json", bytesMax: Self.graphBytesMax), path: path)
        weights = try HDF5File(
            path: path, image: try archive.entry("model.weights.h5", bytesMax: Self.weightsBytesMax))
        isArchive = true
        legacyRoot = ""
    }

    /// A legacy HDF5 file, whole model (`model_config`, `model_weights`) or weights only (layers at the
    /// root).
    init(h5 path: String) throws(EfficientNetError) {
        self.path = path
        weights = try HDF5File(path: path)
        isArchive = false
        if let text = try weights.text("model_config", of: ".") {
            graph = try Self.parse(Array(text.utf8), path: path)
            legacyRoot = "model_weights/"
        } else {
            graph = nil
            legacyRoot = ""
            guard try weights.texts("layer_names", of: ".") != nil else {
                throw .unsupported(
                    "\(path) has neither a layer graph nor a list of layers: save the whole model (model.save)"
                )
            }
        }
    }

    private static func parse(_ text: [UInt8], path: String) throws(EfficientNetError) -> JSON {
        do { return try JSON(parsing: text) } catch {
            throw .file(.malformed(path: path, reason: "layer graph: \(error)"))
        }
    }

    /// The layers of a file without a graph, in order.
    func layerNames() throws(EfficientNetError) -> [String] {
        try weights.texts("layer_names", of: ".") ?? []
    }

    /// A variable of a layer: "kernel", "gamma" …; nil when the layer has none of that name.
    func variable(
        _ name: String, of layer: KerasLayer
    ) throws(EfficientNetError) -> (type: ElementType, shape: Shape, values: [Float])? {
        if isArchive {
            guard let index = layer.variableIndex(name) else { return nil }
            return try weights.dataset("\(layer.archivePath)/vars/\(index)")
        }
        // The group is that of the outermost layer; below it, names end in <layer>/<variable>, with ":0" in
        // Keras 2.
        let group = "\(legacyRoot)\(layer.outermostName)"
        let ending = "\(layer.name)/\(name)"
        for candidate in try weights.texts("weight_names", of: group) ?? [] {
            let plain = candidate.hasSuffix(":0") ? String(candidate.dropLast(2)) : candidate
            guard plain == ending || plain.hasSuffix("/\(ending)") else { continue }
            return try weights.dataset("\(group)/\(candidate)")
        }
        return nil
    }
}
