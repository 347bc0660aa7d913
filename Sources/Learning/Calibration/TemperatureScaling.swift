internal import Classification
internal import Foundation

/// The temperature that makes probabilities mean what they say (Guo et al., "On calibration of modern neural networks",
/// 2017): the one with the smallest negative log-likelihood of the truth.
package enum TemperatureScaling {
    /// The temperatures that are tried, wide enough for any sane network.
    package static let range = 0.05...20.0

    /// The temperature for images that the network was not trained on.
    ///
    /// The probabilities of an image are the mean over its views, as `Judgement` has them. The likelihood has one minimum
    /// for a single view and is smooth for more; a grid over its logarithm finds the valley, golden sections its bottom.
    ///
    /// - Parameter logits: [images][views][classes].
    /// - Returns: 1 without images.
    package static func temperature(logits: [[[Double]]], truth: [Int]) -> Double {
        precondition(logits.count == truth.count)
        guard !logits.isEmpty else { return 1 }
        func loss(_ logarithm: Double) -> Double {
            negativeLogLikelihood(logits: logits, truth: truth, temperature: exp(logarithm))
        }
        let (low, high) = (log(range.lowerBound), log(range.upperBound))
        let stepCount = 24
        let width = (high - low) / Double(stepCount)
        let grid = (0...stepCount).map { low + Double($0) * width }
        let losses = grid.map(loss)
        let best = losses.indices.reduce(0) { losses[$1] < losses[$0] ? $1 : $0 }
        var left = max(grid[best] - width, low)
        var right = min(grid[best] + width, high)
        let ratio = (5.0.squareRoot() - 1) / 2
        while right - left > 1e-5 {
            let (inner, outer) = (right - ratio * (right - left), left + ratio * (right - left))
            if loss(inner) < loss(outer) { right = outer } else { left = inner }
        }
        // Four digits: more would say nothing, and a description is read by people.
        return (exp((left + right) / 2) * 1e4).rounded() / 1e4
    }

    /// The mean of −log p(truth); a probability of 0 counts as the smallest number.
    package static func negativeLogLikelihood(
        logits: [[[Double]]], truth: [Int], temperature: Double
    ) -> Double {
        zip(logits, truth).reduce(0) { sum, image in
            let probability = Judgement.probabilities(of: image.0, temperature: temperature)[image.1]
            return sum - log(max(probability, .leastNormalMagnitude))
        } / Double(max(truth.count, 1))
    }
}
