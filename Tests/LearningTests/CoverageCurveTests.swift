import Learning
import Testing

@Suite struct CoverageCurveTests {
    @Test func answersTheSurestFirst() {
        let curve = CoverageCurve(confidences: [0.6, 0.9, 0.7, 0.7], isRight: [false, true, true, false])
        #expect(curve.points.map(\.threshold) == [0.9, 0.7, 0.6])
        #expect(curve.points.map(\.coverage) == [0.25, 0.75, 1])
        #expect(curve.points.map(\.accuracy) == [1, 2.0 / 3, 0.5])
    }

    @Test func riskAreaIsNoughtWhereAllIsRight() {
        #expect(CoverageCurve(confidences: [0.5, 0.6], isRight: [true, true]).riskArea == 0)
        #expect(CoverageCurve(confidences: [0.5, 0.5], isRight: [false, false]).riskArea == 1)
        #expect(CoverageCurve(confidences: [], isRight: []).points.isEmpty)
    }
}
