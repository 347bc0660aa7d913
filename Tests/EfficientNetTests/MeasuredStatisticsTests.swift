import EfficientNet
import Tensor
import Testing

/// Running statistics taken anew from images, frozen layers included.
@Suite struct MeasuredStatisticsTests {
    private func network() throws -> TrainableNetwork {
        let settings = try NetworkSettings(
            architecture: #require(Architecture(named: "b0")), side: 64, padding: .same,
            batchNormEpsilon: 1e-3, classCount: 3)
        return try TrainableNetwork(
            TrainingParameters(source: Formula.parameters(settings), settings: settings), imageCountMax: 2,
            threadCount: 2, freezing: .init(frozenStatisticsStages: TrainableNetwork.Freezing.allStages))
    }

    /// Each batch is normalised by its own statistics, so that those of one do not depend on the batches before.
    @Test func theyAreTheMeanOfTheBatchesStatistics() throws {
        let batches = [Formula.images(2, side: 64), Formula.images(2, side: 64).map { 0.5 - $0 }]
        let alone = try batches.map { batch in
            let network = try network()
            _ = network.forward(batch, step: .measuring(pass: 1))
            return network.parameters.statistics.region.array
        }
        let both = try network()
        let before = both.parameters.values.region.array
        for (index, batch) in batches.enumerated() {
            _ = both.forward(batch, step: .measuring(pass: index + 1))
        }
        let statistics = both.parameters.statistics.region.array
        #expect(alone[0] != alone[1])
        for (index, value) in statistics.enumerated() {
            let mean = (alone[0][index] + alone[1][index]) / 2
            #expect(abs(value - mean) <= 1e-5 * max(1, abs(mean)), "\(index)")
        }
        #expect(both.parameters.values.region.array == before)
    }

    @Test func afterwardsTheNetworkSeesTheImagesAsItsBatchDid() throws {
        let network = try network()
        let images = Formula.images(2, side: 64)
        let measuring = network.forward(images, step: .measuring(pass: 1))
        let running = network.forward(images, step: .evaluation)
        // The running variance is divided by n - 1; the last maps have 8 pixels.
        for (one, other) in zip(measuring, running) { #expect(abs(one - other) < 0.1 * max(1, abs(one))) }
    }
}
