internal import Tensor

/// Fresh values for tensors that a file does not hold.
struct Initialisation {
    private let architecture: Architecture
    /// Norms after the projection of a block whose input is added to its output.
    private let skippedNorms: Set<String>
    private let skippedProjections: Set<String>

    /// Another seed gives another start.
    private let seed: UInt64

    init(_ architecture: Architecture, seed: UInt64 = 0) {
        self.architecture = architecture
        self.seed = seed
        let projections = architecture.blocks.filter(\.hasSkip).map { BlockLayers($0).project }
        skippedNorms = Set(projections.compactMap(\.normalisation))
        skippedProjections = Set(projections.map(\.name))
    }

    /// The start of a tensor of our name: the same for the same name and shape, always.
    ///
    /// Convolutions: normal, deviation √(2 / fan out), as EfficientNet's authors start them; classifier:
    /// uniform within ±1/√features; norms: the identity, statistics of a standard normal; biases: zero. A
    /// block whose input is added to its output starts as that input alone (its last norm's scale, or its
    /// folded projection, is zero), so that a new block in a trained network changes nothing until it has
    /// learned something.
    func values(_ name: String, shape: Shape, isFolded: Bool) -> [Float] {
        let parts = name.split(separator: ".")
        let layer = parts.dropLast().joined(separator: ".")
        let count = shape.count
        switch (parts.last ?? "", shape.extents.count) {
        case ("bias", _), ("running_mean", _): return [Float](repeating: 0, count: count)
        case ("running_var", _): return [Float](repeating: 1, count: count)
        case (_, 1): return [Float](repeating: skippedNorms.contains(layer) ? 0 : 1, count: count)
        case (_, 2):
            let bound = 1 / Double(shape.extents[1]).squareRoot()
            var random = SplitMix(name, seed: seed)
            return (0..<count).map { _ in Float((2 * random.uniform() - 1) * bound) }
        default:
            if isFolded, skippedProjections.contains(layer) { return [Float](repeating: 0, count: count) }
            let isDepthwise = layer.hasSuffix("conv_dw")
            let fanOut = shape.extents[2] * shape.extents[3] * (isDepthwise ? 1 : shape.extents[0])
            let deviation = (2 / Double(fanOut)).squareRoot()
            var random = SplitMix(name, seed: seed)
            return (0..<count).map { _ in Float(random.normal() * deviation) }
        }
    }
}

extension ParameterSet {
    /// The start of a network that has learned nothing: the same for the same settings and seed, always.
    package init(initialFor settings: NetworkSettings, seed: UInt64) {
        let initialisation = Initialisation(settings.architecture, seed: seed)
        let parameters = settings.architecture.parameters(
            classCount: settings.classCount, batchNormFolded: settings.batchNormFolded)
        self.init(
            Dictionary(
                uniqueKeysWithValues: parameters.map { name, shape in
                    let values = initialisation.values(
                        name, shape: shape, isFolded: settings.batchNormFolded)
                    return (name, (shape: shape, values: values))
                }))
    }
}

/// Sebastiano Vigna's SplitMix64, started from a name by FNV-1a, and a seed.
private struct SplitMix {
    private var state: UInt64

    init(_ name: String, seed: UInt64) {
        state = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        state ^= seed &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In [0, 1).
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Standard normal: the sum of twelve uniforms (Irwin and Hall), which needs no logarithm and is bounded
    /// by six.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }
}
