internal import Glibc

/// Softmax cross-entropy with label smoothing and class weights, as PyTorch defines it.
///
/// loss = Σᵢ wᵢ · Σ_c −qᵢ(c) · log pᵢ(c) / Σᵢ wᵢ, with q = (1 − s) · one-hot + s / classes. With class weights PyTorch weighs
/// the smoothed part by the weight of each class c, the rest and the denominator by that of the true class; so does this.
package struct CrossEntropy: Sendable {
    /// The part of the target that is spread evenly, 0 ..< 1.
    package let smoothing: Double
    /// One weight a class, above 0; empty for 1.
    package let classWeights: [Double]

    /// A loss; without any of the two, plain cross-entropy.
    package init(smoothing: Double = 0, classWeights: [Double] = []) {
        precondition(smoothing >= 0 && smoothing < 1 && classWeights.allSatisfy { $0 > 0 && $0.isFinite })
        self.smoothing = smoothing
        self.classWeights = classWeights
    }

    /// Loss and gradient of a batch.
    package struct Result: Sendable {
        /// The mean loss.
        package let loss: Double
        /// Its gradient with respect to the logits, [images][classes].
        package let gradient: [Float]
        /// Probabilities, [images][classes].
        package let probabilities: [Double]
    }

    /// Loss and gradient for logits [images][classes] and the true class of each image.
    package func callAsFunction(logits: [Float], truth: [Int]) -> Result {
        let classCount = logits.count / max(truth.count, 1)
        precondition(!truth.isEmpty && logits.count == truth.count * classCount)
        precondition(classWeights.isEmpty || classWeights.count == classCount)
        func weight(_ index: Int) -> Double { classWeights.isEmpty ? 1 : classWeights[index] }
        let total = truth.reduce(0) { $0 + weight($1) }
        var loss = 0.0
        var gradient = [Float](repeating: 0, count: logits.count)
        var probabilities = [Double](repeating: 0, count: logits.count)
        for (image, target) in truth.enumerated() {
            precondition((0..<classCount).contains(target), "a class of the network")
            let range = image * classCount..<(image + 1) * classCount
            let logProbabilities = Self.logSoftmax(logits[range].map(Double.init))
            // What the target asks of each class, times the class's weight.
            let demands = (0..<classCount).map { index in
                (smoothing / Double(classCount) + (index == target ? 1 - smoothing : 0)) * weight(index)
            }
            let demandSum = demands.reduce(0, +)
            for index in 0..<classCount {
                let probability = exp(logProbabilities[index])
                probabilities[range.lowerBound + index] = probability
                loss -= demands[index] * logProbabilities[index]
                gradient[range.lowerBound + index] = Float((demandSum * probability - demands[index]) / total)
            }
        }
        return Result(loss: loss / total, gradient: gradient, probabilities: probabilities)
    }

    /// The same for images that were mixed: each is to `ownShare`, 0…1, what `truth` says of it, and for the rest what it
    /// says of the next one, that after the last being the first (Zhang et al. 2018).
    package func callAsFunction(logits: [Float], truth: [Int], ownShare: Double) -> Result {
        precondition((0...1).contains(ownShare))
        let own = self(logits: logits, truth: truth)
        guard ownShare < 1 else { return own }
        let next = self(logits: logits, truth: Array(truth[1...]) + truth[..<1])
        return Result(
            loss: ownShare * own.loss + (1 - ownShare) * next.loss,
            gradient: zip(own.gradient, next.gradient).map {
                Float(ownShare) * $0 + Float(1 - ownShare) * $1
            },
            probabilities: own.probabilities)
    }

    /// log softmax, the largest logit taken out first.
    package static func logSoftmax(_ logits: [Double]) -> [Double] {
        let largest = logits.max() ?? 0
        let sum = logits.reduce(0) { $0 + exp($1 - largest) }
        return logits.map { $0 - largest - log(sum) }
    }
}
