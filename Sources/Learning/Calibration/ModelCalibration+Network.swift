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
        func observe(_ greys: [[Float]], _ views: ViewSettings = .plain) -> [Observation] {
            // One batch's pixels in memory at a time.
            stride(from: 0, to: greys.count, by: Classifier.batchMax).flatMap { start in
                let batch = greys[start..<min(start + Classifier.batchMax, greys.count)]
                return network.observations(of: batch.map(input.pixels), views: views)
            }
        }
        let copies = FamiliarityFit.copies(of: training, seed: seed)
        try self.init(
            training: Training(
                features: observe(training.map(\.grey)).map(\.features),
                copies: observe(copies).map(\.features)),
            heldBack: zip(observe(heldBack.map(\.grey), views), heldBack).map {
                Case($0.0, truth: $0.1.classIndex)
            })
    }
}
