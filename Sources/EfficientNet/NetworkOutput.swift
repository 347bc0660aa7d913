internal import Tensor

/// Which class activation maps are made beside the logits.
package enum MapChoice: Sendable, Equatable {
    /// None.
    case none
    /// Each image's of its largest logit.
    case ofAnswers
    /// Each image's of this class, from 0: the answer may be a mean over views or frames.
    case ofClass(Int)
}

/// What a network says about a batch of images.
///
/// Reuse one for many batches: its memory is kept.
package struct NetworkOutput: Sendable {
    /// Images of the batch.
    package let imageCount: Int
    /// Classes.
    package let classCount: Int
    /// Pooled features.
    package let featureCount: Int
    /// Middle features.
    package let middleFeatureCount: Int
    /// Side of a class activation map.
    package let mapSide: Int

    /// Before the softmax: [images][classes].
    package internal(set) var logits: [Float]
    /// After global pooling, what the classifier sees: [images][features].
    package internal(set) var features: [Float]
    /// Means over the map of the outputs of `Architecture.middleBlocks`, one stage after the other:
    /// [images][middle features].
    package internal(set) var middleFeatures: [Float]
    /// For each image the class activation map that was asked for last, [images][side][side]; zeros before.
    ///
    /// Exact for global pooling with a linear classifier: the mean of the map is the logit without the
    /// class's bias.
    package internal(set) var maps: [Float]

    /// Room for the answers about `imageCount` images.
    package init(settings: NetworkSettings, imageCount: Int) {
        self.imageCount = imageCount
        classCount = settings.classCount
        featureCount = settings.architecture.featureCount
        middleFeatureCount = settings.architecture.middleFeatureCount
        mapSide = settings.architecture.featureSide(imageSide: settings.side)
        logits = [Float](repeating: 0, count: imageCount * classCount)
        features = [Float](repeating: 0, count: imageCount * featureCount)
        middleFeatures = [Float](repeating: 0, count: imageCount * middleFeatureCount)
        maps = [Float](repeating: 0, count: imageCount * mapSide * mapSide)
    }

    /// The logits of one image.
    package func logits(image: Int) -> ArraySlice<Float> {
        logits[image * classCount..<(image + 1) * classCount]
    }

    /// The features of one image.
    package func features(image: Int) -> ArraySlice<Float> {
        features[image * featureCount..<(image + 1) * featureCount]
    }

    /// The middle features of one image.
    package func middleFeatures(image: Int) -> ArraySlice<Float> {
        middleFeatures[image * middleFeatureCount..<(image + 1) * middleFeatureCount]
    }

    /// The map of one image, [side][side].
    package func map(image: Int) -> ArraySlice<Float> {
        maps[image * mapSide * mapSide..<(image + 1) * mapSide * mapSide]
    }

    /// The class with the largest logit; the first of equals.
    package func answerIndex(image: Int) -> Int {
        let first = image * classCount
        var answer = 0
        for index in 1..<max(1, classCount) where logits[first + index] > logits[first + answer] {
            answer = index
        }
        return answer
    }

    mutating func copyFeatures(from source: borrowing AlignedFloats) {
        let count = features.count
        unsafe features.withUnsafeMutableBufferPointer { target in
            unsafe target.baseAddress?.update(from: source.baseAddress, count: count)
        }
    }

    mutating func copyMiddleFeatures(from source: borrowing AlignedFloats) {
        let count = middleFeatures.count
        unsafe middleFeatures.withUnsafeMutableBufferPointer { target in
            unsafe target.baseAddress?.update(from: source.baseAddress, count: count)
        }
    }

    mutating func copyLogits(from source: borrowing AlignedFloats, stride: Int, images: Range<Int>) {
        let count = classCount
        unsafe logits.withUnsafeMutableBufferPointer { target in
            guard let start = target.baseAddress else { return }
            for image in images {
                unsafe (start + image * count).update(from: source.baseAddress + image * stride, count: count)
            }
        }
    }

    mutating func copyMap(from source: UnsafePointer<Float>, image: Int) {
        let count = mapSide * mapSide
        unsafe maps.withUnsafeMutableBufferPointer { target in
            guard let start = target.baseAddress else { return }
            unsafe (start + image * count).update(from: source, count: count)
        }
    }

    mutating func set(image: Int, features: [Float], logits: [Float]) {
        self.features.replaceSubrange(image * featureCount..<(image + 1) * featureCount, with: features)
        self.logits.replaceSubrange(image * classCount..<(image + 1) * classCount, with: logits)
    }

    mutating func setMiddle(image: Int, _ features: [Float]) {
        middleFeatures.replaceSubrange(
            image * middleFeatureCount..<(image + 1) * middleFeatureCount, with: features)
    }

    mutating func setMap(image: Int, _ map: [Float]) {
        maps.replaceSubrange(image * mapSide * mapSide..<(image + 1) * mapSide * mapSide, with: map)
    }
}
