import Dicom
import Testing

struct ColourTests {
    private func display(_ photometric: PhotometricInterpretation, _ pixel: [UInt8]) throws -> [Double] {
        let frame = Frame(
            rows: 1, columns: 1, samplesPerPixel: 3, photometricInterpretation: photometric, bitsStored: 8,
            samples: .uint8(pixel))
        return try PixelTransform().display(frame).values.map { ($0 * 255).rounded() }
    }

    @Test func rgbStays() throws {
        #expect(try display(.rgb, [1, 2, 255]) == [1, 2, 255])
    }

    /// The corners of the colour cube by PS3.3 C.7.6.3.1.2.
    @Test(
        arguments: [
            ([76, 85, 255], [254, 0, 0]), ([150, 44, 21], [0, 255, 1]), ([29, 255, 107], [0, 0, 254]),
            ([255, 128, 128], [255, 255, 255]), ([0, 128, 128], [0, 0, 0]),
        ] as [([UInt8], [Double])])
    func fullRangeBecomesRGB(ybr: [UInt8], rgb: [Double]) throws {
        #expect(try display(.ybrFull, ybr) == rgb)
    }

    @Test func partialRangeIsSpread() throws {
        #expect(try display(.ybrPartial422, [235, 128, 128]) == [255, 255, 255])
        #expect(try display(.ybrPartial422, [16, 128, 128]) == [0, 0, 0])
    }

    @Test func coloursThatCannotBeConvertedAreRefused() {
        #expect(throws: DicomError.self) { try display(.xyb, [1, 2, 3]) }
    }
}
