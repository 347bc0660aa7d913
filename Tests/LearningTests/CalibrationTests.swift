import Learning
import Testing

@Suite struct CalibrationTests {
    @Test func byHand() {
        // Bin 15 (above 14/15): 0.95 and 0.97, one right: |0.5 − 0.96| · 2. Bin 9 (8/15 … 9/15): 0.55 right: 0.45.
        let found = Calibration(confidences: [0.95, 0.97, 0.55], isRight: [true, false, true])
        #expect(abs(found.expectedError - (0.46 * 2 + 0.45) / 3) < 1e-12)
        #expect(found.bins[14].count == 2 && found.bins[8].count == 1)
    }

    @Test func anUpperEndBelongsToItsInterval() {
        let found = Calibration(confidences: [0.2, 1, 0], isRight: [false, true, false])
        #expect(found.bins[2].count == 1 && found.bins[14].count == 1 && found.bins[0].count == 1)
    }

    @Test func nothingIsNoError() {
        #expect(Calibration(confidences: [], isRight: []).expectedError == 0)
    }
}
