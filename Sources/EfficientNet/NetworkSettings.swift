/// How convolutions with stride 2 are padded: the lineage of the weights decides, and a wrong choice still
/// gives plausible, slightly wrong answers.
package enum Padding: String, Codable, Sendable, CaseIterable {
    /// TensorFlow's "same": as much as the output size ⌈side / stride⌉ needs, the odd one after the image.
    /// Keras and timm's `tf_` models.
    case same
    /// (kernel − 1) / 2 on every side: torchvision and timm's native models.
    case symmetric

    /// Rows above (and columns left of) the image that count as zero.
    func before(kernel: Int, stride: Int, side: Int) -> Int {
        switch self {
        case .symmetric: return (kernel - 1) / 2
        case .same:
            let outputSide = (side + stride - 1) / stride
            return max(0, (outputSide - 1) * stride + kernel - side) / 2
        }
    }
}

/// Everything that fixes what a network computes, except its weights.
package struct NetworkSettings: Sendable, Hashable {
    /// The image sides that this program accepts.
    package static let sides = 64...640
    /// The most classes a network may have.
    package static let classCountMax = 100_000

    /// B0 … B7.
    package let architecture: Architecture
    /// Height and width of the input.
    package let side: Int
    /// Padding of the convolutions with stride 2.
    package let padding: Padding
    /// What batch normalisation adds to the variance: torchvision B0–B4 and timm native 1e-5, Keras, timm
    /// `tf_` and torchvision B5–B7 1e-3.
    package let batchNormEpsilon: Double
    /// Outputs of the classifier.
    package let classCount: Int
    /// Whether the weights file holds convolutions with a bias instead of batch normalisations.
    package let batchNormFolded: Bool

    /// Checks the ranges; throws `settings`.
    package init(
        architecture: Architecture, side: Int, padding: Padding, batchNormEpsilon: Double, classCount: Int,
        batchNormFolded: Bool = false
    ) throws(EfficientNetError) {
        guard Self.sides.contains(side) else {
            throw .settings("side \(side) is not in \(Self.sides.lowerBound)…\(Self.sides.upperBound)")
        }
        guard (1...Self.classCountMax).contains(classCount) else {
            throw .settings("\(classCount) classes are not in 1…\(Self.classCountMax)")
        }
        guard batchNormEpsilon > 0, batchNormEpsilon < 1 else {
            throw .settings("batch norm epsilon \(batchNormEpsilon) is not between 0 and 1")
        }
        self.architecture = architecture
        self.side = side
        self.padding = padding
        self.batchNormEpsilon = batchNormEpsilon
        self.classCount = classCount
        self.batchNormFolded = batchNormFolded
    }

    /// Floats of one input image: side × side × 3.
    package var inputCount: Int { side * side * 3 }
}
