import Tensor
import Testing

/// Counting and looking up, whatever the number of samples leaves over of four.
@Suite struct BitPatternsTests {
    @Test(arguments: [0, 1, 2, 3, 4, 5, 1000, 65539])
    func everySampleIsCountedAndLookedUp(sampleCount: Int) {
        // Runs of equal samples, and both ends of the range.
        let samples = (0..<sampleCount).map { UInt16(truncatingIfNeeded: $0 / 3 * 40_503 - 1) }
        var expected = [UInt32](repeating: 0, count: BitPatterns.count)
        for sample in samples { expected[Int(sample)] += 1 }
        let counts = unsafe samples.withUnsafeBufferPointer { unsafe BitPatterns.counts(of: $0) }
        #expect(counts == expected)

        let table = (0..<BitPatterns.count).map { Float($0) / 65535 }
        var values = [Float](repeating: -1, count: sampleCount + 2)
        var span = values.mutableSpan
        unsafe samples.withUnsafeBufferPointer { samples in
            unsafe BitPatterns.lookUp(samples, in: table, into: &span)
        }
        #expect(values == samples.map { table[Int($0)] } + [-1, -1])
    }
}
