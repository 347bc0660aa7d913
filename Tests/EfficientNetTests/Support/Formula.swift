import EfficientNet
import Tensor

/// Numbers and networks by a formula that `Fixtures/make-gradients.py` shares: the table then needs no weights.
enum Formula {
    /// `count` numbers in −1 … 1 of a stream: SplitMix64 of stream and position.
    static func values(_ stream: UInt64, _ count: Int) -> [Double] {
        (0..<UInt64(count)).map { position in
            var z = stream &* 0xD134_2543_DE82_EF95 &+ (position + 1) &* 0x9E37_79B9_7F4A_7C15
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            z ^= z >> 31
            return Double(z >> 40) / Double(1 << 23) - 1
        }
    }

    /// The weights of a network.
    static func parameters(_ settings: NetworkSettings) -> ParameterSet {
        let shapes = settings.architecture.parameters(classCount: settings.classCount, batchNormFolded: false)
        var tensors: [String: (shape: Shape, values: [Float])] = [:]
        for (stream, entry) in shapes.sorted(by: { $0.name < $1.name }).enumerated() {
            let fan = Double(entry.shape.count / max(entry.shape.extents[0], 1))
            let values = values(UInt64(stream + 1), entry.shape.count).map { value in
                if entry.name.hasSuffix("running_var") { return 1 + 0.5 * value }
                if entry.name.hasSuffix("running_mean") { return 0.1 * value }
                if entry.name.hasSuffix(".bias") { return 0.2 * value }
                return entry.shape.extents.count == 1 ? 1 + 0.2 * value : value * (4.5 / fan).squareRoot()
            }
            tensors[entry.name] = (entry.shape, values.map { Float($0) })
        }
        return ParameterSet(tensors)
    }

    /// Normalised images [count][side][side][3].
    static func images(_ count: Int, side: Int) -> [Float] {
        values(1000, count * side * side * 3).map { Float(Double(Float($0)) * 1.5) }
    }
}
