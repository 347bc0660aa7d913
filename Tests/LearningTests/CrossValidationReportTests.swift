import Foundation
import Learning
import Testing

@Suite struct CrossValidationReportTests {
    /// A fold from JSON, as it lies in a state folder: (truth, probability of class 1, distance, abstains).
    private func fold(_ number: Int, _ cases: [(Int, Double, Double, Bool)]) throws -> FoldResult {
        let items = cases.enumerated().map { index, item -> [String: Any] in
            var entry: [String: Any] = [
                "name": "b/\(number)-\(index)", "truth": item.0, "probabilities": [1 - item.1, item.1],
                "logits": [[0, log(item.1 / (1 - item.1))]], "distance": item.2,
            ]
            if item.3 { entry["abstention"] = "Unlike." }
            return entry
        }
        let json: [String: Any] = [
            "fold": number, "fingerprint": "f", "trainingCount": 8, "validationCount": 2, "epoch": 3,
            "temperature": 1.5, "threshold": 0.6, "distanceMax": 1.2, "seconds": 7, "history": [],
            "cases": items,
        ]
        return try JSONDecoder().decode(
            FoldResult.self, from: JSONSerialization.data(withJSONObject: json))
    }

    private func report(foldCount: Int = 2) throws -> CrossValidationReport {
        try CrossValidationReport(
            labels: ["a", "b"],
            folds: [
                fold(1, [(0, 0.1, 1, false), (1, 0.9, 1, false), (1, 0.2, 2, true), (0, 0.3, 1, false)]),
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
            try CrossValidationReport(labels: ["a", "b"], folds: [], foldCount: 10, networkName: "n")
        }
    }

    @Test func theJSONHasTheKeysOfEvaluateAndMore() throws {
        let data = try JSONEncoder().encode(CrossValidationSummary(report()))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for key in [
            "accuracy", "macroF1", "weightedF1", "labels", "classes", "confusion", "coverage", "n", "folds",
            "baselines", "falseAlarmRate", "isComplete",
            "answers",
        ] {
            #expect(json[key] != nil, "\(key)")
        }
        #expect((json["folds"] as? [[String: Any]])?.count == 2)
        let forest = (json["baselines"] as? [String: [String: Any]])?["forest"]
        #expect(forest?["accuracy"] as? Double == 1)
    }

    @Test func thePageStandsAloneAndHoldsNoPictureUnlessAsked() throws {
        let page = try report().page().text
        #expect(page.contains("&lt;network&gt;") && !page.contains("<network>"))
        #expect(page.contains("<svg") && !page.contains("<img") && !page.contains("NaN"))
        #expect(page.contains("b/2-0: a, answered b at 95.0 %"))
        #expect(try report().page(picture: { _ in [1, 2, 3] }).text.contains("data:image/png;base64,AQID"))
    }

    @Test func anUnfinishedOneSaysSo() throws {
        #expect(try report(foldCount: 10).text.contains("2 of 10 folds are done"))
        #expect(try report(foldCount: 10).page().text.contains("2 of 10 folds are done"))
    }

    // MARK: Calibration out of a report

    private func calibration(_ report: CrossValidationReport, labels: [String] = ["a", "b"]) throws
        -> CrossValidatedCalibration
    {
        try CrossValidatedCalibration(
            report: JSONEncoder().encode(CrossValidationSummary(report)), labels: labels)
    }

    @Test func temperatureAndThresholdComeFromAllFolds() throws {
        // Sure and right eight times, wrong at 0.7: 95 % are right only from the next surer answer on, 0.8.
        let right = [(0, 0.1), (1, 0.9), (0, 0.05), (1, 0.95), (0, 0.2), (1, 0.8), (0, 0.1), (1, 0.9)]
        let report = try CrossValidationReport(
            labels: ["a", "b"],
            folds: [
                fold(1, right.map { ($0.0, $0.1, 1, false) }),
                fold(2, [(0, 0.7, 1, false), (1, 0.6, 1, false)]),
            ], foldCount: 2, networkName: "n")
        let found = try calibration(report)
        #expect(abs(found.temperature - 1.5) < 1e-12)
        #expect(found.threshold == 0.8)
    }

    @Test func aReportOfSomeFoldsOfOtherClassesOrNoneIsRefused() throws {
        #expect(throws: LearningError.data("2 of 10 folds are done; all of them are needed")) {
            try calibration(report(foldCount: 10))
        }
        #expect(throws: LearningError.model("its labels are b, a, the cross-validation's a, b")) {
            try calibration(report(), labels: ["b", "a"])
        }
        #expect(throws: LearningError.self) {
            try CrossValidatedCalibration(report: Data("{}".utf8), labels: ["a", "b"])
        }
    }
}
