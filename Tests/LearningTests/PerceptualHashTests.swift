import Foundation
import Learning
import Testing

@Suite struct PerceptualHashTests {
    /// A smooth image of a seed, its waves in units of the side so that it looks the same at every size.
    private func image(seed: UInt64, side: Int) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        let waves = (0..<12).map { _ in
            (
                generator.uniform(0...6), generator.uniform(0...6), generator.uniform(0...6.28),
                generator.uniform(10...40)
            )
        }
        return (0..<side * side).map { index in
            let (y, x) = (Double(index / side) + 0.5, Double(index % side) + 0.5)
            return Float(
                waves.reduce(128.0) { sum, wave in
                    sum + wave.3 * cos(.pi * (wave.0 * y + wave.1 * x) / Double(side) + wave.2)
                })
        }
    }

    @Test func survivesSizeBrightnessAndNoise() {
        let original = PerceptualHash(grey: image(seed: 1, side: 250), side: 250)
        var generator = SeededGenerator(seed: 3)
        let changed = image(seed: 1, side: 177).map { $0 * 0.7 + 20 + Float(generator.normal()) * 4 }
        let other = PerceptualHash(grey: changed, side: 177)
        #expect(original.isNearDuplicate(of: other))
        #expect(original.distance(to: other) <= 6 && original.correlation(with: other) > 0.99)
    }

    @Test func differentImagesAreApart() {
        let hashes = (0..<12).map { PerceptualHash(grey: image(seed: $0 + 10, side: 64), side: 64) }
        for left in 0..<12 {
            for right in 0..<left { #expect(!hashes[left].isNearDuplicate(of: hashes[right])) }
        }
    }

    @Test func aConstantImageIsLikeNothing() {
        let flat = PerceptualHash(grey: [Float](repeating: 7, count: 64 * 64), side: 64)
        #expect(flat.correlation(with: flat) == 0)
        #expect(!flat.isNearDuplicate(of: flat))
    }

    @Test func imagesSmallerThanTheThumbnailWork() {
        let tiny = PerceptualHash(grey: [0, 1, 2, 3], side: 2)
        #expect(tiny.isNearDuplicate(of: tiny))
    }
}
