import CKernels
import Tensor
import Testing

@Suite struct RowResamplingTests {
    @Test(arguments: [8, 40, 512], [1, 3, 4, 37, 40])
    func theFastestKernelIsTheReference(tapCount: Int, outputCount: Int) {
        let row = (0..<2000).map { Float($0 * 7919 % 1009) / 1009 }
        let starts = (0..<outputCount).map { $0 * 31 % (row.count - tapCount) }
        // Bicubic weights go below zero; these do too, and add up to 1.
        let weights = (0..<outputCount).flatMap { _ in
            (0..<tapCount).map { Float($0 % 5 == 0 ? -0.5 : $0 % 5 == 1 ? 2 : 1) / Float(tapCount) }
        }
        var narrowed = [Float](repeating: -1, count: outputCount)
        RowResampling.resample(row, starts: starts, weights: weights, tapCount: tapCount, into: &narrowed)
        var expected = [Float](repeating: -1, count: outputCount)
        unsafe ck_resample_row_reference(row, starts, weights, tapCount, outputCount, &expected)
        for (found, expected) in zip(narrowed, expected) { #expect(abs(found - expected) <= 1e-6) }
    }

    @Test func sumsAreClipped() {
        let row = [Float](repeating: 1, count: 16)
        let weights = [Float](repeating: 1, count: 8) + [Float](repeating: -1, count: 8)
        var narrowed: [Float] = [0.5, 0.5]
        RowResampling.resample(row, starts: [0, 8], weights: weights, tapCount: 8, into: &narrowed)
        #expect(narrowed == [1, 0])
    }

    @Test(arguments: [0, 1, 7, 8, 9, 240])
    func aRowIsAddedWhereItBelongsAndNowhereElse(width: Int) {
        let row = (0..<width).map { Float($0 * 7919 % 1009) / 1009 }
        var output = [Float](repeating: 0.25, count: width + 5)
        RowResampling.add(row, times: -0.5, to: &output, at: 3)
        let expected = [0.25, 0.25, 0.25] + row.map { 0.25 - 0.5 * $0 } + [0.25, 0.25]
        for (found, expected) in zip(output, expected) { #expect(abs(found - expected) <= 1e-7) }
    }
}
