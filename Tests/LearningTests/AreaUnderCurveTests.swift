import Learning
import Testing

@Suite struct AreaUnderCurveTests {
    @Test func perfectOrderIsOneAndItsReverseNought() {
        let positive = [false, false, true, true]
        #expect(AreaUnderCurve.value(scores: [0.1, 0.2, 0.3, 0.4], isPositive: positive) == 1)
        #expect(AreaUnderCurve.value(scores: [0.4, 0.3, 0.2, 0.1], isPositive: positive) == 0)
    }

    @Test func tiesCountHalf() {
        #expect(AreaUnderCurve.value(scores: [1, 1, 1], isPositive: [true, false, false]) == 0.5)
        // By hand: positives 0.5 and 0.9, negatives 0.5 and 0.1. Pairs: half, one, one, one of four.
        #expect(
            AreaUnderCurve.value(scores: [0.5, 0.9, 0.5, 0.1], isPositive: [true, true, false, false])
                == 0.875)
    }

    @Test func oneSideAloneHasNone() {
        #expect(AreaUnderCurve.value(scores: [0.1, 0.2], isPositive: [true, true]) == nil)
        #expect(AreaUnderCurve.value(scores: [0.1, 0.2], isPositive: [false, false]) == nil)
        #expect(AreaUnderCurve.value(scores: [], isPositive: []) == nil)
    }
}
