import EfficientNet
import Tensor
import Testing

/// Batch normalisations stated by the statistics of other images: the same network.
@Suite struct RestatedStatisticsTests {
    private func network() throws -> TrainableNetwork {
        let settings = try NetworkSettings(
            architecture: #require(Architecture(named: "b0")), side: 64, padding: .same,
            batchNormEpsilon: 1e-3, classCount: 3)
        return try TrainableNetwork(
            TrainingParameters(source: Formula.parameters(settings), settings: settings), imageCountMax: 2,
            threadCount: 2, freezing: .init(frozenStatisticsStages: TrainableNetwork.Freezing.allStages))
    }

    private func restate(_ network: TrainableNetwork, _ batches: [[Float]]) {
        for batch in batches { _ = network.forward(batch, step: .measuring) }
        network.restateStatistics()
    }

    @Test func everyStatisticChangesAndTheLogitsStay() throws {
        let network = try network()
        let batches = [Formula.images(2, side: 64), Formula.images(2, side: 64).map { 0.5 - $0 }]
        let before = batches.map { network.forward($0, step: .evaluation) }
        let old = network.parameters.statistics.region.array
        restate(network, batches)
        let new = network.parameters.statistics.region.array
        #expect(zip(old, new).allSatisfy { $0 != $1 })
        for (batch, logits) in zip(batches, before) {
            let largest = logits.map(abs).max() ?? 0
            for (one, other) in zip(logits, network.forward(batch, step: .evaluation)) {
                #expect(abs(one - other) <= 1e-4 * largest)
            }
        }
    }

    /// What is measured does not depend on how a layer is stated, nor on the batches' cut.
    @Test func statedAgainNothingMoves() throws {
        let network = try network()
        let images = Formula.images(2, side: 64)
        restate(network, [images])
        let once = network.parameters.statistics.region.array
        let half = images.count / 2
        restate(network, [Array(images[..<half]), Array(images[half...])])
        for (one, other) in zip(once, network.parameters.statistics.region.array) {
            #expect(abs(one - other) <= 1e-3 * max(0.01, abs(one)))
        }
    }

    @Test func withoutAMeasurementNothingChanges() throws {
        let network = try network()
        let (values, statistics) = (
            network.parameters.values.region.array, network.parameters.statistics.region.array
        )
        _ = network.forward(Formula.images(2, side: 64), step: .evaluation)
        network.restateStatistics()
        #expect(network.parameters.values.region.array == values)
        #expect(network.parameters.statistics.region.array == statistics)
    }
}
