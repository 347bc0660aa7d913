internal import Tensor

/// What a Keras model does after the body: pooling, then affine layers, composed into one matrix.
struct KerasHead {
    /// Number format of the last matrix in the file.
    private(set) var type: ElementType = .float32
    /// [classes][features].
    let weight: [Float]
    /// [classes].
    let bias: [Float]
    /// The last dense layer.
    let layerName: String

    /// The classifier of a file without a layer graph.
    init?(
        weightsOnly layers: [KerasLayer], featureCount: Int, file: KerasFile
    ) throws(EfficientNetError) {
        guard let layer = layers.first else { return nil }
        let dense = KerasLayer(
            className: "Dense", name: layer.name, configuration: .null, outermostName: layer.outermostName,
            archivePath: "")
        let pooling = KerasLayer(
            className: "GlobalAveragePooling2D", name: "avg_pool", configuration: .null,
            outermostName: "avg_pool",
            archivePath: "")
        try self.init([pooling, dense], featureCount: featureCount, file: file)
    }

    /// Reads the layers after the body; nil when there is no dense layer among them (a model without its
    /// top).
    ///
    /// A chain of average pooling, flattening, dropout, linear dense layers, batch normalisation and one
    /// softmax at the end is a single affine map of the pooled features, composed here in double. Anything
    /// else is refused by name.
    init?(_ layers: [KerasLayer], featureCount: Int, file: KerasFile) throws(EfficientNetError) {
        var map = AffineMap(identity: featureCount)
        var (isPooled, isFinished) = (false, false)
        var last: String?
        for layer in layers {
            func refuse(_ reason: String) -> EfficientNetError {
                .unsupported("layer '\(layer.name)' (\(layer.className)) after the body: \(reason)")
            }
            if KerasLayer.isIdleAtInference(layer.className) { continue }
            switch layer.className {
            case "GlobalAveragePooling2D" where !isPooled: isPooled = true
            case "Flatten" where isPooled, "Reshape" where isPooled: continue
            case "Activation" where layer.activation == "linear": continue
            case "Softmax" where last != nil && !isFinished,
                "Activation" where layer.activation == "softmax" && last != nil && !isFinished:
                isFinished = true
            case _ where isFinished: throw refuse("nothing may follow the softmax")
            case _ where !isPooled:
                throw refuse("the features must be averaged (GlobalAveragePooling2D) first")
            case "Dense":
                guard ["linear", "softmax"].contains(layer.activation) else {
                    throw refuse(
                        "its activation is '\(layer.activation)'; only linear layers and one softmax at the end can be "
                            + "represented")
                }
                type = try map.append(dense: layer, file: file)
                last = layer.name
                isFinished = layer.activation == "softmax"
            case "BatchNormalization": try map.append(normalisation: layer, file: file)
            default: throw refuse("this kind of layer is not known there")
            }
        }
        guard let last else { return nil }
        weight = map.weight.map(Float.init)
        bias = map.bias.map(Float.init)
        layerName = last
    }
}

/// y = weight · x + bias, weight [outputs][inputs]; starts as the identity, which is never written out.
private struct AffineMap {
    private let inputCount: Int
    private var matrix: [Double]?
    private(set) var bias: [Double]

    init(identity count: Int) {
        inputCount = count
        bias = [Double](repeating: 0, count: count)
    }

    /// [outputs][inputs].
    var weight: [Double] { matrix ?? diagonal([Double](repeating: 1, count: inputCount)) }

    private func diagonal(_ values: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: values.count * values.count)
        for index in values.indices { result[index * values.count + index] = values[index] }
        return result
    }

    mutating func append(dense layer: KerasLayer, file: KerasFile) throws(EfficientNetError) -> ElementType {
        guard let kernel = try file.variable("kernel", of: layer) else {
            throw .absent(tensor: "\(layer.name)/kernel")
        }
        let middleCount = bias.count
        guard kernel.shape.extents.count == 2, kernel.shape.extents[0] == middleCount else {
            let outputs = kernel.shape.extents.last ?? 0
            throw .shape(
                tensor: "\(layer.name)/kernel", expected: Shape([middleCount, outputs]), found: kernel.shape)
        }
        let outputCount = kernel.shape.extents[1]
        let own = try file.variable("bias", of: layer)
        guard own == nil || own?.shape == Shape([outputCount]) else {
            throw .shape(
                tensor: "\(layer.name)/bias", expected: Shape([outputCount]), found: own?.shape ?? [])
        }
        var newBias = own.map { $0.values.map(Double.init) } ?? [Double](repeating: 0, count: outputCount)
        var newMatrix = [Double](repeating: 0, count: outputCount * inputCount)
        for output in 0..<outputCount {
            for middle in 0..<middleCount {
                let factor = Double(kernel.values[middle * outputCount + output])
                newBias[output] += factor * bias[middle]
                guard let matrix else {
                    newMatrix[output * inputCount + middle] = factor
                    continue
                }
                for input in 0..<inputCount {
                    newMatrix[output * inputCount + input] += factor * matrix[middle * inputCount + input]
                }
            }
        }
        (matrix, bias) = (newMatrix, newBias)
        return kernel.type
    }

    mutating func append(normalisation layer: KerasLayer, file: KerasFile) throws(EfficientNetError) {
        func values(_ name: String, absent: Float) throws(EfficientNetError) -> [Double] {
            let found = try file.variable(name, of: layer)?.values
            let values = found ?? [Float](repeating: absent, count: bias.count)
            guard values.count == bias.count else {
                throw .shape(
                    tensor: "\(layer.name)/\(name)", expected: Shape([bias.count]),
                    found: Shape([values.count]))
            }
            return values.map(Double.init)
        }
        let gamma = try values("gamma", absent: 1)
        let beta = try values("beta", absent: 0)
        let mean = try values("moving_mean", absent: 0)
        let variance = try values("moving_variance", absent: 1)
        let epsilon = layer.configuration["epsilon"]?.number ?? 1e-3
        let scale = zip(gamma, variance).map { $0 / ($1 + epsilon).squareRoot() }
        for output in bias.indices {
            bias[output] = (bias[output] - mean[output]) * scale[output] + beta[output]
        }
        guard var scaled = matrix else {
            matrix = diagonal(scale)
            return
        }
        for output in bias.indices {
            for input in 0..<inputCount { scaled[output * inputCount + input] *= scale[output] }
        }
        matrix = scaled
    }
}
