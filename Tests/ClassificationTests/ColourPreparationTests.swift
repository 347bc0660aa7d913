import Classification
import Dicom
import Testing

struct ColourPreparationTests {
    /// A frame whose left half has one colour and whose right half another.
    private func greys(_ photometric: PhotometricInterpretation, _ left: [UInt8], _ right: [UInt8]) throws
        -> [Float]
    {
        let samples = (0..<32).flatMap { _ in (0..<32).flatMap { $0 < 16 ? left : right } }
        let frame = Frame(
            rows: 32, columns: 32, samplesPerPixel: 3, photometricInterpretation: photometric, bitsStored: 8,
            samples: .uint8(samples))
        return Greys.of(
            try Preparation(settings: Greys.settings, side: 32).input(
                from: frame, FrameDescription(transform: PixelTransform())))
    }

    @Test func rgbBecomesLuminance() throws {
        let greys = try greys(.rgb, [255, 0, 0], [0, 255, 0])
        #expect(abs(greys[4] - 0.299) < 1e-4)
        #expect(abs(greys[28] - 0.587) < 1e-4)
    }

    @Test func luminanceOfYBRIsItsFirstSample() throws {
        let greys = try greys(.ybrFull, [51, 128, 128], [204, 90, 200])
        #expect(abs(greys[4] - 0.2) < 1e-4)
        #expect(abs(greys[28] - 0.8) < 1e-4)
    }

    @Test func partialRangeIsSpread() throws {
        let greys = try greys(.ybrPartial422, [16, 128, 128], [235, 128, 128])
        #expect(abs(greys[4]) < 1e-4)
        #expect(abs(greys[28] - 1) < 1e-4)
    }

    @Test func paletteBecomesLuminance() throws {
        let frame = Frame(
            rows: 32, columns: 32, samplesPerPixel: 1, photometricInterpretation: .paletteColor,
            bitsStored: 8,
            samples: .uint8((0..<1024).map { $0 % 32 < 16 ? 0 : 1 }))
        let red = LookupTable(firstInput: 0, bits: 8, entries: [255, 0])
        let other = LookupTable(firstInput: 0, bits: 8, entries: [0, 255])
        let transform = PixelTransform(palette: Palette(red: red, green: other, blue: other))
        let greys = Greys.of(
            try Preparation(settings: Greys.settings, side: 32).input(
                from: frame, FrameDescription(transform: transform)))
        #expect(abs(greys[4] - 0.299) < 1e-4)
        #expect(abs(greys[28] - 0.701) < 1e-4)
    }

    @Test func imageFilesAreNotStretched() throws {
        let samples = (0..<1024).map { UInt8(100 + $0 % 32) }
        let image = RasterImage(rows: 32, columns: 32, channels: 1, samples: .uint8(samples))
        let greys = Greys.of(try Preparation(settings: Greys.settings, side: 32).input(from: image))
        for (found, sample) in zip(greys, samples) { #expect(abs(found * 255 - Float(sample)) < 1e-3) }
    }

    @Test func deepImageFilesKeepTheirDepth() throws {
        let samples = (0..<1024).map { UInt16(20000 + $0 % 32) }
        let image = RasterImage(rows: 32, columns: 32, channels: 1, samples: .uint16(samples))
        let greys = Greys.of(try Preparation(settings: Greys.settings, side: 32).input(from: image))
        for (found, sample) in zip(greys, samples) { #expect(abs(found * 65535 - Float(sample)) < 0.1) }
    }
}
