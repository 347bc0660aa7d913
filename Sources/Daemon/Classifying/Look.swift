import Classification
import Foundation
import WorkQueue

/// What was seen of one instance on its way to an outcome.
struct Look: Sendable {
    /// The instance as a model's network is to see it, by the model's place in the configuration.
    var prepared: [Int: PreparedObject] = [:]
    /// Why models did not want it.
    var reasons: [String] = []
    private var results: [ModelResult] = []
    private var ended: InstanceOutcome?

    /// One that waits for the network, or for which no model was found.
    init() {}

    /// One that ended before it got so far.
    init(ended: InstanceOutcome) { self.ended = ended }

    /// Adds what a model says.
    mutating func add(_ result: ImageResult, of model: String) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let json = String(decoding: try encoder.encode(result), as: UTF8.self)
            results.append(ModelResult(model: model, json: json))
        } catch {
            ended = .dead(reason: "the result has a number that is none")
        }
    }

    /// What became of it.
    var outcome: InstanceOutcome {
        if let ended { return ended }
        guard results.isEmpty else { return .classified(results) }
        var named: Set<String> = []
        return .skipped(reason: reasons.filter { named.insert($0).inserted }.joined(separator: "; "))
    }
}
