internal import Foundation

/// The weights with which one axis of an image is resized, as Pillow's `precompute_coeffs` makes them.
///
/// Output `o` is the sum over `t` in 0..<tapCount of weight(o, t) × input(starts[o] + t). The filter's support widens
/// when shrinking, so that every input has its share. Weights are made in Double, normalised, then rounded to Float.
package struct ResizeAxis: Sendable, Equatable {
    /// The first input of each output.
    package let starts: [Int]
    /// How many inputs each output reads; a multiple of 8, so that loops run in whole vectors.
    ///
    /// `starts[o] + tapCount` may pass the end of the input by less than `tapCount`; the weights there are 0.
    package let tapCount: Int
    /// The weights, `tapCount` for each output.
    package let weights: [Float]

    /// How many outputs there are.
    package var outputCount: Int { starts.count }

    /// The weights for an axis of `inputCount` samples, of which the output covers the stretch from `lower` to `upper`.
    ///
    /// The stretch may pass the ends of the input: what lies beyond counts as 0 (black), which is how a letterbox is
    /// drawn without drawing it. Counts are at least 1 and the stretch has a length above 0.
    package init(
        inputCount: Int, from lower: Double, to upper: Double, outputCount: Int, filter: ResizeFilter
    ) {
        precondition(inputCount > 0 && outputCount > 0 && upper > lower, "an axis has a length")
        let scale = (upper - lower) / Double(outputCount)
        let filterScale = max(scale, 1)
        let support = filter.support * filterScale
        var rows: [(start: Int, weights: [Double])] = []
        for output in 0..<outputCount {
            let center = lower + (Double(output) + 0.5) * scale
            // Pillow stops at the image's ends and normalises what is left. Here the image's ends are those of the
            // letterboxed square, so the taps beyond the input are made, normalised with the others, and dropped.
            let first = max(Int((center - support + 0.5).rounded(.down)), Int(lower.rounded(.down)))
            let last = min(Int((center + support + 0.5).rounded(.down)), Int(upper.rounded(.up)))
            var weights = (first..<max(last, first)).map { tap in
                filter.weight(at: (Double(tap) - center + 0.5) / filterScale)
            }
            let sum = weights.reduce(0, +)
            if sum != 0 { weights = weights.map { $0 / sum } }
            // An output that lies in the letterbox alone keeps none of them.
            let lowest = max(first, 0)
            let kept = lowest..<max(min(last, inputCount), lowest)
            rows.append(
                (
                    start: min(lowest, inputCount - 1),
                    weights: kept.isEmpty
                        ? [] : Array(weights[kept.lowerBound - first..<kept.upperBound - first])
                ))
        }
        let longest = rows.map(\.weights.count).max() ?? 1
        let tapCount = (max(longest, 1) + 7) / 8 * 8
        self.tapCount = tapCount
        starts = rows.map(\.start)
        weights = rows.flatMap { row in
            row.weights.map { Float($0) } + [Float](repeating: 0, count: tapCount - row.weights.count)
        }
    }
}

extension ResizeFilter {
    /// How far the filter reaches, in inputs, when it does not shrink.
    fileprivate var support: Double {
        switch self {
        case .box: 0.5
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The filter's value at a distance from its centre (Pillow's Resample.c).
    fileprivate func weight(at distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .box:
            return distance > -0.5 && distance <= 0.5 ? 1 : 0
        case .bilinear:
            return max(1 - x, 0)
        case .bicubic:
            // Keys, "Cubic convolution interpolation for digital image processing" (1981), equation 15, a = −0.5.
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        case .lanczos:
            return x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
        }
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
}
