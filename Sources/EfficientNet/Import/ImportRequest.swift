/// What someone who imports weights says about them. What is nil comes from the file, else from its names.
package struct ImportRequest: Sendable {
    /// B0 … B7.
    package var architecture: Architecture
    /// Side of the input.
    package var side: Int?
    /// Padding of the convolutions with stride 2.
    package var padding: Padding?
    /// Epsilon of batch normalisation.
    package var batchNormEpsilon: Double?
    /// How many labels there are, when they are given.
    package var labelCount: Int?
    /// Tensors whose name, ours or the file's, starts with one of these start anew when absent or of another
    /// shape.
    package var initialise: [String]
    /// Whether those start anew even where the file has them.
    package var initialisesFound: Bool
    /// Whether weights are written as half precision; batch normalisation statistics stay as they are,
    /// because a variance may lie outside its range.
    package var isHalf: Bool
    /// Whether batch normalisations are folded into the convolutions before them.
    package var isFolded: Bool

    /// A request as given.
    package init(
        architecture: Architecture, side: Int? = nil, padding: Padding? = nil,
        batchNormEpsilon: Double? = nil,
        labelCount: Int? = nil, initialise: [String] = [], initialisesFound: Bool = false,
        isHalf: Bool = false, isFolded: Bool = false
    ) {
        self.architecture = architecture
        self.side = side
        self.padding = padding
        self.batchNormEpsilon = batchNormEpsilon
        self.labelCount = labelCount
        self.initialise = initialise
        self.initialisesFound = initialisesFound
        self.isHalf = isHalf
        self.isFolded = isFolded
    }
}
