internal import Tensor

/// One layer of a Keras model, not itself a model.
struct KerasLayer {
    /// "Conv2D", "Dense" …
    let className: String
    /// Unique within its model.
    let name: String
    /// Its constructor's arguments.
    let configuration: JSON
    /// The layer of the outermost model that it is, or lies in: legacy files group variables by it.
    let outermostName: String
    /// Where a Keras 3 archive keeps its variables: "layers/functional/layers/conv2d_3".
    let archivePath: String

    /// Position of a variable in a Keras 3 archive, which numbers them in the order of their making.
    func variableIndex(_ variable: String) -> Int? {
        let order: [String]
        switch className {
        case "BatchNormalization":
            let has = { (key: String) in configuration[key]?.bool ?? true }
            order =
                (has("scale") ? ["gamma"] : []) + (has("center") ? ["beta"] : [])
                + ["moving_mean", "moving_variance"]
        case "Normalization": order = ["mean", "variance", "count"]
        default: order = ["kernel", "bias"]
        }
        return order.firstIndex(of: variable)
    }
}

/// A Keras model as a chain of layers around one EfficientNet body.
///
/// A body branches (skips, squeeze and excite), so it is taken by its layers' names; what lies before and
/// after it must be a chain, however deeply models are nested in models.
struct KerasGraph {
    /// From the input to the layer before `stem_conv_pad`.
    private(set) var before: [KerasLayer] = []
    /// The body's layers by name.
    private(set) var body: [String: KerasLayer] = [:]
    /// From the layer after `top_activation` to the output.
    private(set) var after: [KerasLayer] = []

    /// Models nested deeper than this are refused.
    private static let depthMax = 8
    /// The first and the last layer of an EfficientNet in keras.applications.
    private static let (first, last) = ("stem_conv", "top_activation")

    /// Walks the graph of `model`, a Keras configuration with `class_name` and `config`.
    init(_ model: JSON) throws(EfficientNetError) {
        guard Self.mentions(Self.first, in: model), Self.mentions(Self.last, in: model) else {
            throw Self.noBody
        }
        let nodes = try Self.walk(model, outermostName: nil, archivePath: "", depth: 0)
        guard let start = nodes.firstIndex(where: { $0.name == Self.first }),
            let end = nodes.firstIndex(where: { $0.name == Self.last }), start < end
        else {
            throw .unsupported(
                "the model holds no EfficientNet: no layers '\(Self.first)' and '\(Self.last)'")
        }
        before = nodes[..<start].filter { $0.name != "stem_conv_pad" }
        for layer in nodes[..<start] where layer.name == "stem_conv_pad" { body[layer.name] = layer }
        for layer in nodes[start...end] { body[layer.name] = layer }
        after = Array(nodes[(end + 1)...])
    }

    private static let noBody = EfficientNetError.unsupported(
        "the model holds no EfficientNet: no layers '\(first)' and '\(last)'")

    /// Whether a model, or one nested in it, has a layer of that name.
    private static func mentions(_ name: String, in model: JSON, depth: Int = 0) -> Bool {
        (model["config"]?["layers"]?.array ?? []).contains { member in
            (member["config"]?["name"]?.string ?? member["name"]?.string) == name
                || (depth < depthMax && mentions(name, in: member, depth: depth + 1))
        }
    }

    /// The layers in the order of computation, nested models unrolled.
    private static func walk(
        _ model: JSON, outermostName: String?, archivePath: String, depth: Int
    ) throws(EfficientNetError) -> [KerasLayer] {
        guard depth < depthMax else { throw .unsupported("models nested deeper than \(depthMax)") }
        guard let members = model["config"]?["layers"]?.array else {
            throw .unsupported(
                "the layer graph lists no layers: \(model["class_name"]?.string ?? "no class") model")
        }
        var counts: [String: Int] = [:]
        var layers: [String: [KerasLayer]] = [:]
        var inputs: [String: [String]] = [:]
        var order: [String] = []
        for member in members {
            guard let className = member["class_name"]?.string, let configuration = member["config"],
                let name = configuration["name"]?.string ?? member["name"]?.string
            else { throw .unsupported("the layer graph holds a layer without a class or a name") }
            let key = archiveKey(className, &counts)
            let path = archivePath.isEmpty ? "layers/\(key)" : "\(archivePath)/layers/\(key)"
            if configuration["layers"] != nil {
                layers[name] = try walk(
                    member, outermostName: outermostName ?? name, archivePath: path, depth: depth + 1)
            } else {
                layers[name] = [
                    KerasLayer(
                        className: className, name: name, configuration: configuration,
                        outermostName: outermostName ?? name, archivePath: path)
                ]
            }
            let isSequential = member["inbound_nodes"]?.array == nil
            inputs[name] = isSequential ? order.last.map { [$0] } ?? [] : inboundNames(member)
            order.append(name)
        }
        let output = outputName(model) ?? order.last ?? ""
        return try chain(from: output, layers: layers, inputs: inputs)
    }

