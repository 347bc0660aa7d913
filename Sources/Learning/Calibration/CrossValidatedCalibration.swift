package import Classification
package import Foundation

/// Temperature and threshold out of a cross-validation's report.
///
/// A training can choose them on the few images that it holds back; the folds have judged every image, each by a network
/// that had not seen it. So they are chosen on ten times as many, and fit a model that was trained by the same recipe.
package struct CrossValidatedCalibration: Sendable {
    /// The median of the folds' temperatures: one fold whose held-back images were all easy says little.
    package let temperature: Double
    /// Chosen on the answers of all folds, each calibrated by its own temperature.
    package let threshold: Double
    private let imageCount: Int
    private let foldCount: Int

    /// Reads `cross-validation.json`.
    ///
    /// Throws `data` where it is none, or not of all folds; `model` where its classes are not `labels`.
    package init(report: Data, labels: [String]) throws(LearningError) {
        guard let file = try? JSONDecoder().decode(File.self, from: report) else {
            throw .data("it is no report that cross-validate --report has written as cross-validation.json")
        }
        guard file.labels == labels else {
            throw .model(
                "its labels are \(labels.joined(separator: ", ")), the cross-validation's "
                    + file.labels.joined(separator: ", "))
        }
        guard file.isComplete, !file.answers.isEmpty, !file.folds.isEmpty else {
            throw .data("\(file.folds.count) of \(file.foldCount) folds are done; all of them are needed")
        }
        var cases: [Assessment.Case] = []
        for answer in file.answers {
            guard let truth = labels.firstIndex(of: answer.truth), answer.probabilities.count == labels.count
            else { throw .data("\(answer.name): no class of the report, or not a probability for each") }
            cases.append(Assessment.Case(truth: truth, probabilities: answer.probabilities))
        }
        guard file.folds.allSatisfy({ $0.temperature > 0 && $0.temperature.isFinite }) else {
            throw .data("a fold's temperature is not above 0")
        }
        let sorted = file.folds.map(\.temperature).sorted()
        temperature = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        threshold = AbstentionThreshold.threshold(
            confidences: cases.map(\.confidence), isRight: cases.map(\.isRight))
        (imageCount, foldCount) = (cases.count, file.folds.count)
    }

    /// Puts both into a description, which goes on saying how the rest was chosen.
    package func apply(to description: inout ModelDescription) {
        description.temperature = (temperature * 1e4).rounded() / 1e4
        description.threshold = threshold
        // Of an earlier such calibration nothing is left; what a training has chosen beside them is.
        let before = (description.provenance.calibration ?? "").components(separatedBy: Self.noteStart)[0]
            .trimmingCharacters(in: .whitespaces)
        description.provenance.calibration =
            before + (before.isEmpty ? "" : " ") + Self.noteStart
            + "\(imageCount) answers of \(foldCount) networks of this recipe about images that each had not seen."
    }

    private static let noteStart = "Temperature and threshold of a cross-validation: chosen on "

    private struct File: Decodable {
        struct Fold: Decodable { let temperature: Double }
        struct Answer: Decodable {
            let name: String
            let truth: String
            let probabilities: [Double]
        }
        let labels: [String]
        let foldCount: Int
        let isComplete: Bool
        let folds: [Fold]
        let answers: [Answer]
    }
}
