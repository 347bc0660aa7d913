// Where a training starts: a bundle, a weights file, or chance.
import ArgumentParser
import Classification
import EfficientNet
import Foundation
import Learning

/// `--base` and what is said about it.
struct TrainingStartOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("from")],
        help: ArgumentHelp(
            "What to start from: a bundle's folder, or a weights file of torchvision, timm or Keras.",
            valueName: "model"))
    var base: String?

    @Flag(help: "Start from chance instead.")
    var scratch = false

    @Option(
        help: "Start tensors anew whose names begin with one of these, comma-separated: classifier,blocks.6.1"
    )
    var initialise: String?

    @Option(
        help:
            "The classes: a text file, one a line, or JSON with codes; else the bundle's, else the data set's."
    )
    var labels: String?

    func validate() throws {
        guard (base != nil) != scratch else {
            throw ValidationError("say what to start from: --base MODEL, or --scratch for nothing")
        }
    }

    /// The beginnings of names.
    var initialised: [String] { (initialise ?? "").split(separator: ",").map(String.init) }

    /// The bundle that `--base` names; nil where it names a weights file, or nothing.
    func bundle() throws -> ModelBundle? {
        guard let base else { return nil }
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: base, isDirectory: &isFolder) else {
            throw CommandFailure("\(base): no such bundle or weights file")
        }
        guard isFolder.boolValue else { return nil }
        do {
            return try ModelBundle.load(folder: base)
        } catch {
            throw CommandFailure("\(base): \(error)")
        }
    }

    /// The start for a number of classes.
    func start(_ bundle: ModelBundle?, recipe: TrainingRecipe, classCount: Int) throws -> TrainingStart {
        if let bundle {
            return try TrainingStart(
                bundle: bundle, recipe: recipe, classCount: classCount, initialise: initialised)
        }
        guard let base else { return try TrainingStart(random: recipe, classCount: classCount) }
        return try TrainingStart(
            weights: base, recipe: recipe, classCount: classCount, initialise: initialised)
    }
}
