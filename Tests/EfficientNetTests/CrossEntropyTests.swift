import EfficientNet
import Foundation
import Testing

/// The loss of mixed images; the plain one is held against PyTorch in `TorchGradientTests`.
@Suite struct CrossEntropyTests {
    private let logits: [Float] = [1, -2, 0.5, 0.1, 0.2, 3, -1, 0, 0.7]
    private let truth = [0, 2, 1]

    /// Linear in the target: the loss of a mixture is that of soft targets.
    @Test func aMixtureAsksForSoftTargets() {
        let result = CrossEntropy()(logits: logits, truth: truth, ownShare: 0.75)
        var expected = 0.0
        for image in 0..<3 {
            let logProbabilities = CrossEntropy.logSoftmax(
                logits[image * 3..<image * 3 + 3].map(Double.init))
            expected -= 0.75 * logProbabilities[truth[image]]
            expected -= 0.25 * logProbabilities[truth[(image + 1) % 3]]
        }
        #expect(abs(result.loss - expected / 3) < 1e-12)
    }

    @Test func itsGradientIsTheDifferenceQuotient() {
        let loss = CrossEntropy(smoothing: 0.1, classWeights: [1, 2, 0.5])
        let gradient = loss(logits: logits, truth: truth, ownShare: 0.6).gradient
        for index in logits.indices {
            var (above, below) = (logits, logits)
            above[index] += 0.01
            below[index] -= 0.01
            let difference =
                loss(logits: above, truth: truth, ownShare: 0.6).loss
                - loss(logits: below, truth: truth, ownShare: 0.6).loss
            #expect(abs(difference / 0.02 - Double(gradient[index])) < 1e-4, "\(index)")
        }
    }

    @Test func nothingMixedIsThePlainLoss() {
        let loss = CrossEntropy(smoothing: 0.1)
        let (plain, whole) = (
            loss(logits: logits, truth: truth), loss(logits: logits, truth: truth, ownShare: 1)
        )
        #expect(plain.loss == whole.loss && plain.gradient == whole.gradient)
        // An only image is mixed with itself.
        let alone = loss(logits: Array(logits[..<3]), truth: [1], ownShare: 0.5)
        #expect(abs(alone.loss - loss(logits: Array(logits[..<3]), truth: [1]).loss) < 1e-12)
    }
}
