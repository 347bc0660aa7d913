import AllocationCount
import EfficientNet
import Tensor
import Testing

/// After load, and after the first batch of a size, an image costs no allocation.
@Suite struct AllocationTests {
    /// How often this thread asks for memory in `body`.
    private func count(_ body: () -> Void) -> Int {
        let before = allocation_count()
        body()
        return allocation_count() - before
    }

    @Test func theCountCounts() throws {
        guard allocation_count() >= 0 else { return }
        var kept: [[Int]] = []
        #expect(count { for size in 1...10 { kept.append(Array(repeating: 7, count: size * 100)) } } >= 10)
        #expect(kept.count == 10)
    }

    /// The optimiser takes away the boxes and closures that a debug build allocates, so this holds in release, which is what
    /// `make test` builds.
    private static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    /// The caller does tasks of every phase itself, on one thread all of them: what it does not allocate, helpers do not.
    @Test(.enabled(if: isOptimised), arguments: [1, 2], [1, 3])
    func anImageCostsNoAllocation(threadCount: Int, imageCount: Int) throws {
        guard allocation_count() >= 0 else { return }
        let sample = try Sample("b0", side: 64, padding: .same, classCount: 5)
        let network = try sample.network(.packed(.best), threads: threadCount)
        let images = sample.images(imageCount)
        var output = NetworkOutput(settings: sample.settings, imageCount: imageCount)
        network.evaluate(images.span, into: &output, maps: .ofAnswers)
        #expect(count { for _ in 0..<5 { network.evaluate(images.span, into: &output) } } == 0)
        #expect(
            count { for _ in 0..<5 { network.evaluate(images.span, into: &output, maps: .ofAnswers) } } == 0,
            "with activation maps")
    }
}
