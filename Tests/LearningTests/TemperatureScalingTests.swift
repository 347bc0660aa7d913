import Foundation
import Learning
import Testing

struct TemperatureScalingTests {
    /// Images whose logits are `factor` times what their probabilities deserve: of 100, 73 are class 0 at logit 1.
    private func logits(_ factor: Double) -> [[[Double]]] { Array(repeating: [[factor, 0]], count: 1000) }
    /// 1 / (1 + e⁻¹) = 0.731: that part is of class 0.
    private let truth = (0..<1000).map { $0 < 731 ? 0 : 1 }

    @Test func honestLogitsStayAsTheyAre() {
        #expect(abs(TemperatureScaling.temperature(logits: logits(1), truth: truth) - 1) < 0.01)
    }

    @Test func threeTimesTooSureIsDividedByThree() {
        #expect(abs(TemperatureScaling.temperature(logits: logits(3), truth: truth) - 3) < 0.03)
    }

    @Test func tooModestIsMadeSurer() {
        #expect(abs(TemperatureScaling.temperature(logits: logits(0.25), truth: truth) - 0.25) < 0.01)
    }

    @Test func viewsAreAveragedAsServingAveragesThem() {
        let two = Array(repeating: [[3.0, 0], [3, 0]], count: 1000)
        #expect(abs(TemperatureScaling.temperature(logits: two, truth: truth) - 3) < 0.03)
    }

    @Test func nothingToLearnFromChangesNothing() {
        #expect(TemperatureScaling.temperature(logits: [], truth: []) == 1)
    }

    /// n right answers say that a further one is right with (n + 1) / (n + 2), and no more.
    @Test(arguments: [8, 40, 1000])
    func perfectAnswersAreAsSureAsTheirNumber(count: Int) {
        let found = TemperatureScaling.temperature(
            logits: Array(repeating: [[1, 0]], count: count), truth: Array(repeating: 0, count: count))
        #expect(abs(1 / (1 + exp(-1 / found)) - Double(count + 1) / Double(count + 2)) < 1e-4)
    }

    @Test func wrongAnswersOnlyEndInDoubt() {
        let found = TemperatureScaling.temperature(logits: [[[2, 0, 0]], [[3, 0, 0]]], truth: [1, 2])
        #expect(found > 10)
    }
}

struct AbstentionThresholdTests {
    @Test func theSmallestThresholdWithGoodAnswersIsTaken() {
        // From the surest on: 19 right, 1 wrong (95 %), then wrong ones.
        let confidences = (0..<30).map { 0.99 - Double($0) * 0.01 }
        let isRight = (0..<30).map { $0 < 19 }
        let threshold = AbstentionThreshold.threshold(confidences: confidences, isRight: isRight)
        #expect(confidences.count { $0 >= threshold } == 20)
    }

    @Test func aModelThatIsGoodEnoughAnswersEverything() {
        #expect(AbstentionThreshold.threshold(confidences: [0.4, 0.6], isRight: [true, true]) == 0)
        #expect(AbstentionThreshold.threshold(confidences: [], isRight: []) == 0)
    }

    @Test func aHopelessModelStillAnswersHalf() {
        let confidences = (0..<10).map { 0.95 - Double($0) * 0.05 }
        let threshold = AbstentionThreshold.threshold(
            confidences: confidences, isRight: Array(repeating: false, count: 10))
        #expect(confidences.count { $0 >= threshold } >= 5)
    }
}
