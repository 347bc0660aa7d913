package import Classification
package import EfficientNet
internal import Foundation
internal import Tensor

/// What a training ends with: a network, and how it came about.
package struct TrainedModel: Sendable {
    /// What the network computes.
    package let settings: NetworkSettings
    /// Its weights, batch normalisations apart (made up where the start was folded).
    package let tensors: ParameterSet
    /// Whether it started from folded weights, and is written folded again.
    package let isFolded: Bool
    /// How images become its input.
    package let preparation: PreparationSettings
    /// One record an epoch.
    package let history: [EpochRecord]
    /// The epoch whose weights these are, from 1.
    package let epoch: Int

    /// Logits and pooled features of an image.
    package struct Output: Sendable, Equatable {
        /// Before the softmax, one a class.
        package let logits: [Double]
        /// What the classifier sees.
        package let features: [Float]
    }

    /// The network, ready to classify.
    package func network(threadCount: Int) throws(LearningError) -> Network {
        do throws(EfficientNetError) {
            return try Network(source: tensors, settings: settings, threadCount: threadCount)
        } catch {
            throw .model(error.description)
        }
    }

    /// Logits and features of images, in their order, unchanged by chance.
    package func outputs(
        for images: [LearningImage], threadCount: Int, progress: (Int) -> Void = { _ in }
    ) throws(LearningError) -> [Output] {
        let network = try network(threadCount: threadCount)
        let input = InputScale(preparation)
        var outputs: [Output] = []
        for start in stride(from: 0, to: images.count, by: Classifier.batchMax) {
            let batch = images[start..<min(start + Classifier.batchMax, images.count)]
            let output = network.evaluate(batch.flatMap { input.pixels($0.grey) })
            for image in 0..<output.imageCount {
                outputs.append(
                    Output(
                        logits: output.logits(image: image).map(Double.init),
                        features: Array(output.features(image: image))))
            }
            progress(outputs.count)
        }
        return outputs
    }

    /// How the weights lie in the file.
    package struct Form: Sendable, Equatable {
        /// Batch normalisations folded into the convolutions.
        package var isFolded: Bool
        /// Weights in half precision.
        package var isHalf: Bool

        /// As given; a form that keeps everything by default.
        package init(isFolded: Bool = false, isHalf: Bool = false) {
            self.isFolded = isFolded
            self.isHalf = isHalf
        }
    }

    /// Writes a bundle: weights, `training.json`, and last the description, each whole or not at all, all synced.
    ///
    /// Throws `world` where the disk does not take it, and `model` where the description is not possible.
    ///
    /// - Parameters:
    ///   - description: as it should be; shape, preparation and weights are filled in here.
    ///   - folder: made if it is not there.
    package func write(
        _ description: ModelDescription, record: TrainingRecord?, form: Form = Form(), to folder: String
    ) throws(LearningError) -> ModelBundle {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .world("\(folder): \(error.localizedDescription)")
        }
        let file = "weights.safetensors"
        var finished = description
        do throws(EfficientNetError) {
            let written = try ImportedNetwork.repacked(
                tensors, settings: settings, isFolded: form.isFolded || isFolded, isHalf: form.isHalf)
            try written.write(to: "\(folder)/\(file)")
            finished.batchNormFolded = written.settings.batchNormFolded
        } catch {
            throw .world("\(folder): \(error)")
        }
        finished.architecture = settings.architecture.name
        finished.side = settings.side
        finished.padding = settings.padding
        finished.batchNormEpsilon = settings.batchNormEpsilon
        finished.preparation = preparation
        if let record { try Self.write(record, to: "\(folder)/\(TrainingRecord.file)") }
        let bundle: ModelBundle
        do throws(ModelBundleError) {
            finished.weights = WeightsReference(
                file: file, sha256: try ModelBundle.fileDigest("\(folder)/\(file)"))
            bundle = try ModelBundle.write(finished, to: folder)
        } catch {
            throw .model("\(folder): \(error)")
        }
        do throws(TensorError) { try AtomicFile.syncFolder(folder) } catch { throw .world("\(error)") }
        return bundle
    }

    private static func write(_ record: TrainingRecord, to path: String) throws(LearningError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let bytes = [UInt8](try encoder.encode(record)) + [UInt8]("\n".utf8)
            try AtomicFile.write(to: path) { append throws(TensorError) in try append(bytes) }
        } catch {
            throw .world("\(path): \(error)")
        }
    }
}
