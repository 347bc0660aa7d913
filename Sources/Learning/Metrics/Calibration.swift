/// How far the probabilities can be taken at their word.
package struct Calibration: Sendable, Equatable {
    /// The images whose largest probability falls into one interval.
    package struct Bin: Sendable, Equatable, Codable {
        /// Where the interval ends; it begins where the one before ends, and holds its upper end, not its lower.
        package let upTo: Double
        /// How many images.
        package let count: Int
        /// The mean of their largest probabilities; 0 without images.
        package let confidence: Double
        /// The part of them that is right; 0 without images.
        package let accuracy: Double
    }

    /// Intervals of equal width.
    package let bins: [Bin]

    /// How many intervals: 15, as in Guo et al., "On calibration of modern neural networks" (2017).
    package static let binCount = 15

    /// Sorts the images into intervals by their largest probability.
    package init(confidences: [Double], isRight: [Bool]) {
        precondition(confidences.count == isRight.count)
        var members = Array(repeating: [Int](), count: Self.binCount)
        for (index, confidence) in confidences.enumerated() {
            let bin = Int((confidence * Double(Self.binCount)).rounded(.up)) - 1
            members[min(max(bin, 0), Self.binCount - 1)].append(index)
        }
        bins = members.enumerated().map { bin, indices in
            let count = Double(max(indices.count, 1))
            return Bin(
                upTo: Double(bin + 1) / Double(Self.binCount), count: indices.count,
                confidence: indices.reduce(0) { $0 + confidences[$1] } / count,
                accuracy: Double(indices.count { isRight[$0] }) / count)
        }
    }

    /// The expected calibration error: |accuracy − confidence|, averaged over the images.
    package var expectedError: Double {
        let total = bins.reduce(0) { $0 + $1.count }
        guard total > 0 else { return 0 }
        return bins.reduce(0) { $0 + Double($1.count) * abs($1.accuracy - $1.confidence) } / Double(total)
    }
}
