import EfficientNet
import Tensor
import Testing

/// A small-sided network with weights made by a formula, and images likewise.
struct Sample {
    let settings: NetworkSettings
    let parameters: ParameterSet

    init(_ variant: String, side: Int, padding: Padding, classCount: Int) throws {
        let architecture = try #require(Architecture(named: variant))
        settings = try NetworkSettings(
            architecture: architecture, side: side, padding: padding, batchNormEpsilon: 1e-3,
            classCount: classCount, batchNormFolded: true)
        var set = ParameterSet()
        for (index, parameter) in architecture.parameters(classCount: classCount, batchNormFolded: true)
            .enumerated()
        {
            let isBias = parameter.shape.extents.count == 1
            let fanIn = parameter.shape.extents.dropFirst().reduce(1, *)
            let size = isBias ? 0.1 : (3 / Float(fanIn)).squareRoot()
            var state = UInt32(truncatingIfNeeded: 2_654_435_761 &* (index + 1))
            let values = (0..<parameter.shape.count).map { _ in Self.next(&state) * size }
            set.tensors[parameter.name] = (shape: parameter.shape, values: values)
        }
        parameters = set
    }

    /// In −1 … 1, from a linear congruential generator (Numerical Recipes' constants).
    private static func next(_ state: inout UInt32) -> Float {
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(Int32(bitPattern: state)) * 0x1p-31
    }

    func images(_ count: Int) -> [Float] {
        var state: UInt32 = 7
        return (0..<count * settings.inputCount).map { _ in 2 * Self.next(&state) }
    }

    func network(_ engine: EngineChoice, threads: Int = 2) throws -> Network {
        try Network(source: parameters, settings: settings, threadCount: threads, engine: engine)
    }
}
