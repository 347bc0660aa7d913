internal import Tensor

/// What a Keras model does to its pixels before the first convolution.
struct KerasInput {
    /// Side of the input, when the graph fixes one.
    private(set) var side: Int?
    /// All rescalings and normalisations, composed.
    let normalisation: InputNormalisation
    /// Layers that were left out, for the user.
    private(set) var notes: [String] = []

    /// Reads the layers before the body. Augmentation does nothing at inference; anything else but scaling is
    /// refused.
    init(
        _ layers: [KerasLayer], body: [String: KerasLayer], file: KerasFile
    ) throws(EfficientNetError) {
        var affine = ChannelwiseAffine()
        // Set while the last scaling is a normalisation that nobody adapted.
        var withoutNormalisation: ChannelwiseAffine?
        var skipped: [String] = []
        for layer in layers {
            switch layer.className {
            case "InputLayer": side = try Self.side(of: layer) ?? side
            case "Rescaling":
                withoutNormalisation = nil
                affine.append(
                    factor: try Self.numbers("scale", of: layer, absent: 1),
                    offset: try Self.numbers("offset", of: layer, absent: 0))
            case "Normalization":
                let count = try file.variable("count", of: layer)?.values.first
                withoutNormalisation = count == 0 ? affine : nil
                try Self.append(layer, file: file, to: &affine)
            case let name where name.hasPrefix("Random") || KerasLayer.isIdleAtInference(name):
                skipped.append(layer.name)
            default:
                throw .unsupported(
                    "layer '\(layer.name)' (\(layer.className)) before the body: only rescaling, normalisation and "
                        + "augmentation are known there")
            }
        }
        if let other = withoutNormalisation, let evidence = try KerasStemEvidence(body, file: file),
            evidence.speaks(for: other, against: affine)
        {
            affine = other
            notes.append(
                "the Normalization layer's mean and variance are left out: they were set but never applied, as the "
                    + "statistics of stem_bn show; Keras itself would apply them on loading")
        }
        guard let normalisation = affine.normalisation else {
            throw .unsupported("the layers before the body turn brightness round, or make it constant")
        }
        self.normalisation = normalisation
        if !skipped.isEmpty {
            notes.append("left out, idle at inference: " + skipped.joined(separator: ", "))
        }
        if affine.factor == [1, 1, 1] {
            notes.append("the model does not rescale its input: pixel values 0…255 enter as they are")
        }
    }

    private static func side(of layer: KerasLayer) throws(EfficientNetError) -> Int? {
        let shape = layer.configuration["batch_shape"] ?? layer.configuration["batch_input_shape"]
        guard let extents = shape?.array, extents.count == 4 else { return nil }
        if let channels = extents[3].integer, channels != 3 {
            throw .unsupported("layer '\(layer.name)': \(channels) channels; three are needed, the last axis")
        }
        guard let height = extents[1].integer, let width = extents[2].integer else { return nil }
        guard height == width else {
            throw .unsupported("layer '\(layer.name)': input of \(height) × \(width), which is no square")
        }
        return height
    }

    /// (x − mean) / max(√variance, epsilon), as keras.layers.Normalization computes it.
    private static func append(
        _ layer: KerasLayer, file: KerasFile, to affine: inout ChannelwiseAffine
    ) throws(EfficientNetError) {
        guard layer.configuration["invert"]?.bool != true else {
            throw .unsupported("layer '\(layer.name)' is an inverted normalisation")
        }
        let (mean, variance): ([Double], [Double])
        if let given = layer.configuration["mean"], given != .null {
            mean = try numbers("mean", of: layer, absent: 0)
            variance = try numbers("variance", of: layer, absent: 1)
        } else {
            mean = try statistic("mean", of: layer, file: file)
            variance = try statistic("variance", of: layer, file: file)
        }
        let deviation = variance.map { max($0.squareRoot(), 1e-7) }  // keras.backend.epsilon()
        affine.append(factor: deviation.map { 1 / $0 }, offset: zip(mean, deviation).map { -$0 / $1 })
    }

    private static func statistic(
        _ name: String, of layer: KerasLayer, file: KerasFile
    ) throws(EfficientNetError) -> [Double] {
        guard let found = try file.variable(name, of: layer) else {
            throw .absent(tensor: "\(layer.name)/\(name)")
        }
        switch found.values.count {
        case 1: return [Double](repeating: Double(found.values[0]), count: 3)
        case 3: return found.values.map(Double.init)
        default: throw .shape(tensor: "\(layer.name)/\(name)", expected: [3], found: found.shape)
        }
    }

    /// A number, or one for each channel however deeply nested: Keras writes both.
    private static func numbers(
        _ key: String, of layer: KerasLayer, absent: Double
    ) throws(EfficientNetError) -> [Double] {
        func flat(_ value: JSON) -> [Double] {
            value.number.map { [$0] } ?? (value.array ?? []).flatMap(flat)
        }
        guard let value = layer.configuration[key], value != .null else { return [absent, absent, absent] }
        let numbers = flat(value)
        switch numbers.count {
        case 1: return [numbers[0], numbers[0], numbers[0]]
        case 3: return numbers
        default:
            throw .unsupported(
                "layer '\(layer.name)': \(numbers.count) values for '\(key)'; one or three are known")
        }
    }
}

extension KerasLayer {
    /// Layers that pass their input on at inference.
    static func isIdleAtInference(_ className: String) -> Bool {
        [
            "Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise",
            "ActivityRegularization",
        ]
        .contains(className)
    }

    /// The name of the layer's activation; "linear" when it says nothing.
    var activation: String {
        let value = configuration["activation"]
        return value?.string ?? value?["config"]?["name"]?.string ?? value?["class_name"]?.string?
            .lowercased()
            ?? "linear"
    }
}
