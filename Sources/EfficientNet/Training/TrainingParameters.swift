package import Tensor

/// All weights of a network in training, in one block, with their gradients in another of the same layout.
///
/// Optimisers, averages and checkpoints work on the blocks; layers hold regions of them. Convolution weights lie as the
/// training passes want them (the channels of a depthwise or dense window innermost); `exported` turns them back.
package final class TrainingParameters {
    /// What a tensor is, which decides whether it decays.
    package enum Kind: Sendable, Equatable {
        /// A weight that multiplies activations.
        case weight
        /// A bias or a batch normalisation's scale or shift: no weight decay, as in He et al. 2018, "Bag of tricks".
        case offset
    }

    /// One tensor.
    package struct Entry: Sendable, Equatable {
        /// Its name in a weights file.
        package let name: String
        /// Its shape in a weights file.
        package let shape: Shape
        /// Where it lies in the blocks.
        package let range: Range<Int>
        /// What it is.
        package let kind: Kind
    }

    /// What the network computes, its batch normalisations not folded.
    package let settings: NetworkSettings
    /// The trained tensors in the order of computation.
    package let entries: [Entry]
    /// The values of all of them.
    package let values: FloatBuffer
    /// The gradients of all of them.
    package let gradients: FloatBuffer
    /// The running means and variances of the batch normalisations, which are not trained but kept.
    package let statisticsEntries: [Entry]
    /// Their values.
    package let statistics: FloatBuffer
    /// Whether the weights came folded: then the statistics are made up and must stay frozen.
    package let isFolded: Bool

    private let byName: [String: Entry]
    private let statisticsByName: [String: Entry]

    /// Takes the tensors from a source, checked as for inference.
    ///
    /// Folded weights are unfolded into a batch normalisation that changes nothing but adds their bias.
    package init(source: some ParameterSource, settings: NetworkSettings) throws(EfficientNetError) {
        let reader = try ParameterReader(source, settings: settings)
        let unfolded = try settings.unfolded()
        self.settings = unfolded
        isFolded = settings.batchNormFolded
        var entries: [Entry] = []
        var statisticsEntries: [Entry] = []
        var (position, statisticsPosition) = (0, 0)
        let parameters = unfolded.architecture.parameters(
            classCount: settings.classCount, batchNormFolded: false)
        for (name, shape) in parameters {
            if name.hasSuffix(".running_mean") || name.hasSuffix(".running_var") {
                let range = statisticsPosition..<statisticsPosition + shape.count
                statisticsEntries.append(Entry(name: name, shape: shape, range: range, kind: .offset))
                statisticsPosition = range.upperBound
            } else {
                let range = position..<position + shape.count
                let kind = shape.extents.count > 1 ? Kind.weight : .offset
                entries.append(Entry(name: name, shape: shape, range: range, kind: kind))
                position = range.upperBound
            }
        }
        self.entries = entries
        self.statisticsEntries = statisticsEntries
        byName = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
        statisticsByName = Dictionary(uniqueKeysWithValues: statisticsEntries.map { ($0.name, $0) })
        values = FloatBuffer(count: position)
        gradients = FloatBuffer(count: position)
        statistics = FloatBuffer(count: statisticsPosition)
        try fill(from: reader)
    }

    /// The values of a tensor.
    package func value(_ name: String) -> FloatRegion { values[entry(name).range] }
    /// The gradient of a tensor.
    package func gradient(_ name: String) -> FloatRegion { gradients[entry(name).range] }
    /// A running mean or variance.
    package func statistic(_ name: String) -> FloatRegion {
        guard let entry = statisticsByName[name] else { preconditionFailure("no statistic \(name)") }
        return statistics[entry.range]
    }

    private func entry(_ name: String) -> Entry {
        guard let entry = byName[name] else { preconditionFailure("no parameter \(name)") }
        return entry
    }

    /// All tensors as a weights file has them, ready to be written or loaded for inference.
    ///
    /// - Parameters:
    ///   - values: other values in the layout of `values`, such as a moving average; nil for the values themselves.
    ///   - statistics: the same of `statistics`.
    package func exported(
        values other: FloatBuffer? = nil, statistics otherStatistics: FloatBuffer? = nil
    ) -> ParameterSet {
        let source = other ?? values
        let statistics = otherStatistics ?? statistics
        precondition(source.count == values.count && statistics.count == self.statistics.count)
        var tensors: [String: (shape: Shape, values: [Float])] = [:]
        for entry in entries {
            let floats = Self.turned(source[entry.range].array, shape: entry.shape, toFile: true)
            tensors[entry.name] = (entry.shape, floats)
        }
        for entry in statisticsEntries { tensors[entry.name] = (entry.shape, statistics[entry.range].array) }
        return ParameterSet(tensors)
    }

    private func fill(from reader: ParameterReader<some ParameterSource>) throws(EfficientNetError) {
        if isFolded { try fillStatisticsOfFolded(from: reader) }
        for entry in entries {
            let floats: [Float]
            if isFolded, let values = try unfoldedValues(of: entry, from: reader) {
                floats = values
            } else {
                floats = try reader.floats(entry.name)
            }
            values[entry.range].set(Self.turned(floats, shape: entry.shape, toFile: false))
        }
        guard !isFolded else { return }
        for entry in statisticsEntries { statistics[entry.range].set(try reader.floats(entry.name)) }
    }

    /// Mean 0 and variance 1 − ε: the normalisation divides by √(1 − ε + ε) = 1.
    private func fillStatisticsOfFolded(from reader: ParameterReader<some ParameterSource>)
        throws(EfficientNetError)
    {
        for entry in statisticsEntries where entry.name.hasSuffix(".running_var") {
            statistics[entry.range].fill(1 - Float(settings.batchNormEpsilon))
        }
    }

    /// The scale and shift of a normalisation that the folded file does not hold; nil for every other tensor.
    private func unfoldedValues(of entry: Entry, from reader: ParameterReader<some ParameterSource>)
        throws(EfficientNetError) -> [Float]?
    {
        for layer in settings.architecture.convolutions {
            guard let normalisation = layer.normalisation else { continue }
            if entry.name == "\(normalisation).weight" { return [Float](repeating: 1, count: layer.outputs) }
            if entry.name == "\(normalisation).bias" { return try reader.floats("\(layer.name).bias") }
        }
        return nil
    }

    /// Between [outputs][inputs][k][k] of a file and [outputs][k][k][inputs] here; of a depthwise weight, between
    /// [channels][1][k][k] and [k][k][channels]. Everything else lies the same.
    private static func turned(_ floats: [Float], shape: Shape, toFile: Bool) -> [Float] {
        guard shape.extents.count == 4, shape.extents[2] * shape.extents[3] > 1 else { return floats }
        let (outputs, inputs, taps) = (
            shape.extents[0], shape.extents[1], shape.extents[2] * shape.extents[3]
        )
        var result = floats
        for output in 0..<outputs {
            for input in 0..<inputs {
                for tap in 0..<taps {
                    let file = (output * inputs + input) * taps + tap
                    let here =
                        inputs == 1 ? tap * outputs + output : (output * taps + tap) * inputs + input
                    if toFile { result[file] = floats[here] } else { result[here] = floats[file] }
                }
            }
        }
        return result
    }
}

extension Architecture {
    /// Every convolution in the order of computation.
    package var convolutions: [ConvolutionLayer] { [stem] + blocks.flatMap { BlockLayers($0).all } + [head] }
}

extension NetworkSettings {
    /// The same network with its batch normalisations apart.
    package func unfolded() throws(EfficientNetError) -> NetworkSettings {
        try NetworkSettings(
            architecture: architecture, side: side, padding: padding, batchNormEpsilon: batchNormEpsilon,
            classCount: classCount, batchNormFolded: false)
    }
}
