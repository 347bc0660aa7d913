internal import Foundation

/// What the network gave for one view of an image or frame.
package struct Evaluation: Sendable {
    /// The logits in the order of the labels.
    package let logits: [Double]
    /// How far the features are from those of the training images; nil where the bundle does not say, and for views other
    /// than the image as it is.
    package let distance: Double?

    /// An evaluation as given.
    package init(logits: [Double], distance: Double? = nil) {
        self.logits = logits
        self.distance = distance
    }
}

/// From logits to a prediction: temperature, softmax, mean over frames and views, and the two reasons to abstain.
package struct Judgement: Sendable {
    private let temperature: Double
    private let threshold: Double
    private let distanceMax: Double?

    /// The judgement of a model.
    package init(_ description: ModelDescription) {
        temperature = description.temperature
        threshold = description.threshold
        distanceMax = description.familiarity?.distanceMax
    }

    /// The judgement of these values; without a largest distance nothing is unlike the training images.
    package init(temperature: Double, threshold: Double, distanceMax: Double?) {
        self.temperature = temperature
        self.threshold = threshold
        self.distanceMax = distanceMax
    }

    /// The prediction from the evaluations of an image's frames and views, at least one.
    package func prediction(from evaluations: [Evaluation]) -> Prediction {
        precondition(!evaluations.isEmpty, "a prediction is made from something")
        let means = Self.probabilities(of: evaluations.map(\.logits), temperature: temperature)
        let classCount = means.count
        guard means.allSatisfy(\.isFinite) else {
            // Finite weights and finite pixels can still overflow Float in a network that was never trained for them.
            let even = [Double](repeating: 1 / Double(classCount), count: classCount)
            return Prediction(probabilities: even, abstention: "The network's output is not a number.")
        }
        // First, since the probabilities of an image that is like none of the training images mean nothing.
        if let distanceMax, let distance = meanDistance(of: evaluations), !(distance <= distanceMax) {
            return Prediction(
                probabilities: means, abstention: "The image is unlike those the model was trained on.")
        }
        let largest = means.max() ?? 0
        if largest < threshold {
            return Prediction(
                probabilities: means,
                abstention:
                    "The largest probability, \(percent(largest)), is below the threshold of \(percent(threshold))."
            )
        }
        return Prediction(probabilities: means, answerIndex: means.firstIndex(of: largest) ?? 0)
    }

    /// The mean over frames and views of the softmax of their logits divided by the temperature.
    package static func probabilities(of logits: [[Double]], temperature: Double) -> [Double] {
        let views = logits.map { softmax($0, temperature: temperature) }
        return (0..<(views.first?.count ?? 0)).map { index in
            views.reduce(0) { $0 + $1[index] } / Double(views.count)
        }
    }

    /// Shifted by the largest, so that no exponential overflows.
    private static func softmax(_ logits: [Double], temperature: Double) -> [Double] {
        let scaled = logits.map { $0 / temperature }
        let largest = scaled.max() ?? 0
        let exponentials = scaled.map { exp($0 - largest) }
        let sum = exponentials.reduce(0, +)
        return exponentials.map { $0 / sum }
    }

    private func meanDistance(of evaluations: [Evaluation]) -> Double? {
        let distances = evaluations.compactMap(\.distance)
        return distances.isEmpty ? nil : distances.reduce(0, +) / Double(distances.count)
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
