/// How an image becomes the network's input: pixel = (grey × scale − mean) / standardDeviation, grey being 0 to 255.
package struct PreparationSettings: Codable, Sendable, Equatable {
    /// The filter of the resize.
    package var filter: ResizeFilter
    /// The factor on grey values of 0 to 255.
    package var scale: Double
    /// Subtracted after scaling, one a channel.
    package var mean: [Double]
    /// Divided by at the end, one a channel; above 0.
    package var standardDeviation: [Double]
    /// Which frames of a multi-frame image are classified.
    package var frames: FramePolicy

    /// The recipe of the weights; as given, or ImageNet's.
    package init(
        filter: ResizeFilter = .bicubic, scale: Double = 1.0 / 255, mean: [Double] = [0.485, 0.456, 0.406],
        standardDeviation: [Double] = [0.229, 0.224, 0.225], frames: FramePolicy = .first
    ) {
        self.filter = filter
        self.scale = scale
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.frames = frames
    }
}

/// Which frames of a multi-frame image are classified.
package enum FramePolicy: String, Codable, Sendable, CaseIterable {
    /// The first frame.
    case first
    /// The frame in the middle; of an even number, the later of the two.
    case middle
    /// Every frame; the answer is the mean of their probabilities.
    case all
}

/// The filter that resizes an image; each widens its support when it shrinks, as Pillow's do.
package enum ResizeFilter: String, Codable, Sendable, CaseIterable {
    /// Keys' cubic with a = −0.5.
    case bicubic
    /// The triangle.
    case bilinear
    /// The windowed sinc with three lobes.
    case lanczos
    /// The mean of the covered pixels.
    case box
}
