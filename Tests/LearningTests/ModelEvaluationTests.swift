import Classification
import Dicom
import EfficientNet
import Foundation
import Learning
import Testing

@Suite struct ModelEvaluationTests {
    private struct Broken: Error, CustomStringConvertible {
        let description = "it is broken"
    }

    private let model = ModelDescription(
        name: "m", version: "1", architecture: "b0", side: 64, padding: .same, batchNormEpsilon: 1e-3,
        batchNormFolded: false,
        labels: ["a", "b"].map { Label(name: $0, code: CodedEntry($0.uppercased(), "99GLENOID", $0)) },
        provenance: Provenance(source: "test"),
        weights: WeightsReference(sha256: String(repeating: "0", count: 64)))

    private func dataSet(_ names: [String], classes: [String] = ["b", "a"]) -> DataSet {
        DataSet(
            source: "set", classes: classes,
            items: names.map { name in
                DataSet.Item(
                    path: name, name: name, classIndex: classes.firstIndex(of: String(name.prefix(1))) ?? 0)
            })
    }

    /// a/1 right and sure, a/2 wrong and sure, b/3 wrong but abstained, b/4 right.
    private func evaluation() throws -> ModelEvaluation {
        try ModelEvaluation(of: model, on: dataSet(["b/3", "b/4", "a/1", "a/2", "a/x"])) { path in
            switch path {
            case "a/1": Prediction(probabilities: [0.9, 0.1], answerIndex: 0)
            case "a/2": Prediction(probabilities: [0.2, 0.8], answerIndex: 1)
            case "b/3": Prediction(probabilities: [0.95, 0.05], abstention: "Unlike.")
            case "b/4": Prediction(probabilities: [0.3, 0.7], answerIndex: 1)
            default: throw Broken()
            }
        }
    }

    @Test func countsInTheOrderOfTheLabels() throws {
        let evaluation = try evaluation()
        #expect(evaluation.assessment.confusion.counts == [[1, 1], [1, 1]])
        #expect(evaluation.assessment.coverage == 0.75)
        #expect(evaluation.damaged.map(\.file) == ["a/x"] && evaluation.damaged[0].reason == "it is broken")
    }

    @Test func theSurestMistakeComesFirstAndAbstentionsLast() throws {
        let evaluation = try evaluation()
        #expect(evaluation.mistakes.map { evaluation.answers[$0].item.name } == ["a/2", "b/3"])
    }

    @Test func refusesForeignClassesAndSetsWithoutAnAnswer() {
        #expect(
            throws: LearningError.data("class 'c' (1 images) is not a label of the model, which has: a, b")
        ) {
            try ModelEvaluation(of: model, on: dataSet(["c/1"], classes: ["c"])) { _ in throw Broken() }
        }
        #expect(
            throws: LearningError.data(
                "none of its 1 images could be answered; the first: a/1: it is broken")
        ) {
            try ModelEvaluation(of: model, on: dataSet(["a/1"])) { _ in throw Broken() }
        }
    }

    @Test func theJSONHasTheKeysThatScriptsRelyOn() throws {
        let data = try JSONEncoder().encode(AssessmentSummary(evaluation().assessment))
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        for key in ["accuracy", "macroF1", "weightedF1", "labels", "classes", "confusion", "coverage", "n"] {
            #expect(object[key] != nil, "\(key)")
        }
        let classes = try #require(object["classes"] as? [String: [String: Any]])
        #expect(Set(classes["a"]?.keys.map { $0 } ?? []) == ["precision", "recall", "f1", "support"])
        #expect(object["n"] as? Int == 4 && object["labels"] as? [String] == ["a", "b"])
    }

    @Test func thePageShowsChartsAndMistakes() throws {
        let page = EvaluationPage(try evaluation()).page { item in item.name == "a/2" ? [1, 2, 3] : nil }.text
        #expect(page.contains("base64,AQID"))
        #expect(page.contains("a/2: a, answered b at 80.0 %") && page.contains("(abstained)"))
        #expect(page.components(separatedBy: "<svg").count == 5)
        #expect(page.contains("a/x: it is broken"))
    }

    @Test func theTextNamesEveryClass() throws {
        let text = try evaluation().assessment.text
        #expect(
            text.contains("accuracy  50.0 %") && text.contains("macro average") && text.contains("confusion"))
    }
}
