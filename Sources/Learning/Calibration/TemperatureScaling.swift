internal import Classification
internal import Foundation

/// The temperature that makes probabilities mean what they say (Guo et al., "On calibration of modern neural networks",
/// 2017): the one with the smallest negative log-likelihood of the truth, which counts as slightly uncertain.
package enum TemperatureScaling {
    /// The temperatures that are tried, wide enough for any sane network.
    package static let range = 0.05...20.0

    /// The temperature for images that the network was not trained on.
    ///
    /// The probabilities of an image are the mean over its views, as `Judgement` has them. The likelihood has one minimum
    /// for a single view and is smooth for more; a grid over its logarithm finds the valley, golden sections its bottom.
    ///
    /// n images tell no more than that a further one is right with (n + 1) / (n + 2), so that is the truth's share of each
    /// target (Platt, "Probabilistic outputs for support vector machines", 1999). With a share of 1, images that are all
    /// named right would make any temperature too high.
    ///
    /// - Parameter logits: [images][views][classes].
    /// - Returns: 1 without images.
    package static func temperature(logits: [[[Double]]], truth: [Int]) -> Double {
        precondition(logits.count == truth.count)
        guard !logits.isEmpty else { return 1 }
        func loss(_ logarithm: Double) -> Double {
            crossEntropy(logits: logits, truth: truth, temperature: exp(logarithm))
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

    /// The mean over the images of −Σ target · log p; a probability of 0 counts as the smallest number.
    private static func crossEntropy(logits: [[[Double]]], truth: [Int], temperature: Double) -> Double {
        let count = Double(truth.count)
        let share = (count + 1) / (count + 2)
        return zip(logits, truth).reduce(0) { sum, image in
            let probabilities = Judgement.probabilities(of: image.0, temperature: temperature)
            let rest = (1 - share) / Double(max(probabilities.count - 1, 1))
            return probabilities.enumerated().reduce(sum) { sum, item in
                let target = item.offset == image.1 ? share : rest
                return sum - target * log(max(item.element, .leastNormalMagnitude))
            }
        } / max(count, 1)
    }
}
