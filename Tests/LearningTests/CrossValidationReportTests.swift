import Classification
import Foundation
import Learning
import Testing

@Suite struct CrossValidationReportTests {
    private static let recipe = TinyTraining.recipe

    /// A fold from JSON, as it lies in a state folder: (truth, probability of class 1, distance, abstains).
    private func fold(
        _ number: Int, _ cases: [(Int, Double, Double, Bool)], validationLoss: Double? = nil
    ) throws -> FoldResult {
        let items = cases.enumerated().map { index, item -> [String: Any] in
            var entry: [String: Any] = [
                "name": "b/\(number)-\(index)", "truth": item.0, "probabilities": [1 - item.1, item.1],
                "logits": [[0, log(item.1 / (1 - item.1))]], "distance": item.2,
            ]
            if item.3 { entry["abstention"] = "Unlike." }
            return entry
        }
        var epoch: [String: Any] = [
            "epoch": 1, "rate": 0.1, "loss": 1, "accuracy": 0.5, "gradientLength": 1,
        ]
        epoch["validationLoss"] = validationLoss
        let json: [String: Any] = [
            "fold": number, "fingerprint": "f", "trainingCount": 8, "validationCount": 2, "epoch": 3,
            "temperature": 1.5, "threshold": 0.6, "distanceMax": 1.2, "seconds": 7, "history": [epoch],
            "cases": items,
        ]
        return try JSONDecoder().decode(
            FoldResult.self, from: JSONSerialization.data(withJSONObject: json))
    }

    private func report(foldCount: Int = 2, validationLoss: Double? = nil) throws -> CrossValidationReport {
        try CrossValidationReport(
            labels: ["a", "b"], recipe: Self.recipe, views: .plain,
            folds: [
                fold(
                    1, [(0, 0.1, 1, false), (1, 0.9, 1, false), (1, 0.2, 2, true), (0, 0.3, 1, false)],
                    validationLoss: validationLoss),
                fold(2, [(0, 0.95, 1, false), (1, 0.8, 1, false)]),
            ], foldCount: foldCount, networkName: "the <network>",
            baselines: [
                CrossValidationReport.Method(
                    name: "forest",
                    assessment: Assessment(
                        labels: ["a", "b"], cases: [Assessment.Case(truth: 0, probabilities: [0.6, 0.4])]))
            ], facts: ["Data: 6 images."])
    }

    @Test func foldsAreCountedTogether() throws {
        let report = try report()
        #expect(report.network.assessment.count == 6)
        #expect(abs(report.network.assessment.accuracy - 4.0 / 6) < 1e-12)
        #expect(abs(report.foldAccuracy.mean - 0.625) < 1e-12)
        #expect(abs(report.falseAlarmRate - 1.0 / 6) < 1e-12)
        #expect(report.isComplete)
        #expect(try self.report(foldCount: 10).isComplete == false)
        #expect(report.mistakes.map(\.name) == ["b/2-0", "b/1-2"])
        #expect(report.comparison.map(\.first) == ["the <network>", "forest"])
    }

    @Test func nothingDoneIsNothingToReport() {
        #expect(throws: LearningError.self) {
            try CrossValidationReport(
                labels: ["a", "b"], recipe: Self.recipe, views: .plain, folds: [], foldCount: 10,
                networkName: "n")
        }
    }

    @Test func theJSONHasTheKeysOfEvaluateAndMore() throws {
        let data = try JSONEncoder().encode(CrossValidationSummary(report()))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for key in [
            "accuracy", "macroF1", "weightedF1", "labels", "classes", "confusion", "coverage", "n", "folds",
            "baselines", "falseAlarmRate", "isComplete", "answers", "recipe", "views",
        ] {
            #expect(json[key] != nil, "\(key)")
        }
        #expect((json["folds"] as? [[String: Any]])?.count == 2)
        let forest = (json["baselines"] as? [String: [String: Any]])?["forest"]
        #expect(forest?["accuracy"] as? Double == 1)
    }

    @Test func theJSONCalibratesABundle() throws {
        let data = try JSONEncoder().encode(CrossValidationSummary(report()))
        let found = try CrossValidatedCalibration(
            report: data, for: CrossValidatedCalibrationTests.description(), recipe: Self.recipe)
        #expect(found.temperature > 0)
    }

    @Test func thePageStandsAloneAndHoldsNoPictureUnlessAsked() throws {
        let page = try report().page().text
        #expect(page.contains("&lt;network&gt;") && !page.contains("<network>"))
        #expect(page.contains("<svg") && !page.contains("<img") && !page.contains("NaN"))
        #expect(page.contains("b/2-0: a, answered b at 95.0 %"))
        #expect(try report().page(picture: { _ in [1, 2, 3] }).text.contains("data:image/png;base64,AQID"))
    }

    @Test func lossesAreDrawnOfTrainingsThatWatchedAny() throws {
        #expect(try report(validationLoss: 0.5).page().text.contains("that the folds chose by"))
        #expect(try !report().page().text.contains("that the folds chose by"))
    }

    @Test func anUnfinishedOneSaysSo() throws {
        #expect(try report(foldCount: 10).text.contains("2 of 10 folds are done"))
        #expect(try report(foldCount: 10).page().text.contains("2 of 10 folds are done"))
    }
}
