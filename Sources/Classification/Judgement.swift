internal import Foundation

/// What the network gave for one image or frame.
package struct Evaluation: Sendable {
    /// The logits in the order of the labels.
    package let logits: [Double]
    /// How far the features are from those of the training images; nil where the bundle does not say.
    package let distance: Double?

    /// An evaluation as given.
    package init(logits: [Double], distance: Double? = nil) {
        self.logits = logits
        self.distance = distance
    }
}

/// From logits to a prediction: temperature, softmax, mean over the frames, and the two reasons to abstain.
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

    /// The prediction from the evaluations of an image's frames, at least one.
    package func prediction(from evaluations: [Evaluation]) -> Prediction {
        precondition(!evaluations.isEmpty, "a prediction is made from something")
        let frames = evaluations.map { probabilities(of: $0.logits) }
        let classCount = frames[0].count
        let means = (0..<classCount).map { index in
            frames.reduce(0) { $0 + $1[index] } / Double(frames.count)
        }
        guard means.allSatisfy(\.isFinite) else {
            // Finite weights and finite pixels can still overflow Float in a network that was never trained for them.
            let even = [Double](repeating: 1 / Double(classCount), count: classCount)
            return Prediction(probabilities: even, abstention: "The network's output is not a number.")
        }
        let largest = means.max() ?? 0
        if largest < threshold {
            return Prediction(
                probabilities: means,
                abstention:
                    "The largest probability, \(percent(largest)), is below the threshold of \(percent(threshold))."
            )
        }
        if let distanceMax, let distance = meanDistance(of: evaluations), !(distance <= distanceMax) {
            return Prediction(
                probabilities: means, abstention: "The image is unlike those the model was trained on.")
        }
        return Prediction(probabilities: means, answerIndex: means.firstIndex(of: largest) ?? 0)
    }

    /// The softmax of logits divided by the temperature; shifted by the largest, so that no exponential overflows.
    private func probabilities(of logits: [Double]) -> [Double] {
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

extension FeatureStatistics {
    /// The distance of pooled features: the smallest over the classes (see the type).
    package func distance(of features: some Collection<Float>) -> Double {
        let squares = classMeans.map { mean in
            zip(zip(features, mean), standardDeviation).reduce(0.0) { sum, pair in
                let deviation = (Double(pair.0.0) - pair.0.1) / pair.1
                return sum + deviation * deviation
            } / Double(mean.count)
        }
        return (squares.min() ?? 0).squareRoot()
    }
}
