internal import Tensor

/// A tensor of a foreign file, already in our layout.
struct ForeignTensor {
    /// Number format in the file.
    let type: ElementType
    /// Our shape.
    let shape: Shape
    /// The elements in our order.
    let values: [Float]
}

/// A weights file of another program, behind our names.
protocol ForeignWeights {
    /// What the file itself says of its lineage.
    var lineage: ForeignLineage { get }
    /// Whether convolutions carry a bias instead of a batch normalisation.
    var batchNormFolded: Bool { get }
    /// How many classes its classifier has; nil when it has none.
    var classCount: Int? { get }
    /// What the file calls our tensor of that name, for error texts.
    func sourceName(of name: String) -> String
    /// Our tensor of that name; nil when it is absent. Throws `shape` (in the file's layout) when it does not
    /// fit.
    func tensor(_ name: String, shape: Shape) throws(EfficientNetError) -> ForeignTensor?
    /// The file's tensors that belong to none of ours.
    func strangers(known: [String]) -> [String]
    /// Throws where the file says that it is another network than one with these settings.
    func check(_ settings: NetworkSettings) throws(EfficientNetError)
}

extension ForeignWeights {
    func check(_ settings: NetworkSettings) throws(EfficientNetError) {}
}

/// Padding, epsilon and so on as far as a file says or its names let one guess, with the reasons in words.
struct ForeignLineage {
    var architecture: String?
    var padding: Padding?
    var batchNormEpsilon: Double?
    var side: Int?
    var normalisation: InputNormalisation?
    /// The classes' names, when the file tells them.
    var labels: [String]?
    /// What to assume for what the file does not say.
    var assumedPadding: Padding = .symmetric
    var assumedEpsilon: Double = 1e-5
    /// Whose convention that is.
    var assumption: String
    /// Remarks for the user.
    var notes: [String] = []
}
