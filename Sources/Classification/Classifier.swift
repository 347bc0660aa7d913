internal import EfficientNet
internal import Foundation
internal import Tensor

/// A model at work: prepared images in, predictions out.
///
/// The same image gives the same prediction, whatever else is in the batch. Any thread may call; calls wait for one
/// another in the network, which uses all of its threads for one call.
package final class Classifier: Sendable {
    /// The model.
    package let bundle: ModelBundle
    /// How images are prepared for it.
    package let preparation: Preparation
    private let network: Network
    let threadCount: Int
    private let familiarity: Familiarity?
    let views: ViewSettings

    /// The threads of one inference where nobody says how many: one a core, as far as the network takes them.
    package static var threadCountByDefault: Int {
        min(ProcessInfo.processInfo.activeProcessorCount, ForkJoinPool.threadCountMax)
    }
    /// The most images that go through the network at once; more are split.
    package static let batchMax = 8
    /// The most frames of one image that are classified where the bundle asks for all of them.
    package static let frameCountMax = 1024

    /// Loads the bundle's weights, and gives back the memory that starting and loading took. Throws where they do not fit
    /// its description.
    ///
    /// - Parameter niceness: by how much the threads of an inference, but for the caller's, give way to others (nice(2)).
    package init(bundle: ModelBundle, threadCount: Int, niceness: Int = 0) throws(ModelBundleError) {
        self.bundle = bundle
        self.threadCount = threadCount
        preparation = Preparation(bundle.description)
        // Before as well as after, so that what starting took and what loading takes are never held at once.
        ResidentMemory.giveBackWhatStartingTook()
        network = try bundle.network(threadCount: threadCount, niceness: niceness)
        familiarity = try bundle.familiarity(
            featureCount: network.settings.architecture.middleFeatureCount)
        views = bundle.description.views ?? .plain
        // What was loaded must be what reports will name, even where somebody has just replaced the files.
        try bundle.checkFiles()
        ResidentMemory.giveBackWhatStartingTook()
    }

    /// What the model says about each image.
    package func classify(_ images: [PreparedImage]) -> [Prediction] {
        evaluations(of: images).map(prediction)
    }

    /// Where in the network's square it looked for the likeliest class of a prediction about the image.
    package func map(of image: PreparedImage, for prediction: Prediction) -> ActivationMap {
        let settings = network.settings
        return ActivationMap(
            side: settings.architecture.featureSide(imageSide: settings.side),
            values: network.map(of: image.pixels, for: prediction))
    }

    /// The frames that the bundle's policy names, counted from 0.
    package func frameIndices(frameCount: Int) throws(PreparationError) -> [Int] {
        switch preparation.settings.frames {
        case .first: return [0]
        case .middle: return [max(frameCount, 1) / 2]
        case .all:
            guard frameCount <= Self.frameCountMax else {
                throw .refused(.tooManyFrames(count: frameCount, countMax: Self.frameCountMax))
            }
            return Array(0..<max(frameCount, 1))
        }
    }

    /// What the network gives for each image, before any judgement: for choosing temperature and thresholds.
    package func observations(of images: [PreparedImage]) -> [Observation] {
        network.observations(of: images.map(\.pixels), views: views)
    }

    /// The same for pixels, [side][side][3] each, normalised.
    package func observations(pixels: [[Float]]) -> [Observation] {
        network.observations(of: pixels, views: views)
    }

    func evaluations(of images: [PreparedImage]) -> [[Evaluation]] {
        observations(of: images).map(evaluations)
    }

    /// The evaluations of every view; only the first one, the image as it is, has a distance.
    private func evaluations(in observation: Observation) -> [Evaluation] {
        let distance = familiarity?.distance(of: observation.features)
        return observation.logits.enumerated().map { view, logits in
            Evaluation(logits: logits, distance: view == 0 ? distance : nil)
        }
    }

    func prediction(from evaluations: [Evaluation]) -> Prediction {
        Judgement(bundle.description).prediction(from: evaluations)
    }
}

/// The class activation map of an answer, over the network's square.
package struct ActivationMap: Sendable {
    /// Rows and columns.
    package let side: Int
    /// The activations in reading order.
    package let values: [Float]

    /// A map as given.
    package init(side: Int, values: [Float]) {
        precondition(values.count == side * side, "values fill the map")
        self.side = side
        self.values = values
    }
}
