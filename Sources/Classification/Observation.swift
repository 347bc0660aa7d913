package import EfficientNet

/// What the network gives for one image.
package struct Observation: Sendable {
    /// The logits of each view, the image as it is first.
    package let logits: [[Double]]
    /// The middle features of the image as it is.
    package let features: [Float]

    /// An observation as given.
    package init(logits: [[Double]], features: [Float]) {
        self.logits = logits
        self.features = features
    }

    /// Whether every number of it is one: a network can overflow.
    package var isFinite: Bool {
        logits.allSatisfy { $0.allSatisfy(\.isFinite) } && features.allSatisfy(\.isFinite)
    }

    /// One image's part of the outputs of all views.
    init(_ outputs: [NetworkOutput], image: Int) {
        logits = outputs.map { $0.logits(image: image).map(Double.init) }
        features = Array(outputs[0].middleFeatures(image: image))
    }
}

extension Network {
    /// Where it looks in an image, [side][side][3], for the likeliest class of a prediction about it: that may be a mean over
    /// views or frames, and another class than this one view's.
    ///
    /// Returns the class activation map, [map side][map side].
    package func map(of pixels: [Float], for prediction: Prediction) -> [Float] {
        evaluate(pixels, maps: prediction.likeliestIndex.map { .ofClass($0) } ?? .ofAnswers).maps
    }

    /// What the network gives for prepared pixels, [side][side][3] each, in batches; no judgement, no temperature.
    package func observations(of images: [[Float]], views: ViewSettings = .plain) -> [Observation] {
        images.chunked(by: Classifier.batchMax).flatMap { batch in
            let outputs = views.all.map { view in
                evaluate(batch.flatMap { view.applied(to: $0, side: settings.side) })
            }
            return (0..<batch.count).map { Observation(outputs, image: $0) }
        }
    }
}

extension Array {
    /// The elements in order, in pieces of at most this many.
    func chunked(by countMax: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: countMax).map { self[$0..<Swift.min($0 + countMax, count)] }
    }
}
