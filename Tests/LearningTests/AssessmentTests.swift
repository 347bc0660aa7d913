import Foundation
import Learning
import Testing

/// Against scikit-learn: `Fixtures/make-metrics.py` made the table.
@Suite struct AssessmentTests {
    private struct Row: Decodable {
        let classCount: Int
        let truth: [Int]
        let probabilities: [[Double]]
        let accuracy: Double
        let confusion: [[Int]]
        let precision, recall, f1: [Double]
        let support: [Int]
        let macroF1, weightedF1: Double
        let areas: [Double?]
        let expectedCalibrationError, brier: Double
    }

    private static func rows() throws -> [Row] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/metrics.json")
        return try JSONDecoder().decode([Row].self, from: Data(contentsOf: url))
    }

    private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 1e-12 }

    @Test func countsAsScikitLearnDoes() throws {
        let rows = try Self.rows()
        #expect(rows.count == 4)
        for row in rows {
            let cases = zip(row.truth, row.probabilities).map {
                Assessment.Case(truth: $0, probabilities: $1)
            }
            let labels = (0..<row.classCount).map { "class \($0)" }
            let found = Assessment(labels: labels, cases: cases)
            #expect(isClose(found.accuracy, row.accuracy))
            #expect(found.confusion.counts == row.confusion)
            for index in 0..<row.classCount {
                #expect(isClose(found.scores[index].precision, row.precision[index]))
                #expect(isClose(found.scores[index].recall, row.recall[index]))
                #expect(isClose(found.scores[index].f1, row.f1[index]))
                #expect(found.scores[index].support == row.support[index])
                switch (found.areas[index], row.areas[index]) {
                case (nil, nil): break
                case (let left?, let right?): #expect(isClose(left, right))
                default: Issue.record("class \(index): an area on one side only")
                }
            }
            #expect(isClose(found.macroF1, row.macroF1))
            #expect(isClose(found.weightedF1, row.weightedF1))
            #expect(isClose(found.calibration.expectedError, row.expectedCalibrationError))
            #expect(isClose(found.brier, row.brier))
            #expect(found.coverage == 1)
            #expect(found.answeredAccuracy == found.accuracy)
        }
    }

    @Test func abstentionsChangeCoverageButNotAccuracy() {
        let cases = [
            Assessment.Case(truth: 0, probabilities: [0.9, 0.1]),
            Assessment.Case(truth: 0, probabilities: [0.45, 0.55], isAbstained: true),
            Assessment.Case(truth: 1, probabilities: [0.2, 0.8]),
            Assessment.Case(truth: 1, probabilities: [0.7, 0.3]),
        ]
        let found = Assessment(labels: ["a", "b"], cases: cases)
        #expect(found.accuracy == 0.5)
        #expect(found.coverage == 0.75)
        #expect(isClose(found.answeredAccuracy ?? 0, 2.0 / 3))
        let silent = Assessment(
            labels: ["a", "b"], cases: [.init(truth: 0, probabilities: [0.6, 0.4], isAbstained: true)])
        #expect(silent.coverage == 0 && silent.answeredAccuracy == nil && silent.accuracy == 1)
    }

    @Test func equalProbabilitiesAnswerWithTheFirst() {
        #expect(Assessment.Case(truth: 1, probabilities: [0.5, 0.5]).answer == 0)
    }

    @Test func aSingleClassHasNoArea() {
        let found = Assessment(labels: ["a"], cases: [.init(truth: 0, probabilities: [1])])
        #expect(found.areas == [nil] && found.macroArea == nil && found.macroF1 == 1)
    }
}
