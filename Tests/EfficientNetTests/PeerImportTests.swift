import EfficientNet
import Foundation
import Tensor
import Testing

/// Whole networks, imported from the peers' own files, against the peers' own logits.
@Suite(.enabled(if: Peers.python != nil)) struct PeerImportTests {
    /// Relative to the largest logit. Single precision leaves about 1e-5 through 200 layers, whoever computes; Keras more, and
    /// another amount on every kind of CPU: 2.0e-5 and 2.3e-5 were seen for B4 (docs/NUMERICS.md).
    static let tolerance: Float = 3e-5

    @Test(
        .enabled(if: Peers.referenceScript != nil), arguments: ["b0", "b1", "b4"],
        ["torchvision.safetensors", "timm.safetensors", "keras.h5", "keras.keras"])
    func logitsOfReferenceNetworksAgree(variant: String, source: String) throws {
        let folder = try Peers.reference(variant)
        let parts = source.split(separator: ".")
        let imported = try ImportedNetwork.read(
            path: "\(folder)/\(parts[0])-\(variant).\(parts[1])",
            request: ImportRequest(architecture: try #require(Architecture(named: variant))))
        try expectAgreement(
            imported, "\(folder)/input-\(variant).npy", "\(folder)/logits-\(parts[0])-\(variant).npy")
    }

    @Test(arguments: ["nested", "augmented", "pooled", "flat", "sequential", "top"], ["h5", "keras"])
    func logitsOfTransferLearnedKerasModelsAgree(name: String, ending: String) throws {
        let folder = try Peers.kerasModels()
        let variant = ["sequential", "top"].contains(name) ? "b0" : "b1"
        let imported = try ImportedNetwork.read(
            path: "\(folder)/\(name).\(ending)",
            request: ImportRequest(architecture: try #require(Architecture(named: variant))))
        #expect(imported.settings.side == 64)
        #expect(imported.settings.padding == .same)
        #expect(imported.settings.batchNormEpsilon == 1e-3)
        try expectAgreement(imported, "\(folder)/input.npy", "\(folder)/\(name).npy")
    }

    @Test(
        arguments: [
            ("refused-no-top", "predictions/bias"), ("refused-relu", "relu"),
            ("refused-max", "GlobalMaxPooling2D"), ("refused-sigmoid", "sigmoid"),
            ("refused-flatten", "Flatten"), ("refused-padding", "block6a_dwconv_pad"),
            ("refused-resizing", "Resizing"), ("refused-mobilenet", "no EfficientNet"),
        ], ["h5", "keras"])
    func kerasModelsThatCannotBeRepresentedAreRefusedByName(_ model: (String, String), ending: String) throws
    {
        let folder = try Peers.kerasModels()
        let request = ImportRequest(architecture: try #require(Architecture(named: "b1")))
        let error = #expect(throws: EfficientNetError.self) {
            try ImportedNetwork.read(path: "\(folder)/\(model.0).\(ending)", request: request)
        }
        #expect(error?.description.contains(model.1) == true, "\(String(describing: error))")
    }

    @Test(.enabled(if: Peers.referenceScript != nil))
    func anotherVariantIsRefusedByATensorThatDoesNotFit() throws {
        let folder = try Peers.reference("b1")
        for file in ["torchvision-b1.safetensors", "timm-b1.safetensors", "keras-b1.h5", "keras-b1.keras"] {
            for variant in ["b0", "b2"] {
                let request = ImportRequest(architecture: try #require(Architecture(named: variant)))
                #expect(throws: EfficientNetError.self) {
                    try ImportedNetwork.read(path: "\(folder)/\(file)", request: request)
                }
            }
        }
    }

    private func expectAgreement(_ imported: ImportedNetwork, _ input: String, _ logits: String) throws {
        let network = try Network(source: imported.parameters, settings: imported.settings, threadCount: 2)
        var pixels = try NumpyFile(path: input).values
        imported.normalisation.apply(to: &pixels, padding: imported.settings.padding)
        let expected = try NumpyFile(path: logits).values
        let found = network.logits(pixels)
        #expect(found.count == expected.count)
        let largest = expected.map(\.magnitude).max() ?? 0
        let differences = zip(found, expected).map { ($0 - $1).magnitude }
        let worst = differences.max() ?? 0
        // Not `worst`: the largest passes over what is no number.
        #expect(
            differences.allSatisfy { $0 <= Self.tolerance * largest },
            "difference \(worst) of \(largest): \(worst / largest)")
    }
}
