// What `glenoid render` writes, before it is a file.
import Classification
import Dicom

/// One frame at one stage.
struct Rendering {
    let rows: Int
    let columns: Int
    let steps: [String]
    let array: ArrayFile
    /// Nil of values that a PNG cannot hold.
    let picture: RasterImage?

    /// The frame, counted from 0; the preparation is asked for by the input stage only.
    init(
        _ image: ImageFile, frameIndex: Int, stage: RenderCommand.Stage, preparation: () throws -> Preparation
    ) throws {
        if case .raster = image, frameIndex > 0 {
            throw CommandFailure("there is no frame \(frameIndex + 1): a JPEG or PNG file has one")
        }
        switch (stage, image) {
        case (.stored, .raster(let raster)): self.init(stored: raster)
        case (.stored, .dicom(let dataset)): self.init(stored: try dataset.frame(at: frameIndex))
        case (.display, .raster(let raster)): self.init(display: raster.display)
        case (.display, .dicom(let dataset)):
            let frame = try dataset.frame(at: frameIndex)
            self.init(display: try PixelTransform(dataset: dataset, frameIndex: frameIndex).display(frame))
        case (.input, .raster(let raster)):
            let preparation = try preparation()
            self.init(input: try preparation.input(from: raster), preparation)
        case (.input, .dicom(let dataset)):
            let preparation = try preparation()
            self.init(input: try preparation.input(from: dataset, frameIndex: frameIndex), preparation)
        }
    }

    private init(stored raster: RasterImage) {
        rows = raster.rows
        columns = raster.columns
        steps = ["Image file: samples as decoded."]
        let shape = Self.shape(rows, columns, raster.channels)
        switch raster.samples {
        case .uint8(let values): array = ArrayFile(shape: shape, elements: .uint8(values))
        case .uint16(let values): array = ArrayFile(shape: shape, elements: .uint16(values))
        }
        picture = Self.picture(rows, columns, raster.channels, raster.samples)
    }

    private init(stored frame: Frame) {
        rows = frame.rows
        columns = frame.columns
        steps = [
            "Stored values as decoded: \(frame.photometricInterpretation.rawValue), \(frame.bitsStored) bits."
        ]
        let shape = Self.shape(rows, columns, frame.samplesPerPixel)
        var raster: RasterImage.Samples?
        switch frame.samples {
        case .uint8(let values):
            array = ArrayFile(shape: shape, elements: .uint8(values))
            raster = .uint8(values)
        case .uint16(let values):
            array = ArrayFile(shape: shape, elements: .uint16(values))
            raster = .uint16(values)
        case .int8(let values): array = ArrayFile(shape: shape, elements: .int8(values))
        case .int16(let values): array = ArrayFile(shape: shape, elements: .int16(values))
        case .uint32(let values): array = ArrayFile(shape: shape, elements: .uint32(values))
        case .int32(let values): array = ArrayFile(shape: shape, elements: .int32(values))
        case .float32(let values): array = ArrayFile(shape: shape, elements: .float32(values))
        case .float64(let values): array = ArrayFile(shape: shape, elements: .float64(values))
        }
        picture = raster.map { Self.picture(frame.rows, frame.columns, frame.samplesPerPixel, $0) }
    }

    private init(display: DisplayImage) {
        rows = display.rows
        columns = display.columns
        steps = display.steps
        array = ArrayFile(
            shape: Self.shape(rows, columns, display.samplesPerPixel), elements: .float64(display.values))
        picture = Self.picture(
            rows, columns, display.samplesPerPixel, .uint16(display.values.map { Self.level($0) }))
    }

    /// The picture shows the greys before normalisation.
    private init(input: PreparedImage, _ preparation: Preparation) {
        rows = preparation.side
        columns = preparation.side
        steps = input.steps
        array = ArrayFile(shape: [rows, columns, 3], elements: .float32(input.pixels))
        let settings = preparation.settings
        let greys = stride(from: 0, to: input.pixels.count, by: 3).map { index in
            let scaled = Double(input.pixels[index]) * settings.standardDeviation[0] + settings.mean[0]
            return Self.level(scaled / (settings.scale * 255))
        }
        picture = Self.picture(rows, columns, 1, .uint16(greys))
    }

    private static func shape(_ rows: Int, _ columns: Int, _ channels: Int) -> [Int] {
        channels == 1 ? [rows, columns] : [rows, columns, channels]
    }

    /// 0 to 65535; 0 of what is not a number.
    private static func level(_ grey: Double) -> UInt16 {
        grey > 0 ? UInt16((min(grey, 1) * 65535).rounded()) : 0
    }

    /// Grey always has sixteen bits, so that whoever reads a picture need not ask.
    private static func picture(
        _ rows: Int, _ columns: Int, _ channels: Int, _ samples: RasterImage.Samples
    ) -> RasterImage {
        var samples = samples
        if channels == 1, case .uint8(let values) = samples { samples = .uint16(values.map(UInt16.init)) }
        return RasterImage(rows: rows, columns: columns, channels: channels, samples: samples)
    }
}
