import Dicom
import Testing

/// Codings that DCMTK's tools write, and those without a decoder.
@Suite struct EncapsulatedFrameTests {
    private typealias Image = Part10Writer.Image

    @Test(arguments: [
        ["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpeg", "+el"], ["dcmcjpls"], ["dcmconv", "+td"],
        ["dcmconv", "+tb"],
    ])
    func losslessCodingGivesBackTheSamples(tool: [String]) throws {
        for bits: UInt16 in [8, 10, 12, 16] {
            let pixels = FrameFixture.pixels(rows: 61, columns: 83, bits: Int(bits))
            let image = Image(rows: 61, columns: 83, bitsAllocated: bits == 8 ? 8 : 16, bitsStored: bits)
            let dataset = try FrameFixture.compressed(FrameFixture.native(image, pixels), with: tool)
            let samples = try dataset.frame(at: 0).samples
            #expect(samples.numbers == pixels.map { Double($0) }, "\(bits) bits, \(dataset.transferSyntax)")
        }
    }

    @Test(arguments: [["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpls"]])
    func signedSamplesSurviveLosslessCoding(tool: [String]) throws {
        let pixels = FrameFixture.pixels(rows: 32, columns: 32, bits: 12).map { $0 &- 2048 }
        let image = Image(rows: 32, columns: 32, bitsStored: 16, pixelRepresentation: 1)
        let frame = try FrameFixture.compressed(FrameFixture.native(image, pixels), with: tool).frame(at: 0)
        #expect(frame.samples == .int16(pixels.map { Int16(bitPattern: $0) }))
    }

    @Test func nearLosslessStaysWithinItsBound() throws {
        let pixels = FrameFixture.pixels(rows: 64, columns: 64, bits: 12)
        let image = Image(rows: 64, columns: 64, bitsStored: 12)
        let dataset = try FrameFixture.compressed(
            FrameFixture.native(image, pixels), with: ["dcmcjpls", "+en", "+md", "3"])
        let samples = try dataset.frame(at: 0).samples.numbers
        #expect(FrameFixture.largestDifference(samples, pixels.map { Double($0) }) <= 3)
        #expect(dataset.transferSyntax.permitsLoss)
    }

