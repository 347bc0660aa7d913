// What decides a training: a recipe file, and the keys that are changed most.
import ArgumentParser
import Foundation
import Learning

/// `--recipe` and the keys of a recipe that have options of their own.
struct RecipeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A recipe, JSON (docs/LEARNING.md lists the keys).", valueName: "file"))
    var recipe: String?

    @Option(help: "The EfficientNet, b0 to b7; else the bundle's or the recipe's.")
    var architecture: String?

    @Option(help: "Rows and columns of the input; else the bundle's or the recipe's.")
    var side: Int?

    @Option(help: "Passes over the images.")
    var epochs: Int?

    @Option(help: "Images of a step.")
    var batch: Int?

    @Option(help: "What all chance is drawn from.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp("Share of the images that are held back to watch.", valueName: "share"))
    var validation: Double?

    @Flag(
        help:
            "Train a second time, on all images; the first training, with some held back, chooses the thresholds."
    )
    var refit = false

    /// The recipe of the file, else of the bundle's shape, with the options on top.
    func recipe(architecture baseArchitecture: String?, side baseSide: Int?) throws -> TrainingRecipe {
        var result = TrainingRecipe()
        if let recipe {
            result = try Self.read(recipe)
        } else {
            if let baseArchitecture { result.architecture = baseArchitecture }
            if let baseSide { result.side = baseSide }
        }
        if let architecture { result.architecture = architecture.lowercased() }
        if let side { result.side = side }
        if let epochs { result.epochs = epochs }
        if let batch { result.batch = batch }
        if let seed { result.seed = seed }
        if let validation { result.validationFraction = validation }
        if refit { result.refit = true }
        try result.check()
        return result
    }

    /// The recipe in a file.
    static func read(_ path: String) throws -> TrainingRecipe {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure("\(path): \(error.localizedDescription)")
        }
        guard data.count <= TrainingRecipe.fileBytesMax else {
            throw CommandFailure("\(path): longer than \(TrainingRecipe.fileBytesMax) bytes")
        }
        do throws(LearningError) {
            return try TrainingRecipe(json: [UInt8](data))
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }
}
