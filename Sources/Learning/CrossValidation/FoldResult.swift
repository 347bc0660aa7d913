/// What one fold brought: everything that the report needs, so that no image and no weight has to be kept.
package struct FoldResult: Codable, Sendable, Equatable {
    /// One test image, which nothing in this fold was chosen by.
    package struct Case: Codable, Sendable, Equatable {
        /// The image.
        package let name: String
        /// The true class.
        package let truth: Int
        /// The network's outputs, [views][classes].
        package let logits: [[Double]]
        /// Calibrated probabilities.
        package let probabilities: [Double]
        /// Its distance from the fold's training images.
        package let distance: Double
        /// Why the model abstains; nil where it answers.
        package let abstention: String?
        /// Where the network looked, of a mistake; nil of a right answer.
        package let map: [Float]?
    }

    /// Which fold, from 1.
    package let fold: Int
    /// SHA-256 of what decides the cross-validation.
    package let fingerprint: String
    /// Images that weights were learned from.
    package let trainingCount: Int
    /// Images that epoch, temperature and thresholds were chosen by; with `refit` they are among those learned from.
    package let validationCount: Int
    /// The epoch whose weights were taken, from 1.
    package let epoch: Int
    /// Logits are divided by it.
    package let temperature: Double
    /// The smallest probability of an answer.
    package let threshold: Double
    /// The largest distance of an answered image.
    package let distanceMax: Double
    /// How long the fold took in the run that ended it, in seconds.
    package let seconds: Double
    /// One record an epoch.
    package let history: [EpochRecord]
    /// The test images.
    package let cases: [Case]

    /// The part of the test images whose largest probability is the truth's.
    package var accuracy: Double {
        Double(assessed.count { $0.isRight }) / Double(max(cases.count, 1))
    }

    /// The test images as they are counted.
    package var assessed: [Assessment.Case] {
        cases.map {
            Assessment.Case(
                truth: $0.truth, probabilities: $0.probabilities, isAbstained: $0.abstention != nil)
        }
    }

    /// What was chosen by the images held back, for a training that learns from them too.
    var choice: HeldBackChoice {
        HeldBackChoice(
            temperature: temperature, threshold: threshold, distanceMax: distanceMax,
            imageCount: validationCount,
            accuracy: history.first { $0.epoch == epoch }?.validationAccuracy ?? 0)
    }

    /// Test images beyond the distance, all of which show what the model was trained on: false alarms.
    package var falseAlarmCount: Int { cases.count { !($0.distance <= distanceMax) } }
}
