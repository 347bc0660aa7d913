import EfficientNet
import Foundation
import Tensor
import Testing

/// Whole networks against PyTorch in double, without PyTorch: `Fixtures/make-goldens.py` made the table.
@Suite struct GoldenTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let model: String
        let side: Int
        let padding: Padding
        let epsilon: Double
        let classCount: Int
        let logits: [Double]
        let featureLengths: [Double]
        let featureProjections: [Double]
        let activationMap: [Double]

        var testDescription: String { "\(model), side \(side), \(padding)" }
    }

    static let cases: [Case] = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/goldens.json")
        guard let data = try? Data(contentsOf: url) else { return [] }
        return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
    }()

    /// Relative to the largest value; single precision through up to 200 layers.
    private static let tolerance = 1e-5

    @Test func theTableIsThere() { #expect(Self.cases.count == 5) }

    @Test(arguments: cases)
    func everyEngineAgreesWithPyTorch(_ item: Case) throws {
        let settings = try NetworkSettings(
            architecture: #require(Architecture(named: item.model)), side: item.side, padding: item.padding,
            batchNormEpsilon: item.epsilon, classCount: item.classCount)
        let parameters = Formula.parameters(settings)
        let images = Formula.images(2, side: item.side)
        let tables = Kernels.names.compactMap { Kernels(named: $0) }.map { EngineChoice.packed($0) }
        for engine in [.reference] + tables {
            let network = try Network(
                source: parameters, settings: settings, threadCount: 2, engine: engine)
            let output = network.evaluate(images, maps: .ofAnswers)
            let name = engine.kernels?.name ?? "reference"
            expectClose(output.logits, item.logits, "\(name): logits")
            expectClose(Array(output.map(image: 0)), item.activationMap, "\(name): map")
            for image in 0..<2 {
                let features = output.features(image: image).map { Double($0) }
                let length = features.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let projection = zip(features, Formula.values(6000, features.count)).reduce(0) {
                    $0 + $1.0 * $1.1
                }
                let size = item.featureLengths[image]
                #expect(abs(length - size) < Self.tolerance * size, "\(name): features' length")
                #expect(
                    abs(projection - item.featureProjections[image]) < Self.tolerance * size,
                    "\(name): features' projection")
            }
        }
    }

    private func expectClose(_ found: [Float], _ expected: [Double], _ note: String) {
        #expect(found.count == expected.count)
        let largest = expected.map(\.magnitude).max() ?? 0
        let differences = zip(found, expected).map { (Double($0) - $1).magnitude }
        let worst = differences.max() ?? 0
        // Not `worst`: the largest passes over what is no number.
        #expect(
            differences.allSatisfy { $0 <= Self.tolerance * largest },
            "\(note): difference \(worst) of \(largest)")
    }
}
