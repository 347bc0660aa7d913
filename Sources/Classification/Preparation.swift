package import Dicom

/// The input stage: what the network sees of an image (docs/ARCHITECTURE.md, section 2, step 4).
///
/// Serving and training both go through here, so they cannot prepare pixels differently.
package struct Preparation: Sendable {
    /// The bundle's recipe.
    package let settings: PreparationSettings
    /// Rows and columns of the network's input.
    package let side: Int

    /// A frame with fewer rows or columns is refused.
    package static let sideMin = 16
    /// A frame whose longer side is more than this many times the shorter one is refused.
    package static let elongationMax = 16
    /// The share of pixels left out at either end where a frame is stretched.
    package static let stretchShare = 0.005
    /// A window that makes more than this share of the pixels black or white is replaced by the stretch.
    package static let clippedShareMax = 0.9

    /// The recipe of a model.
    package init(_ description: ModelDescription) {
        settings = description.preparation
        side = description.side
    }

    /// The recipe as given.
    package init(settings: PreparationSettings = PreparationSettings(), side: Int) {
        self.settings = settings
        self.side = side
    }

    /// The input from one frame, counted from 0, of a data set.
    package func input(from dataset: Dataset, frameIndex: Int) throws(PreparationError) -> PreparedImage {
        let description: FrameDescription
        let frame: Frame
        do throws(DicomError) {
            description = try FrameDescription(dataset, frameIndex: frameIndex)
            frame = try dataset.frame(at: frameIndex)
        } catch {
            throw .dicom(error)
        }
        return try input(from: frame, description)
    }

    /// The input from a decoded frame.
    package func input(
        from frame: Frame, _ description: FrameDescription
    ) throws(PreparationError) -> PreparedImage {
        var steps = description.steps
        try Self.checkSize(rows: frame.rows, columns: frame.columns)
        let letterbox = Letterbox(
            rows: frame.rows, columns: frame.columns, pixelAspect: description.pixelAspect, side: side)
        let resampler = letterbox.resampler(filter: settings.filter)
        let greys: [Float]
        if description.transform.palette != nil || frame.samplesPerPixel == 3 {
            greys = try colourGreys(of: frame, description.transform, resampler, &steps)
        } else {
            greys = try Self.monochromeGreys(of: frame, description, resampler, &steps)
        }
        return finish(greys, letterbox, steps)
    }

    /// The input from a JPEG or PNG file: what a person sees of it already, so neither windowed nor stretched.
    package func input(from image: RasterImage) throws(PreparationError) -> PreparedImage {
        try Self.checkSize(rows: image.rows, columns: image.columns)
        let letterbox = Letterbox(rows: image.rows, columns: image.columns, side: side)
        let greys = try image.greys(with: letterbox, filter: settings.filter)
        return finish(greys, letterbox, image.channels == 3 ? ["Colour reduced to luminance."] : [])
    }

    private static func checkSize(rows: Int, columns: Int) throws(PreparationError) {
        let (shorter, longer) = (min(rows, columns), max(rows, columns))
        guard shorter >= sideMin, longer <= shorter * elongationMax else {
            throw .refused(.absurdSize(rows: rows, columns: columns))
        }
    }

    /// Copies the grey to the channels and normalises them.
    private func finish(_ greys: [Float], _ letterbox: Letterbox, _ steps: [String]) -> PreparedImage {
        var steps = steps
        if letterbox.pixelAspect != 1 {
            steps.append("Pixels \(Float(letterbox.pixelAspect)) times as high as wide made square.")
        }
        let isSquare = letterbox.rowStretch.lowerBound == 0 && letterbox.columnStretch.lowerBound == 0
        let square = isSquare ? "" : "Letterboxed to a square. "
        steps.append(
            "\(square)Resized from \(letterbox.rows) rows and \(letterbox.columns) columns to \(side) × \(side), "
                + "\(settings.filter.rawValue).")
        // x is 0 to 255 in the recipe, 0 to 1 here.
        let scale = settings.scale * 255
        steps.append(
            "Grey copied to 3 channels, × \(Float(scale)), mean \(settings.mean), deviation \(settings.standardDeviation)."
        )
        var pixels = [Float](repeating: 0, count: greys.count * 3)
        for channel in 0..<3 {
            let factor = Float(scale / settings.standardDeviation[channel])
            let offset = Float(-settings.mean[channel] / settings.standardDeviation[channel])
            for (index, grey) in greys.enumerated() { pixels[index * 3 + channel] = grey * factor + offset }
        }
        return PreparedImage(pixels: pixels, letterbox: letterbox, steps: steps)
    }
}

/// An image as the network takes it.
package struct PreparedImage: Sendable {
    /// [side][side][3], normalised.
    package let pixels: [Float]
    /// How the image lies in the square.
    package let letterbox: Letterbox
    /// What was done to the pixels, in short sentences in the order of the steps; no value of a patient's.
    package let steps: [String]

    /// An image as given.
    package init(pixels: [Float], letterbox: Letterbox, steps: [String]) {
        self.pixels = pixels
        self.letterbox = letterbox
        self.steps = steps
    }
}
