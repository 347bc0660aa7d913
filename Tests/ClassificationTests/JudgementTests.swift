import Classification
import Testing

struct JudgementTests {
    private func judged(
        _ logits: [[Double]], distance: Double? = nil, _ change: (inout ModelDescription) -> Void = { _ in }
    ) -> Prediction {
        var description = soundDescription()
        change(&description)
        return Judgement(description).prediction(
            from: logits.map { Evaluation(logits: $0, distance: distance) })
    }

    @Test func softmaxAddsUpToOne() {
        let prediction = judged([[0, 1.0986122886681098]])
        #expect(abs(prediction.probabilities[1] - 0.75) < 1e-12)
        #expect(abs(prediction.probabilities.reduce(0, +) - 1) < 1e-12)
        #expect(prediction.answerIndex == 1)
    }

    @Test func hugeLogitsDoNotOverflow() {
        #expect(judged([[1000, -1000]]).probabilities == [1, 0])
    }

    @Test func temperatureDividesTheLogits() {
        let prediction = judged([[0, 2.1972245773362196]]) { $0.temperature = 2 }
        #expect(abs(prediction.probabilities[1] - 0.75) < 1e-12)
    }

    @Test func framesAreAveragedAfterTheSoftmax() {
        let prediction = judged([[100, 0], [0, 1.0986122886681098]])
        #expect(abs(prediction.probabilities[0] - 0.625) < 1e-12)
        #expect(prediction.answerIndex == 0)
    }

    @Test func belowTheThresholdItAbstainsWithTheReason() {
        let prediction = judged([[0, 0.1]]) { $0.threshold = 0.9 }
        #expect(prediction.answerIndex == nil)
        #expect(prediction.abstention == "The largest probability, 52.5 %, is below the threshold of 90.0 %.")
        #expect(prediction.likeliestIndex == 1)
    }

    @Test func atTheThresholdItAnswers() {
        #expect(judged([[0, 0]]) { $0.threshold = 0.5 }.answerIndex == 0)
    }

    @Test func imageUnlikeTrainingMakesItAbstain() {
        let statistics = FamiliarityReference(sha256: "", distanceMax: 2, falseAlarmRate: 0.05)
        #expect(
            judged([[9, 0]], distance: 3) { $0.familiarity = statistics }.abstention?.contains("unlike")
                == true)
        #expect(judged([[9, 0]], distance: 2) { $0.familiarity = statistics }.answerIndex == 0)
        #expect(judged([[9, 0]], distance: .nan) { $0.familiarity = statistics }.answerIndex == nil)
    }

    @Test func outputThatIsNoNumberIsNoAnswer() {
        let prediction = judged([[.nan, 0]])
        #expect(prediction.answerIndex == nil)
        #expect(prediction.probabilities == [0.5, 0.5])
    }

    @Test func unlikeTheTrainingImagesComesBeforeUncertain() {
        let prediction = judged([[0, 0]], distance: 3) {
            $0.threshold = 0.9
            $0.familiarity = FamiliarityReference(sha256: "", distanceMax: 2, falseAlarmRate: 0.05)
        }
        #expect(prediction.abstention?.contains("unlike") == true)
    }

    @Test func onlyTheViewWithADistanceCounts() {
        var description = soundDescription()
        description.familiarity = FamiliarityReference(sha256: "", distanceMax: 2, falseAlarmRate: 0.05)
        let prediction = Judgement(description).prediction(from: [
            Evaluation(logits: [9, 0], distance: 2), Evaluation(logits: [9, 0]),
        ])
        #expect(prediction.answerIndex == 0)
    }
}
