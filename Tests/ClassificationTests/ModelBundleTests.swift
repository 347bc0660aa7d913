import Classification
import Dicom
import EfficientNet
import Foundation
import Testing

/// A folder of its own for a test, removed afterwards.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "glenoid-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file in the folder and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}

/// A sound description of a model with two classes, whose weights are the three bytes "abc".
func soundDescription() -> ModelDescription {
    ModelDescription(
        name: "toy", version: "1.0.0", architecture: "b0", side: 64, padding: .same, batchNormEpsilon: 0.001,
        batchNormFolded: true,
        labels: [
            Label(name: "one", code: CodedEntry("ONE", "99GLENOID", "One")),
            Label(name: "two", code: CodedEntry("TWO", "99GLENOID", "Two")),
        ],
        provenance: Provenance(source: "a test"),
        weights: WeightsReference(sha256: Digest(of: Array("abc".utf8)).hex))
}

struct ModelBundleTests {
    @Test func whatIsWrittenIsWhatIsLoaded() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("abc".utf8), to: "weights.safetensors")
        var description = soundDescription()
        description.accept = Acceptance(modality: ["DX"], bodyPart: ["SHOULDER"])
        try folder.write(Array("statistics".utf8), to: "familiarity.safetensors")
        description.familiarity = FamiliarityReference(
            sha256: Digest(of: Array("statistics".utf8)).hex, distanceMax: 3, falseAlarmRate: 0.05)
        description.views = ViewSettings(mirrored: true, zooms: [1, 1.1])
        let written = try ModelBundle.write(description, to: folder.path)
        let loaded = try ModelBundle.load(folder: folder.path)
        #expect(loaded.description == description)
        #expect(written.description == description)
        #expect(loaded.weightsPath == folder.path + "/weights.safetensors")
        #expect(loaded.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func digestInCapitalLettersIsTheSameDigest() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("abc".utf8), to: "weights.safetensors")
        var description = soundDescription()
        description.weights.sha256 = description.weights.sha256.uppercased()
        _ = try ModelBundle.write(description, to: folder.path)
        #expect(try ModelBundle.load(folder: folder.path).digest == soundDescription().weights.sha256)
    }

    @Test func weightsThatAreNotThoseNamedAreRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("abc".utf8), to: "weights.safetensors")
        _ = try ModelBundle.write(soundDescription(), to: folder.path)
        try folder.write(Array("abd".utf8), to: "weights.safetensors")
        let error = #expect(throws: ModelBundleError.self) { try ModelBundle.load(folder: folder.path) }
        guard case .weights(let reason) = error else {
            Issue.record("expected a complaint about the weights, got \(String(describing: error))")
            return
        }
        #expect(reason.contains("weights.safetensors"))
    }

    @Test func absentFilesAreNamed() throws {
        let folder = try TemporaryFolder()
        let noDescription = #expect(throws: ModelBundleError.self) {
            try ModelBundle.load(folder: folder.path)
        }
        #expect(noDescription?.description.contains("model.json") == true)
        try folder.write(ModelBundle.encode(soundDescription()), to: "model.json")
        let noWeights = #expect(throws: ModelBundleError.self) { try ModelBundle.load(folder: folder.path) }
        #expect(noWeights?.description.contains("weights.safetensors") == true)
    }

    @Test func unsoundDescriptionIsNotWritten() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("abc".utf8), to: "weights.safetensors")
        var description = soundDescription()
        description.threshold = 2
        #expect(throws: ModelBundleError.self) { try ModelBundle.write(description, to: folder.path) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/model.json"))
    }

    @Test(arguments: [
        ("{", "not JSON"),
        ("[]", "not of the type"),
        ("{}", "format is absent"),
    ])
    func textThatIsNotADescriptionIsRefused(text: String, reason: String) {
        let error = #expect(throws: ModelBundleError.self) { try ModelBundle.decode(Array(text.utf8)) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("\"threshold\"", "\"treshold\"", "threshold is absent"),
        ("\"threshold\" : 0", "\"threshold\" : 0, \"treshold\" : 1", "treshold is unknown"),
        ("\"threshold\" : 0", "\"threshold\" : 0, \"threshold\" : 1", "twice"),
        ("\"source\"", "\"sauce\" : 1, \"source\"", "provenance.sauce is unknown"),
        ("\"value\" : \"ONE\"", "\"value\" : 1", "labels[0].code.value is not of the type"),
        ("\"value\" : \"TWO\"", "\"value\" : \"TWO\", \"valeu\" : \"\"", "labels[1].code.valeu is unknown"),
        ("\"bicubic\"", "\"nearest\"", "preparation.filter"),
        ("\"padding\" : \"same\"", "\"padding\" : \"valid\"", "padding"),
        ("\"format\" : 1", "\"format\" : null", "format"),
    ])
    func keysThatAreWrongAreNamed(old: String, new: String, reason: String) throws {
        let text = try String(decoding: ModelBundle.encode(soundDescription()), as: UTF8.self)
        #expect(text.contains(old), "the test's own text: \(text)")
        let changed = text.replacingOccurrences(of: old, with: new)
        let error = #expect(throws: ModelBundleError.self) { try ModelBundle.decode(Array(changed.utf8)) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func nullIsTheSameAsAbsence() throws {
        let text = try String(decoding: ModelBundle.encode(soundDescription()), as: UTF8.self)
        let changed = text.replacingOccurrences(of: "\"format\"", with: "\"familiarity\" : null, \"format\"")
        #expect(try ModelBundle.decode(Array(changed.utf8)) == soundDescription())
    }
}
