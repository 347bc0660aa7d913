package import Classification
package import EfficientNet

extension ModelCalibration {
    /// Asks a network about the images that it was trained on, a changed copy of each, and those that were held back,
    /// and chooses everything.
    ///
    /// Throws `data` with fewer than two training images or without held-back ones.
    package init(
        of network: Network, training: [LearningImage], heldBack: [LearningImage], input: InputScale,
        views: ViewSettings = .plain, seed: UInt64
    ) throws(LearningError) {
        let observed = Self.observe(network, heldBack.map(\.grey), input, views)
        try self.init(
            training: Self.training(network, training, input, seed: seed),
            heldBack: zip(observed, heldBack).map { Case($0.0, truth: $0.1.classIndex) })
    }

    /// Asks a network about the images that it was trained on and a changed copy of each; the rest is taken over from
    /// the training that held some of them back.
    ///
    /// Throws `data` with fewer than two training images.
    package init(
        of network: Network, training: [LearningImage], chosen: HeldBackChoice, input: InputScale,
        seed: UInt64
    ) throws(LearningError) {
        try self.init(training: Self.training(network, training, input, seed: seed), chosen: chosen)
    }

    private static func training(
        _ network: Network, _ images: [LearningImage], _ input: InputScale, seed: UInt64
    ) -> Training {
        let copies = FamiliarityFit.copies(of: images, seed: seed)
        return Training(
            features: observe(network, images.map(\.grey), input).map(\.features),
            copies: observe(network, copies, input).map(\.features))
    }

    private static func observe(
        _ network: Network, _ greys: [[Float]], _ input: InputScale, _ views: ViewSettings = .plain
    ) -> [Observation] {
        // One batch's pixels in memory at a time.
        stride(from: 0, to: greys.count, by: Classifier.batchMax).flatMap { start in
            let batch = greys[start..<min(start + Classifier.batchMax, greys.count)]
            return network.observations(of: batch.map(input.pixels), views: views)
        }
    }
}
