internal import ArgumentParser
internal import Classification
internal import Dicom
internal import EfficientNet
internal import Foundation

/// `glenoid model import`: turns the weights of another program into a bundle.
struct ModelImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a model bundle of weights from torchvision, timm or Keras.",
        discussion: """
            SOURCE is a Keras .h5 or .keras file with its layer graph, or a safetensors file with the names of \
            torchvision or timm. Padding, epsilon and side come from the options, else from the file, else from its \
            names; what was assumed is printed. A tensor that is absent or of another shape is an error, unless \
            --initialise names it.
            """)

    @Argument(help: "The weights file.")
    var source: String

    @Option(help: "The EfficientNet: b0 to b7.")
    var architecture: String

    @Option(help: "The classes: a text file, one a line, or JSON with codes (docs/LEARNING.md).")
    var labels: String?

    @Option(help: "Rows and columns of the input.")
    var side: Int?

    @Option(
        help: "How convolutions of stride 2 pad: same (Keras, timm tf_) or symmetric (torchvision, timm).")
    var padding: String?

    @Option(help: "Epsilon of the batch normalisations.")
    var epsilon: Double?

    @Flag(help: "Write weights as half precision. Without it, number formats are kept.")
    var half = false

    @Flag(
        help:
            "Fold batch normalisations into the convolutions. Such a model learns further with frozen statistics only."
    )
    var fold = false

    @Option(
        help: "Start tensors anew whose names begin with one of these, comma-separated: classifier,blocks.6.1"
    )
    var initialise: String?

    @Option(help: "The folder to write the bundle into; made when absent, refused where it holds a bundle.")
    var output: String

    @Flag(help: "Print what was imported and assumed as JSON.")
    var json = false

    func run() throws {
        guard let architecture = Architecture(named: architecture) else {
            throw ValidationError("--architecture is \"\(architecture)\"; b0 to b7 are known")
        }
        let labelFile = try labels.map(LabelFile.init(path:))
        var request = ImportRequest(
            architecture: architecture, side: side, batchNormEpsilon: epsilon,
            labelCount: labelFile?.labels.count,
            initialise: (initialise ?? "").split(separator: ",").map(String.init), isHalf: half,
            isFolded: fold)
        if let padding {
            guard let known = Padding(rawValue: padding) else {
                throw ValidationError("--padding is \"\(padding)\"; same and symmetric are known")
            }
            request.padding = known
        }
        do {
            let imported = try ImportedNetwork.read(path: source, request: request)
            let bundle = try write(imported, labelFile)
            if json {
                print(try jsonText(ImportReport(imported, bundle)))
            } else {
                for note in imported.notes { print(note) }
                print(
                    "\(bundle.description.name): EfficientNet-\(architecture.name.uppercased()), "
                        + "\(imported.settings.side) × \(imported.settings.side), "
                        + "\(imported.settings.classCount) classes, written to \(output)")
            }
        } catch EfficientNetError.file(let error) {
            throw CommandFailure("\(error)")  // it names the file
        } catch let error as EfficientNetError {
            throw CommandFailure("\(source): \(error)")
        } catch let error as ModelBundleError {
            throw CommandFailure("\(output): \(error)")
        }
    }

    /// Nothing is written where the description is not possible, and no bundle is written over.
    private func write(_ imported: ImportedNetwork, _ labelFile: LabelFile?) throws -> ModelBundle {
        guard !FileManager.default.fileExists(atPath: "\(output)/\(ModelBundle.descriptionFile)") else {
            throw CommandFailure("\(output) holds a bundle already: name another folder, or remove it")
        }
        let file = "weights.safetensors"
        var description = description(of: imported, labelFile, weights: file)
        if let problem = description.problems.first { throw CommandFailure("\(output): \(problem)") }
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure("\(output): \(error.localizedDescription)")
        }
        try imported.write(to: "\(output)/\(file)")
        description.weights = WeightsReference(
            file: file, sha256: try sha256(ofFile: "\(output)/\(file)").hex)
        return try ModelBundle.write(description, to: output)
    }

    /// What the bundle will say, but for the digest of weights that are not written yet.
    private func description(
        of imported: ImportedNetwork, _ labelFile: LabelFile?, weights file: String
    ) -> ModelDescription {
        let settings = imported.settings
        let labels =
            labelFile?.labels
            ?? LabelFile.labels(named: imported.labels ?? (0..<settings.classCount).map { "class\($0)" })
        var description = ModelDescription(
            name: URL(fileURLWithPath: output).lastPathComponent, version: "1.0.0",
            architecture: settings.architecture.name, side: settings.side, padding: settings.padding,
            batchNormEpsilon: settings.batchNormEpsilon, batchNormFolded: settings.batchNormFolded,
            preparation: PreparationSettings(
                scale: imported.normalisation.scale, mean: imported.normalisation.mean,
                standardDeviation: imported.normalisation.standardDeviation),
            labels: labels,
            provenance: Provenance(source: "imported from \(URL(fileURLWithPath: source).lastPathComponent)"),
            weights: WeightsReference(file: file, sha256: String(repeating: "0", count: 64)))
        labelFile?.complete(&description)
        return description
    }
}

/// What `glenoid model import --json` prints.
private struct ImportReport: Encodable {
    let folder, architecture, padding: String
    let side, classes: Int
    let batchNormEpsilon: Double
    let batchNormFolded: Bool
    let notes: [String]
    let sha256: String

    init(_ imported: ImportedNetwork, _ bundle: ModelBundle) {
        folder = bundle.folder
        architecture = imported.settings.architecture.name
        padding = imported.settings.padding.rawValue
        side = imported.settings.side
        classes = imported.settings.classCount
        batchNormEpsilon = imported.settings.batchNormEpsilon
        batchNormFolded = imported.settings.batchNormFolded
        notes = imported.notes
        sha256 = bundle.digest
    }
}
