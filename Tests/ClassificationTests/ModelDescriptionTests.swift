import Classification
import Dicom
import Testing

/// One way to spoil a description, and the key that must be named.
struct Spoiling: Sendable, CustomTestStringConvertible {
    let key: String
    let spoil: @Sendable (inout ModelDescription) -> Void

    init(_ key: String, _ spoil: @escaping @Sendable (inout ModelDescription) -> Void) {
        self.key = key
        self.spoil = spoil
    }

    var testDescription: String { key }
}

/// A reference to feature statistics with one thing wrong.
private func reference(_ spoil: (inout FamiliarityReference) -> Void) -> FamiliarityReference {
    var reference = FamiliarityReference(
        sha256: String(repeating: "0", count: 64), distanceMax: 1, falseAlarmRate: 0.05)
    spoil(&reference)
    return reference
}

struct ModelDescriptionTests {
    @Test func defaultsAreSound() {
        #expect(soundDescription().problems == [])
    }

    @Test(arguments: [
        Spoiling("format") { $0.format = 2 },
        Spoiling("name") { $0.name = "" },
        Spoiling("name") { $0.name = String(repeating: "x", count: 65) },
        Spoiling("version") { $0.version = "1\\2" },
        Spoiling("architecture") { $0.architecture = "b8" },
        Spoiling("side") { $0.side = 0 },
        Spoiling("side") { $0.side = 100_000 },
        Spoiling("batchNormEpsilon") { $0.batchNormEpsilon = 0 },
        Spoiling("batchNormEpsilon") { $0.batchNormEpsilon = .nan },
        Spoiling("preparation.scale") { $0.preparation.scale = 0 },
        Spoiling("preparation.mean") { $0.preparation.mean = [0.5] },
        Spoiling("preparation.standardDeviation") { $0.preparation.standardDeviation = [1, 0, 1] },
        Spoiling("labels") { $0.labels.removeLast() },
        Spoiling("labels") { $0.labels[1].name = $0.labels[0].name },
        Spoiling("labels") { $0.labels[1].code = $0.labels[0].code },
        Spoiling("labels") { $0.labels[1].code = $0.undetermined },
        Spoiling("labels[1].name") { $0.labels[1].name = "a\nb" },
        Spoiling("labels[0].code") { $0.labels[0].code = CodedEntry("SEVENTEENLETTERS_", "99GLENOID", "x") },
        Spoiling("undetermined") { $0.undetermined = CodedEntry("U", "99GLENOID", "") },
        Spoiling("codingSchemes") { $0.codingSchemes = [] },
        Spoiling("codingSchemes") { $0.codingSchemes.append(.own) },
        Spoiling("codingSchemes[0].designator") { $0.codingSchemes[0].designator = "GLENOID" },
        Spoiling("codingSchemes[0].name") { $0.codingSchemes[0].name = "" },
        Spoiling("report.finding") { $0.report.finding = CodedEntry("", "SCT", "x") },
        Spoiling("report.findingSite") { $0.report.findingSite = CodedEntry("", "SCT", "x") },
        Spoiling("report.concept") { $0.report.concept = CodedEntry("", "SCT", "x") },
        Spoiling("report.procedure") { $0.report.procedure = CodedEntry("", "SCT", "x") },
        Spoiling("report.conclusion") { $0.report.conclusion = "" },
        Spoiling("temperature") { $0.temperature = 0 },
        Spoiling("temperature") { $0.temperature = .infinity },
        Spoiling("threshold") { $0.threshold = 1.5 },
        Spoiling("threshold") { $0.threshold = -0.1 },
        Spoiling("accept.modality[0]") { $0.accept.modality = ["dx"] },
        Spoiling("accept.bodyPart[1]") { $0.accept.bodyPart = ["SHOULDER", ""] },
        Spoiling("weights.file") { $0.weights.file = "../weights.safetensors" },
        Spoiling("weights.file") { $0.weights.file = ".." },
        Spoiling("weights.sha256") { $0.weights.sha256 = "abc" },
        Spoiling("familiarity.file") { $0.familiarity = reference { $0.file = "../statistics" } },
        Spoiling("familiarity.sha256") { $0.familiarity = reference { $0.sha256 = "x" } },
        Spoiling("familiarity.distanceMax") { $0.familiarity = reference { $0.distanceMax = 0 } },
        Spoiling("familiarity.distanceMax") { $0.familiarity = reference { $0.distanceMax = .nan } },
        Spoiling("familiarity.falseAlarmRate") { $0.familiarity = reference { $0.falseAlarmRate = 1.5 } },
        Spoiling("views.zooms") { $0.views = ViewSettings(mirrored: true, zooms: []) },
        Spoiling("views.zooms") { $0.views = ViewSettings(mirrored: true, zooms: [0.5]) },
        Spoiling("views.zooms") { $0.views = ViewSettings(mirrored: false, zooms: [.nan]) },
    ])
    func whatIsNotAllowedIsNamed(spoiling: Spoiling) {
        var description = soundDescription()
        spoiling.spoil(&description)
        let keys = description.problems.map { problem -> String in
            if case .invalid(let key, _) = problem { key } else { "" }
        }
        #expect(keys.contains(spoiling.key), "named instead: \(keys)")
    }
}
