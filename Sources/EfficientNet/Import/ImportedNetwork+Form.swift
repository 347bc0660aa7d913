internal import Tensor

extension ImportedNetwork {
    /// Tensors of a network, in the form that a file should have.
    ///
    /// Throws `unsupported` where a weight lies beyond half precision, and as `ParameterReader` does.
    package static func repacked(
        _ tensors: ParameterSet, settings: NetworkSettings, isFolded: Bool, isHalf: Bool
    ) throws(EfficientNetError) -> ImportedNetwork {
        var settings = settings
        var items = tensors.tensors.map { name, tensor in
            SafetensorsWriter.Item(name: name, type: .float32, shape: tensor.shape, values: tensor.values)
        }
        if isFolded, !settings.batchNormFolded { (settings, items) = try folded(items, settings) }
        if isHalf { items = try halved(items) }
        return ImportedNetwork(
            settings: settings, normalisation: .imageNet, tensors: items, labels: nil, notes: [])
    }

    /// The tensors with their batch normalisations folded into the convolutions.
    static func folded(
        _ items: [SafetensorsWriter.Item], _ settings: NetworkSettings
    ) throws(EfficientNetError) -> (NetworkSettings, [SafetensorsWriter.Item]) {
        let set = ParameterSet(
            Dictionary(uniqueKeysWithValues: items.map { ($0.name, (shape: $0.shape, values: $0.values)) }))
        let reader = try ParameterReader(set, settings: settings)
        let architecture = settings.architecture
        let layers =
            [architecture.stem] + architecture.blocks.flatMap { BlockLayers($0).all } + [architecture.head]
        var result = items.filter { $0.name.hasPrefix("classifier.") }
        for layer in layers {
            let convolution = try reader.convolution(layer)
            let weight = layer.weightInFileOrder(convolution.weight)
            result += [
                .init(name: "\(layer.name).weight", type: .float32, shape: layer.weightShape, values: weight),
                .init(
                    name: "\(layer.name).bias", type: .float32, shape: [layer.outputs],
                    values: convolution.bias),
            ]
        }
        let settings = try NetworkSettings(
            architecture: architecture, side: settings.side, padding: settings.padding,
            batchNormEpsilon: settings.batchNormEpsilon, classCount: settings.classCount,
            batchNormFolded: true)
        return (settings, result)
    }

    /// The tensors in half precision, but for running statistics: a variance may lie outside its range.
    static func halved(_ items: [SafetensorsWriter.Item]) throws(EfficientNetError) -> [SafetensorsWriter
        .Item]
    {
        try items.map { (item) throws(EfficientNetError) in
            guard !item.name.hasSuffix(".running_mean"), !item.name.hasSuffix(".running_var") else {
                return item
            }
            // Up to what still rounds to a finite half.
            guard item.values.allSatisfy({ $0.magnitude < 65_520 }) else {
                throw .unsupported("tensor '\(item.name)' holds values beyond half precision's 65504")
            }
            return SafetensorsWriter.Item(
                name: item.name, type: .float16, shape: item.shape, values: item.values)
        }
    }
}

extension ConvolutionLayer {
    /// From [outputs][kernel][kernel][inputs], as inference wants it, back to
    /// [outputs][inputs][kernel][kernel].
    fileprivate func weightInFileOrder(_ weight: [Float]) -> [Float] {
        let taps = kernel * kernel
        guard taps > 1, inputs > 1 else { return weight }
        var result = [Float](repeating: 0, count: weight.count)
        for output in 0..<outputs {
            let start = output * inputs * taps
            for tap in 0..<taps {
                for input in 0..<inputs {
                    result[start + input * taps + tap] = weight[start + tap * inputs + input]
                }
            }
        }
        return result
    }
}
