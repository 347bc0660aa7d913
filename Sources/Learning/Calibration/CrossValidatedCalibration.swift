package import Classification
package import Foundation

/// Temperature and threshold out of a cross-validation's report.
///
/// A training can choose them on the few images that it holds back; the folds have judged every image, each by a network
/// that had not seen it. So they are chosen on ten times as many, and fit a model that was trained by the same recipe.
package struct CrossValidatedCalibration: Sendable {
    /// Of the answers of all folds together.
    package let temperature: Double
    /// Chosen on the same answers, at that temperature.
    package let threshold: Double
    private let imageCount: Int
    private let foldCount: Int

    /// Reads `cross-validation.json`.
    ///
    /// Throws `data` where it is none, or not of all folds; `model` where the bundle has other classes or views, or was
    /// not trained by the cross-validation's recipe.
    package init(report: Data, for description: ModelDescription, recipe: TrainingRecipe?)
        throws(LearningError)
    {
        guard let file = try? JSONDecoder().decode(File.self, from: report) else {
            throw .data(
                "it is no cross-validation.json of this version's cross-validate --report: logits, recipe or views are absent"
            )
        }
        let labels = description.labels.map(\.name)
        guard file.labels == labels else {
            throw .model(
                "its labels are \(labels.joined(separator: ", ")), the cross-validation's "
                    + file.labels.joined(separator: ", "))
        }
        guard file.views == description.views ?? .plain else {
            throw .model("it averages over other views of an image than the cross-validation did")
        }
        guard recipe == file.recipe else {
            throw .model(
                "it was \(recipe == nil ? "not trained by this program" : "trained by another recipe"); what the networks of "
                    + "one recipe answer says nothing about another's")
        }
        guard file.isComplete, !file.answers.isEmpty else {
            throw .data("\(file.folds.count) of \(file.foldCount) folds are done; all of them are needed")
        }
        var truth: [Int] = []
        for answer in file.answers {
            guard let index = labels.firstIndex(of: answer.truth), answer.logits.count == file.views.count,
                answer.logits.allSatisfy({ $0.count == labels.count })
            else {
                throw .data("\(answer.name): no class of the report, or not a logit for each and every view")
            }
            truth.append(index)
        }
        let temperature = TemperatureScaling.temperature(logits: file.answers.map(\.logits), truth: truth)
        let cases = zip(file.answers, truth).map { answer, truth in
            Assessment.Case(
                truth: truth,
                probabilities: Judgement.probabilities(of: answer.logits, temperature: temperature))
        }
        self.temperature = temperature
        threshold = AbstentionThreshold.threshold(
            confidences: cases.map(\.confidence), isRight: cases.map(\.isRight))
        (imageCount, foldCount) = (cases.count, file.folds.count)
    }

    /// Puts both into a description, which goes on saying how the rest was chosen.
    package func apply(to description: inout ModelDescription) {
        description.temperature = temperature
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
        struct Fold: Decodable {}
        struct Answer: Decodable {
            let name: String
            let truth: String
            let logits: [[Double]]
        }
        let labels: [String]
        let recipe: TrainingRecipe
        let views: ViewSettings
        let foldCount: Int
        let isComplete: Bool
        let folds: [Fold]
        let answers: [Answer]
    }
}
