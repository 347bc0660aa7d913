import Learning
import Testing

@Suite struct SeededGeneratorTests {
    /// These numbers are part of what a seed means: a training must be repeatable with a later version.
    @Test func theStreamNeverChanges() {
        var generator = SeededGenerator(seed: 0)
        // xoshiro256** seeded with SplitMix64(0), as the authors' C code gives it.
        #expect(
            (0..<3).map { _ in generator.next() } == [
                0x99EC5F36CB75F2B4, 0xBF6E1F784956452A, 0x1A5F849D4933E6E0,
            ])
    }

    @Test func streamsOfASeedAreTheirOwn() {
        var first = SeededGenerator(seed: 7, path: [1, 2])
        var second = SeededGenerator(seed: 7, path: [2, 1])
        var third = SeededGenerator(seed: 8, path: [1, 2])
        let draws = [first.next(), second.next(), third.next()]
        #expect(Set(draws).count == 3)
        #expect(SeededGenerator(seed: 7, path: [1]) == SeededGenerator(seed: 7, path: [1]))
    }

    @Test func drawsAreEvenlySpread() {
        var generator = SeededGenerator(seed: 42)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
        let units = (0..<10_000).map { _ in generator.unit() }
        #expect(units.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(units.reduce(0, +) / 10_000 - 0.5) < 0.02)
    }

    @Test func normalDrawsHaveMeanNoughtAndVarianceOne() {
        var generator = SeededGenerator(seed: 42)
        let draws = (0..<20_000).map { _ in generator.normal() }
        #expect(draws.allSatisfy { $0.isFinite })
        #expect(abs(draws.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(draws.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.05)
    }

    @Test(arguments: [0.01, 0.2, 0.5, 1]) func betaDrawsHaveTheirMeanAndVariance(alpha: Double) {
        var generator = SeededGenerator(seed: 42)
        let draws = (0..<20_000).map { _ in generator.beta(alpha) }
        #expect(draws.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(abs(draws.reduce(0, +) / 20_000 - 0.5) < 0.015)
        let variance = draws.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / 20_000
        #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.005)
    }

    @Test func shufflingKeepsEveryElement() {
        var generator = SeededGenerator(seed: 1)
        let shuffled = generator.shuffled(Array(0..<100))
        #expect(shuffled != Array(0..<100) && shuffled.sorted() == Array(0..<100))
        #expect(generator.shuffled([Int]()).isEmpty)
    }
}
