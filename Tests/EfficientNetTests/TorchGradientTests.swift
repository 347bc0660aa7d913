import EfficientNet
import Foundation
import Tensor
import Testing

/// A whole training step against PyTorch in double: `Fixtures/make-gradients.py` made the table.
@Suite struct TorchGradientTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let label: String
        let side: Int
        let padding: Padding
        let epsilon: Double
        let isFrozen: Bool
        let smoothing: Double
        let classWeights: [Double]
        let blockFactors: [[Float]]
        let hasDropout: Bool
        let momentum: Double
        let logits: [Double]
        let loss: Double
        let gradients: [String: [Double]]
        let statistics: [String: Double]

        var testDescription: String { label }
    }

    static let cases: [Case] = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/gradients.json")
        guard let data = try? Data(contentsOf: url) else { return [] }
        return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
    }()

    /// Float32 against double through 16 blocks; batch statistics over 12 pixels amplify rounding.
    private static let tolerance = 2e-3

    private func network(_ item: Case, threadCount: Int = 2) throws -> TrainableNetwork {
        let settings = try NetworkSettings(
            architecture: #require(Architecture(named: "b0")), side: item.side, padding: item.padding,
            batchNormEpsilon: item.epsilon, classCount: 4)
        let freezing = TrainableNetwork.Freezing(
            frozenStatisticsStages: item.isFrozen ? TrainableNetwork.Freezing.allStages : 0)
        return try TrainableNetwork(
            TrainingParameters(source: Formula.parameters(settings), settings: settings), imageCountMax: 4,
            threadCount: threadCount, freezing: freezing)
    }

    private func noise(_ item: Case, featureCount: Int) -> StepNoise {
        let features =
            item.hasDropout ? Formula.values(3000, 3 * featureCount).map { $0 > -0.6 ? Float(1.25) : 0 } : []
        return StepNoise(blockFactors: item.blockFactors, featureFactors: features)
    }

    @Test func theTableIsThere() { #expect(Self.cases.count == 3) }

    @Test(arguments: cases)
    func aStepAgrees(_ item: Case) throws {
        let network = try network(item)
        let step = StepSettings(isTraining: true, statisticsMomentum: item.momentum)
        let logits = network.forward(
            Formula.images(3, side: item.side), step: step,
            noise: noise(item, featureCount: network.parameters.settings.architecture.featureCount))
        for (found, expected) in zip(logits, item.logits) { #expect(abs(Double(found) - expected) < 1e-4) }
        let loss = CrossEntropy(smoothing: item.smoothing, classWeights: item.classWeights)(
            logits: logits, truth: [2, 0, 3])
        #expect(abs(loss.loss - item.loss) < 1e-5)
        network.backward(loss.gradient)

        let names = network.parameters.entries.map(\.name).sorted()
        #expect(Set(names) == Set(item.gradients.keys))
        let exported = Self.gradients(of: network)
        for (stream, name) in names.enumerated() {
            let gradient = exported[name] ?? []
            let expected = try #require(item.gradients[name])
            let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let projection = zip(gradient, Formula.values(5000 + UInt64(stream), gradient.count))
                .reduce(0) { $0 + $1.0 * $1.1 }
            // A gradient that cancels to nothing is compared with the size of the others, not with itself.
            let size = max(expected[0], 0.02)
            #expect(
                abs(length - expected[0]) < Self.tolerance * size, "\(name): \(length), torch \(expected[0])")
            #expect(
                abs(projection - expected[1]) < Self.tolerance * size,
                "\(name): \(projection), torch \(expected[1])")
        }
        for (name, expected) in item.statistics {
            let length = network.parameters.statistic(name).squaredLength.squareRoot()
            #expect(abs(length - expected) < 1e-5 * max(expected, 1), "\(name): \(length), torch \(expected)")
        }
    }

    /// Gradients by name in the order of a weights file.
    static func gradients(of network: TrainableNetwork) -> [String: [Double]] {
        network.parameters.exported(values: network.parameters.gradients).tensors.mapValues {
            $0.values.map { Double($0) }
        }
    }

    @Test func evaluationIsTheInferenceNetwork() throws {
        let item = try #require(Self.cases.last)
        let network = try network(item)
        let images = Formula.images(3, side: item.side)
        let found = network.forward(images, step: .evaluation)
        let inference = try Network(
            source: network.parameters.exported(), settings: network.parameters.settings, threadCount: 1)
        let expected = inference.evaluate(images)
        for (found, expected) in zip(found, expected.logits) { #expect(abs(found - expected) < 2e-4) }
        for (found, expected) in zip(network.features, expected.features) {
            #expect(abs(found - expected) < 2e-4)
        }
    }

    @Test func theSameBitsWhateverTheThreads() throws {
        let item = try #require(Self.cases.first)
        let results = try [1, 2, 3].map { threadCount in
            let network = try network(item, threadCount: threadCount)
            let logits = network.forward(
                Formula.images(3, side: item.side), step: StepSettings(isTraining: true))
            network.backward(CrossEntropy()(logits: logits, truth: [0, 1, 2]).gradient)
            return network.parameters.gradients.region.array
        }
        #expect(results[0] == results[1] && results[0] == results[2])
        #expect(results[0].contains { $0 != 0 })
    }

    @Test func whatIsFrozenGetsNoGradientAndTheRestTheSame() throws {
        let item = try #require(Self.cases.last)
        let settings = try NetworkSettings(
            architecture: #require(Architecture(named: "b0")), side: item.side, padding: item.padding,
            batchNormEpsilon: item.epsilon, classCount: 4)
        func gradients(unlearned: Int) throws -> (TrainableNetwork, [String: [Double]]) {
            let network = try TrainableNetwork(
                TrainingParameters(source: Formula.parameters(settings), settings: settings),
                imageCountMax: 3,
                threadCount: 2,
                freezing: .init(
                    unlearnedStages: unlearned, frozenStatisticsStages: TrainableNetwork.Freezing.allStages))
            let logits = network.forward(
                Formula.images(3, side: item.side), step: StepSettings(isTraining: true))
            network.backward(CrossEntropy()(logits: logits, truth: [2, 0, 3]).gradient)
            return (network, Self.gradients(of: network))
        }
        let (_, all) = try gradients(unlearned: 0)
        for unlearned in [1, 9, 17, TrainableNetwork.Freezing.allStages] {
            let (network, some) = try gradients(unlearned: unlearned)
            var learnedCount = 0
            for entry in network.parameters.entries {
                let isLearned = network.isLearned(entry.name)
                learnedCount += isLearned ? 1 : 0
                #expect(
                    some[entry.name] == (isLearned ? all[entry.name] : all[entry.name]?.map { _ in 0 }),
                    "\(entry.name)")
            }
            #expect(learnedCount > 0 && learnedCount < network.parameters.entries.count)
        }
    }
}
