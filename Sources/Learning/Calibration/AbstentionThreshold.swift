/// From which probability on a model answers.
package enum AbstentionThreshold {
    /// Of the answered images, the part that should be right.
    package static let accuracyWanted = 0.95
    /// However bad the model, at least this part of the images it was chosen on is answered.
    package static let coverageMin = 0.5

    /// The smallest threshold on the largest probability at which the answers reach the wanted accuracy.
    ///
    /// Where none does without abstaining on too many, the one with the best accuracy among those that answer enough.
    ///
    /// - Returns: 0, answering everything, without images or where all answers are good enough.
    package static func threshold(
        confidences: [Double], isRight: [Bool], accuracyWanted: Double = accuracyWanted,
        coverageMin: Double = coverageMin
    ) -> Double {
        let points = CoverageCurve(confidences: confidences, isRight: isRight).points
        guard let all = points.last, all.accuracy < accuracyWanted else { return 0 }
        let possible = points.filter { $0.coverage >= coverageMin }
        // The curve falls in its threshold: the last point that is good enough answers most.
        let good = possible.last { $0.accuracy >= accuracyWanted }
        let best = possible.max { $0.accuracy < $1.accuracy }
        // Rounded down, so that the image that decided it is still answered.
        return (((good ?? best)?.threshold ?? 0) * 1e4).rounded(.down) / 1e4
    }
}
