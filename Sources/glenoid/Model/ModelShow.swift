// `glenoid model show DIR`: what a bundle is, checked.
import ArgumentParser
import Classification
import Dicom
import EfficientNet
import Foundation

struct ModelShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Checks a bundle as loading does, and prints what it is.")

    @Argument(help: "The bundle's folder; without it, the model in use.", completion: .directory)
    var folder: String?

    @Flag(help: "Print the description as JSON.")
    var json = false

    func run() throws {
        let folder = try folder ?? ModelOptions.defaultFolder()
        do {
            let bundle = try ModelBundle.load(folder: folder)
            // Only the network itself can tell whether the weights fit.
            _ = try bundle.network(threadCount: 1)
            if json {
                print(
                    String(decoding: try ModelBundle.encode(bundle.description), as: UTF8.self),
                    terminator: "")
            } else {
                print(Self.text(bundle))
            }
        } catch {
            throw CommandFailure("\(folder): \(error)")
        }
    }

    /// The description as a person reads it.
    static func text(_ bundle: ModelBundle) -> String {
        let model = bundle.description
        let preparation = model.preparation
        func list(_ values: [String]) -> String { values.isEmpty ? "any" : values.joined(separator: ", ") }
        let rows = [
            ("Model", "\(model.name) \(model.version)"),
            ("Folder", bundle.folder),
            ("Network", "EfficientNet-\(model.architecture.uppercased()), \(model.side) × \(model.side)"),
            ("Padding", "\(model.padding.rawValue), batch norm epsilon \(model.batchNormEpsilon)"),
            (
                "Preparation",
                "\(preparation.filter.rawValue), × \(Float(preparation.scale)), mean \(preparation.mean), "
                    + "deviation \(preparation.standardDeviation), frames: \(preparation.frames.rawValue)"
            ),
            (
                "Classes",
                model.labels.map { "\($0.name) (\($0.code.value), \($0.code.scheme))" }.joined(
                    separator: "\n")
            ),
            ("Calibration", "temperature \(model.temperature), abstains below \(model.threshold)"),
            (
                "Unlike training",
                model.familiarity.map {
                    "abstains beyond distance \(Float($0.distanceMax)), "
                        + "\(Float($0.falseAlarmRate * 100)) % false alarms expected (\($0.file))"
                } ?? "not tested"
            ),
            (
                "Views",
                model.views.map {
                    "mean over \($0.count): \($0.mirrored ? "mirrored, " : "")zoom \($0.zooms.map { "\($0)" }.joined(separator: ", "))"
                } ?? ""
            ),
            ("Chosen", model.provenance.calibration ?? ""),
            ("Modality", list(model.accept.modality)),
            ("Body part", list(model.accept.bodyPart)),
            ("Source", model.provenance.source),
            ("Data", model.provenance.data),
            ("Licence", model.provenance.licence),
            ("Cite", model.provenance.citation),
            ("Weights", "\(model.weights.file), SHA-256 \(bundle.digest)"),
        ]
        let indent = "\n" + String(repeating: " ", count: 17)
        return rows.filter { !$0.1.isEmpty }.map { name, value in
            (name + ":").padding(toLength: 17, withPad: " ", startingAt: 0)
                + value.replacingOccurrences(of: "\n", with: indent)
        }.joined(separator: "\n")
    }
}