    /// Each scan of a progressive frame is a pass over all of it: T.81 sets no limit to empty ones.
    @Test(arguments: [500, 501])
    func scansWithoutEndAreRefusedBeforeTheyAreDecoded(scanCount: Int) throws {
        let frame: [UInt8] = [0xFF, 0xC2, 0, 11, 8, 0, 64, 0, 64, 1, 1, 0x11, 0]
        let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]
        let scans = Array(repeatElement(scan, count: scanCount).joined())
        var writer = Part10Writer()
        writer.image(Image(rows: 64, columns: 64, bitsAllocated: 8))
        writer.fragments([[0xFF, 0xD8] + frame + scans + [0xFF, 0xD9]])
        let dataset = try Dataset(bytes: writer.part10("1.2.840.10008.1.2.4.55"))
        let error = #expect(throws: DicomError.self) { _ = try dataset.frame(at: 0) }
        #expect(
            error?.description.contains("more than 500 scans") == (scanCount > 500),
            "\(String(describing: error))")
    }

    @Test(arguments: [["dcmcjpeg", "+eb", "+q", "95"], ["dcmcjpeg", "+ee", "+q", "95"]])
    func lossyCodingStaysNear(tool: [String]) throws {
        let isExtended = tool[1] == "+ee"
        let bits: UInt16 = isExtended ? 12 : 8
        let step = isExtended ? 16 : 1
        let pixels = (0..<64 * 64).map { index in UInt16((index % 64 + index / 64) * step) }
        let image = Image(rows: 64, columns: 64, bitsAllocated: isExtended ? 16 : 8, bitsStored: bits)
        let samples = try FrameFixture.compressed(FrameFixture.native(image, pixels), with: tool).frame(at: 0)
            .samples.numbers
        #expect(FrameFixture.largestDifference(samples, pixels.map { Double($0) }) <= (isExtended ? 32 : 4))
    }

    @Test(arguments: [
        ["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpls"], ["dcmcjpls", "+il"], ["dcmcjpls", "+in"],
    ])
    func colourIsInterleavedAndNotConverted(tool: [String]) throws {
        let bytes = FrameFixture.pixels(rows: 20, columns: 30 * 3, bits: 8).map { UInt8($0) }
        let image = Image(
            rows: 20, columns: 30, samplesPerPixel: 3, photometricInterpretation: "RGB", bitsAllocated: 8,
            planarConfiguration: 0)
        let frame = try FrameFixture.compressed(
            FrameFixture.native(image, bytes.map { UInt16($0) }), with: tool
        ).frame(at: 0)
        #expect(frame.samples == .uint8(bytes))
        #expect(frame.photometricInterpretation == .rgb)
    }

    /// A red image as `dcmcjpeg` codes it: YBR_FULL_422.
    private static func redStream() throws -> [UInt8] {
        let red = (0..<32 * 32).flatMap { _ in [250, 20, 30] as [UInt16] }
        let image = Image(
            rows: 32, columns: 32, samplesPerPixel: 3, photometricInterpretation: "RGB", bitsAllocated: 8,
            planarConfiguration: 0)
        let object = try FrameFixture.compressedBytes(
            FrameFixture.native(image, red), with: ["dcmcjpeg", "+eb"])
        let start = try #require(FrameFixture.firstIndex(of: [0xFF, 0xD8, 0xFF], in: object))
        let end = try #require(FrameFixture.firstIndex(of: [0xFF, 0xD9], in: object, from: start))
        return Array(object[start..<end + 2])
    }

    private static func interpretation(of stream: [UInt8], saying said: String) throws
        -> PhotometricInterpretation
    {
        let image = Image(
            rows: 32, columns: 32, samplesPerPixel: 3, photometricInterpretation: said, bitsAllocated: 8,
            planarConfiguration: 0)
        let object = FrameFixture.object(image, [stream], syntax: "1.2.840.10008.1.2.4.50")
        return try Dataset(bytes: object).frame(at: 0).photometricInterpretation
    }

    @Test func whatAJPEGStreamSaysAboutItsColoursCounts() throws {
        // DCMTK writes a JFIF header (ITU-T T.871), APP0 behind SOI: YCbCr, whatever the object says.
        let withJFIF = try Self.redStream()
        #expect(withJFIF[2..<4] == [0xFF, 0xE0])
        for said in ["RGB", "YBR_FULL_422"] {
            #expect(try Self.interpretation(of: withJFIF, saying: said) == .ybrFull)
        }
        let stream = Array(withJFIF[..<2] + withJFIF[(4 + Int(withJFIF[5]))...])
        #expect(try Self.interpretation(of: stream, saying: "RGB") == .rgb)
        #expect(try Self.interpretation(of: stream, saying: "YBR_FULL_422") == .ybrFull)
        // Components named R, G and B in the frame's and the scan's header.
        let frame = try #require(FrameFixture.firstIndex(of: [0xFF, 0xC0], in: stream))
        let scan = try #require(FrameFixture.firstIndex(of: [0xFF, 0xDA], in: stream))
        var named = stream
        for (index, name) in "RGB".utf8.enumerated() {
            named[frame + 10 + 3 * index] = name
            named[scan + 5 + 2 * index] = name
        }
        #expect(try Self.interpretation(of: named, saying: "YBR_FULL_422") == .rgb)
    }

    @Test(arguments: [
        "1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.107", "1.2.3.4",
    ])
    func codingsWithoutADecoderAreRefusedClearly(syntax: String) throws {
        let image = Image(rows: 1, columns: 4, bitsAllocated: 8)
        #expect {
            try Dataset(bytes: FrameFixture.object(image, [[1, 2]], syntax: syntax)).frame(at: 0)
        } throws: { error in
            if case DicomError.unsupported(let reason) = error { reason.contains(syntax) } else { false }
        }
    }

    @Test func encapsulatedNativeFramesAreRead() throws {
        let image = Image(rows: 1, columns: 4, frames: 2, bitsAllocated: 8)
        let object = FrameFixture.object(
            image, [[1, 2, 3, 4], [5, 6, 7, 8]], syntax: "1.2.840.10008.1.2.1.98")
        #expect(try Dataset(bytes: object).frame(at: 1).samples == .uint8([5, 6, 7, 8]))
    }
}
