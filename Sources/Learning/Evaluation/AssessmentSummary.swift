/// What `evaluate --json` prints; scripts rely on the keys (docs/ARCHITECTURE.md, section 3).
package struct AssessmentSummary: Encodable, Sendable {
    let accuracy: Double
    /// 95 %, lower and upper end.
    let accuracyInterval: [Double]
    let macroF1: Double
    let weightedF1: Double
    let macroPrecision: Double
    let macroRecall: Double
    let weightedPrecision: Double
    let weightedRecall: Double
    let labels: [String]
    let classes: [String: ClassScores]
    /// Rows the truth, columns the answer, in the order of `labels`.
    let confusion: [[Int]]
    /// The part that the model answered.
    let coverage: Double
    /// Of the answered ones, the part that is right; null where none was answered.
    let answeredAccuracy: Double?
    /// Area under the curve of each class against the rest; classes without one are absent.
    let auc: [String: Double]
    let macroAUC: Double?
    let expectedCalibrationError: Double
    let brier: Double
    let coverageCurve: [CoverageCurve.Point]
    let n: Int

    /// The numbers of an assessment.
    package init(_ assessment: Assessment) {
        let interval = assessment.accuracyInterval
        accuracy = assessment.accuracy
        accuracyInterval = [interval.low, interval.high]
        macroF1 = assessment.macroF1
        weightedF1 = assessment.weightedF1
        macroPrecision = assessment.macro(\.precision)
        macroRecall = assessment.macro(\.recall)
        weightedPrecision = assessment.weighted(\.precision)
        weightedRecall = assessment.weighted(\.recall)
        labels = assessment.labels
        // Labels of a bundle are unique; of anything else the first one counts.
        classes = Dictionary(zip(assessment.labels, assessment.scores)) { first, _ in first }
        confusion = assessment.confusion.counts
        coverage = assessment.coverage
        answeredAccuracy = assessment.answeredAccuracy
        auc = Dictionary(zip(assessment.labels, assessment.areas)) { first, _ in first }
            .compactMapValues { $0 }
        macroAUC = assessment.macroArea
        expectedCalibrationError = assessment.calibration.expectedError
        brier = assessment.brier
        coverageCurve = assessment.curve.points
        n = assessment.count
    }
}
