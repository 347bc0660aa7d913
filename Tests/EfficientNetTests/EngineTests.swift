import EfficientNet
import Foundation
import Tensor
import Testing

/// The packed engine against the reference network, and against itself under every cut of the work.
@Suite struct EngineTests {
    /// Relative to the largest value; decided from the kernels' tolerance (1e-6) through some hundred layers.
    static let tolerance: Float = 2e-5

    static let tables = Kernels.names.compactMap { Kernels(named: $0) == nil ? nil : $0 }

    /// Even, odd and prime sides; from the smallest to one whose last map is large enough to be cut into strips.
    @Test(arguments: tables, [64, 65, 67, 71, 96, 101, 225])
    func everyTableAgreesWithTheReferenceNetwork(table: String, side: Int) throws {
        let kernels = try #require(Kernels(named: table))
        for padding in Padding.allCases {
            let sample = try Sample("b0", side: side, padding: padding, classCount: 5)
            let images = sample.images(2)
            let expected = try sample.network(.reference).evaluate(images, maps: .ofAnswers)
            let found = try sample.network(.packed(kernels)).evaluate(images, maps: .ofAnswers)
            expectClose(found.logits, expected.logits)
            expectClose(found.features, expected.features)
            expectClose(found.middleFeatures, expected.middleFeatures)
            expectClose(found.maps, expected.maps)
        }
    }

    @Test(arguments: ["b1", "b2", "b3", "b4", "b5", "b6", "b7"])
    func everyVariantAgreesWithTheReferenceNetwork(variant: String) throws {
        let index = try #require(Architecture.names.firstIndex(of: variant))
        let padding = Padding.allCases[index % 2]
        let sample = try Sample(variant, side: 64 + index, padding: padding, classCount: 3)
        let images = sample.images(1)
        let expected = try sample.network(.reference).evaluate(images)
        #expect(expected.middleFeatures.contains { $0 != 0 })
        for table in Self.tables where table != "scalar" {
            let kernels = try #require(Kernels(named: table))
            let found = try sample.network(.packed(kernels)).evaluate(images)
            expectClose(found.logits, expected.logits)
            expectClose(found.middleFeatures, expected.middleFeatures)
        }
    }

    @Test(arguments: [1, 2, 7, 8, 9, 23, 25, 49, 57, 1000])
    func anyClassCountAgreesWithTheReferenceNetwork(classCount: Int) throws {
        let sample = try Sample("b0", side: 64, padding: .same, classCount: classCount)
        let images = sample.images(3)
        let expected = try sample.network(.reference).evaluate(images, maps: .ofAnswers)
        let found = try sample.network(.packed(.best)).evaluate(images, maps: .ofAnswers)
        expectClose(found.logits, expected.logits)
        expectClose(found.maps, expected.maps)
    }

    @Test func theLargestSideAgreesWithTheReferenceNetwork() throws {
        let sample = try Sample("b0", side: 640, padding: .symmetric, classCount: 4)
        let images = sample.images(1)
        expectClose(
            try sample.network(.packed(.best)).logits(images), try sample.network(.reference).logits(images))
    }

    @Test(arguments: tables)
    func answersAreTheSameToTheBitWhateverThreadsBatchAndNeighbours(table: String) throws {
        let kernels = try #require(Kernels(named: table))
        let sample = try Sample("b0", side: 72, padding: .same, classCount: 4)
        var images = sample.images(5)
        let count = sample.settings.inputCount
        // A neighbour that is all NaN must not spoil the others.
        images.replaceSubrange(2 * count..<3 * count, with: repeatElement(.nan, count: count))
        let alone = try sample.network(.packed(kernels), threads: 1)
        let single = (0..<5).flatMap { alone.logits(Array(images[$0 * count..<($0 + 1) * count])) }
        #expect(single[8..<12].allSatisfy(\.isNaN) && !single[..<8].contains(where: \.isNaN))
        for threads in 1...4 {
            let network = try sample.network(.packed(kernels), threads: threads)
            #expect(bits(network.logits(images)) == bits(single), "\(threads) threads")
            #expect(
                bits(network.evaluate(images, maps: .ofAnswers).logits) == bits(single),
                "\(threads) threads with maps")
        }
    }

    @Test func answersAreTheSameToTheBitOnABusyMachine() throws {
        let sample = try Sample("b0", side: 64, padding: .symmetric, classCount: 4)
        let images = sample.images(3)
        let expected = bits(try sample.network(.packed(.best), threads: 1).logits(images))
        // More threads than cores, several networks at once: helpers are put aside at any point.
        let networks = try (0..<3).map { _ in try sample.network(.packed(.best), threads: 3) }
        DispatchQueue.concurrentPerform(iterations: networks.count) { index in
            for _ in 0..<10 { #expect(bits(networks[index].logits(images)) == expected) }
        }
    }

    /// Code and constants come back from the system's cache, and what was written to is never taken away.
    @Test func answersAreTheSameToTheBitAfterMemoryWasGivenBack() throws {
        let sample = try Sample("b0", side: 64, padding: .same, classCount: 9)
        let network = try sample.network(.packed(.best), threads: 2)
        let images = sample.images(3)
        let expected = network.evaluate(images, maps: .ofAnswers)
        for _ in 0..<3 {
            ResidentMemory.giveBackWhatStartingTook()
            let found = network.evaluate(images, maps: .ofAnswers)
            #expect(bits(found.logits) == bits(expected.logits) && bits(found.maps) == bits(expected.maps))
        }
    }

    @Test func theMeanOfTheMapIsTheLogitWithoutItsBias() throws {
        let sample = try Sample("b0", side: 96, padding: .same, classCount: 4)
        let bias = try sample.parameters.floats(Architecture.classifierBias)
        for network in [try sample.network(.packed(.best)), try sample.network(.reference)] {
            for choice in [MapChoice.ofAnswers] + (0..<4).map(MapChoice.ofClass) {
                let output = network.evaluate(sample.images(3), maps: choice)
                for image in 0..<3 {
                    var index = output.answerIndex(image: image)
                    if case .ofClass(let chosen) = choice { index = chosen }
                    let logit = output.logits(image: image).map(\.self)[index]
                    let map = output.map(image: image)
                    let mean = map.reduce(0, +) / Float(map.count)
                    #expect((mean + bias[index] - logit).magnitude <= 1e-5 * max(1, logit.magnitude))
                }
            }
        }
    }

    private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

    private func expectClose(_ found: [Float], _ expected: [Float]) {
        #expect(found.count == expected.count)
        let largest = expected.map(\.magnitude).max() ?? 0
        let differences = zip(found, expected).map { ($0 - $1).magnitude }
        let worst = differences.max() ?? 0
        // Not `worst`: the largest passes over what is no number.
        #expect(
            differences.allSatisfy { $0 <= Self.tolerance * largest }, "difference \(worst) of \(largest)")
    }
}
