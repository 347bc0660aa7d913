internal import ArgumentParser
internal import Classification
internal import EfficientNet
internal import Foundation
internal import Tensor

/// `glenoid model predict`: the bare network on an array, for comparison with other programs.
struct ModelPredict: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Runs a bundle's network on an array of images and writes its logits.",
        discussion: """
            The input is a NumPy file, float32 [images, side, side, 3], values 0 to 255; the bundle's normalisation \
            is applied. The output is float32 [images, classes], before calibration and softmax.
            """)

    @Argument(help: "The bundle's folder.")
    var folder: String

    @Option(help: "The NumPy file with the images.")
    var input: String

    @Option(help: "Where to write the logits, a NumPy file.")
    var output: String

    @Option(help: "Threads; all cores by default.")
    var threads: Int?

    func run() throws {
        do {
            let bundle = try ModelBundle.load(folder: folder)
            let settings = try bundle.networkSettings()
            let images = try NumpyFile(path: input)
            let extents = images.shape.extents
            guard extents.count == 4, extents[1...] == [settings.side, settings.side, 3] else {
                throw CommandFailure(
                    "\(input): expected shape [images, \(settings.side), \(settings.side), 3], found \(images.shape)"
                )
            }
            let network = try bundle.network(threadCount: try threadCount(threads))
            var pixels = images.values
            InputNormalisation(bundle.description.preparation).apply(to: &pixels, padding: settings.padding)
            let logits = network.logits(pixels)
            try NumpyFile(shape: Shape([extents[0], settings.classCount]), values: logits).write(to: output)
        } catch let error as ModelBundleError {
            throw CommandFailure("\(folder): \(error)")
        } catch let error as TensorError {
            throw CommandFailure(error.description)
        }
    }
}

/// As many threads as asked for, else as there are cores.
func threadCount(_ asked: Int?) throws -> Int {
    let count = asked ?? Classifier.threadCountByDefault
    guard (1...ForkJoinPool.threadCountMax).contains(count) else {
        throw ValidationError("--threads is \(count); 1 to \(ForkJoinPool.threadCountMax) is allowed")
    }
    return count
}

extension InputNormalisation {
    /// The normalisation of a bundle.
    init(_ preparation: PreparationSettings) {
        self.init(
            scale: preparation.scale, mean: preparation.mean, standardDeviation: preparation.standardDeviation
        )
    }
}
