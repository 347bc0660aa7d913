import Classification
import Dicom
import EfficientNet
import Foundation
import Learning
import Testing

@Suite struct CrossValidatedCalibrationTests {
    private static let labels = ["a", "b"]
    private static let recipe = TinyTraining.recipe

    /// (truth, logit of class 1 more than of class 0).
    private func report(_ answers: [(Int, Double)], folds: Int = 1, foldCount: Int = 1, views: Int = 1) throws
        -> Data
    {
        let settings = ViewSettings(mirrored: views == 2, zooms: [1])
        let json: [String: Any] = [
            "labels": Self.labels, "foldCount": foldCount, "isComplete": folds == foldCount,
            "folds": Array(repeating: [String: Any](), count: folds),
            "recipe": try JSONSerialization.jsonObject(with: JSONEncoder().encode(Self.recipe)),
            "views": try JSONSerialization.jsonObject(with: JSONEncoder().encode(settings)),
            "answers": answers.map { truth, logit in
                [
                    "name": "x", "truth": Self.labels[truth],
                    "logits": Array(repeating: [0, logit], count: views),
                ] as [String: Any]
            },
        ]
        return try JSONSerialization.data(withJSONObject: json)
    }

    static func description(_ labels: [String] = labels, views: ViewSettings? = nil) -> ModelDescription {
        var description = ModelDescription(
            name: "m", version: "1", architecture: "b0", side: 64, padding: .same, batchNormEpsilon: 1e-3,
            batchNormFolded: false,
            labels: labels.map { Label(name: $0, code: CodedEntry($0.uppercased(), "99GLENOID", $0)) },
            provenance: Provenance(source: ""), weights: WeightsReference(sha256: ""))
        description.views = views
        return description
    }

    /// Of 1000 answers at a logit of 3, 73.1 % are right: what a logit of 1 deserves.
    @Test func temperatureAndThresholdComeFromAllAnswers() throws {
        let unsure = (0..<1000).map { ($0 < 731 ? 1 : 0, 3.0) }
        // Surer ones, all right: 95 % of the answers are, as long as the unsure are abstained on.
        let sure = Array(repeating: (1, 12.0), count: 1000)
        let found = try CrossValidatedCalibration(
            report: report(unsure + sure), for: Self.description(), recipe: Self.recipe)
        #expect(found.temperature > 2)
        let boundary = 1 / (1 + exp(-12 / found.temperature))
        #expect(found.threshold <= boundary && found.threshold > boundary - 1e-3)
    }

    @Test func whatDoesNotFitTheBundleIsRefused() throws {
        let answers = [(0, -1.0), (1, 1.0)]
        #expect(throws: LearningError.data("2 of 10 folds are done; all of them are needed")) {
            try CrossValidatedCalibration(
                report: report(answers, folds: 2, foldCount: 10), for: Self.description(), recipe: Self.recipe
            )
        }
        #expect(throws: LearningError.model("its labels are b, a, the cross-validation's a, b")) {
            try CrossValidatedCalibration(
                report: report(answers), for: Self.description(["b", "a"]), recipe: Self.recipe)
        }
        var other = Self.recipe
        other.epochs += 1
        for recipe in [nil, other] {
            let error = #expect(throws: LearningError.self) {
                try CrossValidatedCalibration(
                    report: report(answers), for: Self.description(), recipe: recipe)
            }
            #expect(error?.description.contains("says nothing about another's") == true)
        }
        let views = #expect(throws: LearningError.self) {
            try CrossValidatedCalibration(
                report: report(answers, views: 2), for: Self.description(), recipe: Self.recipe)
        }
        #expect(views?.description.contains("other views") == true)
        #expect(throws: LearningError.self) {
            try CrossValidatedCalibration(
                report: Data("{}".utf8), for: Self.description(), recipe: Self.recipe)
        }
    }
}