    /// Back from the output, one input at a time; a whole body when its last layer comes up.
    private static func chain(
        from output: String, layers: [String: [KerasLayer]], inputs: [String: [String]]
    ) throws(EfficientNetError) -> [KerasLayer] {
        var result: [[KerasLayer]] = []
        var visited: Set<String> = []
        var current = output
        while let members = layers[current] {
            guard visited.insert(current).inserted else {
                throw .unsupported("layer '\(current)' feeds itself")
            }
            if current == last {
                let bodyLayers = layers.values.flatMap(\.self).filter { isBody($0.name) }
                let ends =
                    bodyLayers.filter { $0.name == first }
                    + bodyLayers.filter { $0.name != first && $0.name != last }
                result.append(ends + members)
                current = layers["stem_conv_pad"] != nil ? "stem_conv_pad" : first
                if current == first { current = inputs[first]?.first ?? "" }
                continue
            }
            result.append(members)
            let sources = inputs[current] ?? []
            guard sources.count <= 1 else {
                throw .unsupported(
                    "layer '\(current)' has \(sources.count) inputs; only a chain around the body is known")
            }
            guard let source = sources.first else { break }
            current = source
        }
        return result.reversed().flatMap(\.self)
    }

    /// Whether a name is one of the body's: `stem_…`, `block1a_…`, `top_conv`, `top_bn`, `top_activation`.
    private static func isBody(_ name: String) -> Bool {
        name.hasPrefix("stem_") && name != "stem_conv_pad" || name.hasPrefix("block")
            || ["top_conv", "top_bn", last].contains(name)
    }

    /// The layers that feed a layer, from its first call: Keras 3 keeps `keras_history`, Keras 2 lists of
    /// names.
    private static func inboundNames(_ member: JSON) -> [String] {
        guard let node = member["inbound_nodes"]?[0] else { return [] }
        if let arguments = node["args"] { return histories(arguments) }
        if node[0]?.string != nil { return node[0]?.string.map { [$0] } ?? [] }
        return (node.array ?? []).compactMap { $0[0]?.string }
    }

    private static func histories(_ value: JSON) -> [String] {
        if let name = value["config"]?["keras_history"]?[0]?.string { return [name] }
        return (value.array ?? []).flatMap(histories)
    }

    private static func outputName(_ model: JSON) -> String? {
        let outputs = model["config"]?["output_layers"]
        return outputs?[0]?.string ?? outputs?[0]?[0]?.string
    }

    /// The key of a layer in a Keras 3 archive: its class in snake case, numbered from the second of a class
    /// on (keras.src.saving.saving_lib._save_container_state).
    private static func archiveKey(_ className: String, _ counts: inout [String: Int]) -> String {
        let base = snakeCase(className)
        let count = counts[base, default: 0]
        counts[base] = count + 1
        return count == 0 ? base : "\(base)_\(count)"
    }

    /// keras.src.utils.naming.to_snake_case: an underscore before a capital that starts a word.
    static func snakeCase(_ name: String) -> String {
        let letters = Array(name)
        var result = ""
        for (index, letter) in letters.enumerated() {
            let isCapital = letter.isUppercase
            if isCapital, index > 0 {
                let previous = letters[index - 1]
                let isBeforeLowercase = index + 1 < letters.count && letters[index + 1].isLowercase
                if previous.isLowercase || (isBeforeLowercase && previous != "_") { result += "_" }
            }
            result += letter.lowercased()
        }
        return result
    }
}
