import Classification
import Testing

struct RasterImageTests {
    /// A grey ramp that uses both bytes of its samples.
    private static let deep = RasterImage(
        rows: 3, columns: 5, channels: 1, samples: .uint16((0..<15).map { UInt16($0) * 4369 }))

    @Test func pngComesBackAsItWas() throws {
        let colour = RasterImage(rows: 2, columns: 2, channels: 3, samples: .uint8((0..<12).map { $0 * 20 }))
        #expect(try RasterImage(file: Self.deep.pngFile) == Self.deep)
        #expect(try RasterImage(file: colour.pngFile) == colour)
    }

    @Test func pngCutShortIsRefused() throws {
        let file = Self.deep.pngFile
        for count in [9, 40, file.count / 2, file.count - 13] {
            #expect(throws: RasterImageError.self) { try RasterImage(file: Array(file[..<count])) }
        }
    }

    @Test func pngWithADamagedByteIsRefused() {
        var file = Self.deep.pngFile
        file[file.count / 2] ^= 0x55
        #expect(throws: RasterImageError.self) { try RasterImage(file: file) }
    }

    @Test func claimOfManyRowsIsRefusedBeforeMemoryIsTaken() throws {
        // The header's checksum must fit, or the file is refused for that: libpng checks it before the size.
        let error = #expect(throws: RasterImageError.self) { try RasterImage(file: Self.hugePNG) }
        #expect(error != nil)
    }

    @Test func otherBytesAreNoImage() {
        for bytes in [[], [0], Array("DICM".utf8), Array("GIF89a".utf8)] as [[UInt8]] {
            #expect(throws: RasterImageError.unknownFormat) { try RasterImage(file: bytes) }
        }
    }

    @Test func jpegIsDecodedAsPillowDoes() throws {
        let image = try RasterImage(file: JPEGFixture.grey)
        #expect(image.rows == 8 && image.columns == 12 && image.channels == 1)
        #expect(image.samples == .uint8(JPEGFixture.greySamples))
        let colour = try RasterImage(file: JPEGFixture.colour)
        #expect(colour.channels == 3)
        #expect(colour.samples == .uint8(JPEGFixture.colourSamples))
    }

    @Test func jpegCutShortIsRefused() {
        let file = JPEGFixture.grey
        for count in [3, 20, file.count / 2, file.count - 6] {
            #expect(throws: RasterImageError.self, "cut to \(count) of \(file.count) bytes") {
                try RasterImage(file: Array(file[..<count]))
            }
        }
    }

    @Test func cmykJpegIsRefused() {
        let error = #expect(throws: RasterImageError.self) { try RasterImage(file: JPEGFixture.cmyk) }
        #expect(error?.description.contains("CMYK") == true)
    }

    /// A PNG whose header claims 100 000 × 100 000 pixels.
    private static let hugePNG: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 1, 0x86, 0xA0,
        0, 1,
        0x86, 0xA0, 8, 0, 0, 0, 0, 141, 57, 84, 20,
    ]
}
