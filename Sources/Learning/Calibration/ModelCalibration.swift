package import Classification
internal import Foundation

/// What a model must know about itself to doubt: temperature, threshold, and what its training images look like to it.
package struct ModelCalibration: Sendable {
    /// An image that the model was asked about, and what it is.
    package struct Case: Sendable {
        /// The network's output.
        package let observation: Observation
        /// The true class.
        package let truth: Int

        /// A case as given.
        package init(_ observation: Observation, truth: Int) {
            self.observation = observation
            self.truth = truth
        }
    }

    /// Logits are divided by it; nil where there was nothing to choose it on.
    package let temperature: Double?
    /// The model abstains below it; nil where there was nothing to choose it on.
    package let threshold: Double?
    /// The statistics of the training images' features.
    package let familiarity: Familiarity
    /// The model abstains beyond it.
    package let distanceMax: Double
    /// The share of images like those of the training that lie beyond it all the same.
    package let falseAlarmRate: Double
    /// How it all was chosen, in a sentence or two.
    package let note: String

    /// What the statistics are of: the features of the training images and of one changed copy of each.
    package struct Training: Sendable {
        /// [images][features].
        package let features: [[Float]]
        /// The same of the copies; may be empty.
        package let copies: [[Float]]

        /// The features as given.
        package init(features: [[Float]], copies: [[Float]]) {
            precondition(copies.isEmpty || copies.count == features.count)
            self.features = features
            self.copies = copies
        }

        /// Throws where a network has overflowed: statistics of what is no number are none.
        func check() throws(LearningError) {
            guard (features + copies).allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw overflow }
        }
    }

    private static let overflow = LearningError.model(
        "the network's answer about an image is no number: nothing can be chosen by it")

    /// Chooses everything on images that the model was not trained on; the statistics are those of its training images.
    ///
    /// Throws `data` with fewer than two training images or without held-back ones, `model` where an answer is no number.
    package init(training: Training, heldBack: [Case]) throws(LearningError) {
        guard !heldBack.isEmpty else { throw .data("no images were held back to choose thresholds on") }
        try training.check()
        guard heldBack.allSatisfy({ $0.observation.isFinite }) else { throw Self.overflow }
        familiarity = try FamiliarityFit.statistics(of: training.features + training.copies)
        let fitted = familiarity
        distanceMax = FamiliarityFit.distanceMax(
            of: heldBack.map { fitted.distance(of: $0.observation.features) })
        falseAlarmRate = FamiliarityFit.falseAlarmRate(distanceCount: heldBack.count)
        let temperature = TemperatureScaling.temperature(
            logits: heldBack.map(\.observation.logits), truth: heldBack.map(\.truth))
        self.temperature = temperature
        let judged = heldBack.map { $0.assessed(temperature: temperature) }
        threshold = AbstentionThreshold.threshold(
            confidences: judged.map(\.confidence), isRight: judged.map(\.isRight))
        note =
            "Temperature, threshold and distance chosen on \(heldBack.count) images that were not trained on; "
            + "statistics of \(training.features.count) training images."
    }

    /// Takes over what an earlier training of the same recipe has chosen on the images that it held back, which this one
    /// has learned from; the statistics are those of this one's training images.
    package init(training: Training, chosen: HeldBackChoice) throws(LearningError) {
        try training.check()
        familiarity = try FamiliarityFit.statistics(of: training.features + training.copies)
        distanceMax = chosen.distanceMax
        falseAlarmRate = FamiliarityFit.falseAlarmRate(distanceCount: chosen.imageCount)
        temperature = chosen.temperature
        threshold = chosen.threshold
        note =
            "Temperature, threshold and distance chosen on \(chosen.imageCount) images that a first training held back; "
            + "this model learned from them too; statistics of \(training.features.count) training images."
    }

    /// Chooses only what training images can tell: each is judged by statistics of the others.
    ///
    /// Temperature and threshold stay as they are, since a model is surer of its training images than it should be. The
    /// network itself has seen the images, so that more false alarms than promised are to be expected in use.
    package init(training: Training, groups: Groups, seed: UInt64) throws(LearningError) {
        try training.check()
        familiarity = try FamiliarityFit.statistics(of: training.features + training.copies)
        distanceMax = FamiliarityFit.distanceMax(
            of: try FamiliarityFit.crossFittedDistances(
                of: training.features, views: training.copies, groups: groups, seed: seed))
        falseAlarmRate = FamiliarityFit.falseAlarmRate(distanceCount: training.features.count)
        temperature = nil
        threshold = nil
        note =
            "Distance chosen on \(training.features.count) training images, each judged by statistics of the others in "
            + "\(FamiliarityFit.partCount) parts."
    }

    /// Puts everything into a description; `file` and `sha256` name the statistics beside it.
    package func apply(to description: inout ModelDescription, file: String, sha256: String) {
        description.temperature = temperature ?? description.temperature
        description.threshold = threshold ?? description.threshold
        description.familiarity = FamiliarityReference(
            file: file, sha256: sha256, distanceMax: distanceMax, falseAlarmRate: falseAlarmRate)
        description.provenance.calibration = note
    }

    /// Writes statistics and description into the folder of a bundle, whose weights stay as they are.
    ///
    /// At every moment the folder holds a bundle that loads: the statistics get a name of their own, then the description
    /// is replaced, then statistics that nothing names any more are removed. Throws `world` where the disk does not
    /// take it.
    package func write(
        to bundle: ModelBundle, changing change: (inout ModelDescription) -> Void = { _ in }
    ) throws(LearningError) -> ModelBundle {
        do throws(ModelBundleError) {
            let draft = bundle.folder + "/familiarity.safetensors.new"
            try familiarity.write(to: draft)
            let digest = try ModelBundle.fileDigest(draft)
            let file = "familiarity-\(digest.prefix(8)).safetensors"
            guard unsafe rename(draft, bundle.folder + "/" + file) == 0 else {
                throw ModelBundleError.unwritable("\(bundle.folder)/\(file)")
            }
            var description = bundle.description
            apply(to: &description, file: file, sha256: digest)
            change(&description)
            let written = try ModelBundle.write(description, to: bundle.folder)
            if let old = bundle.familiarityPath, old != written.familiarityPath {
                try? FileManager.default.removeItem(atPath: old)
            }
            return written
        } catch {
            throw .world(error.description)
        }
    }
}

extension ModelCalibration.Case {
    /// The case with probabilities at a temperature, as the model would judge it.
    package func assessed(temperature: Double) -> Assessment.Case {
        let probabilities = Judgement.probabilities(of: observation.logits, temperature: temperature)
        return Assessment.Case(truth: truth, probabilities: probabilities)
    }
}
