import CEncoders
import Dicom
import Testing

@Suite struct JPEG2000FrameTests {
    private typealias Image = Part10Writer.Image

    @Test(arguments: [8, 10, 12, 16], [false, true])
    func jpeg2000GivesBackTheSamples(bits: Int, isSigned: Bool) throws {
        let (form, pixels) = FrameFixture.gray(bits: bits, signed: isSigned)
        let image = Image(
            rows: 40, columns: 50, bitsAllocated: bits == 8 ? 8 : 16, bitsStored: UInt16(bits),
            pixelRepresentation: isSigned ? 1 : 0)
        let object = FrameFixture.object(image, [try FrameFixture.jpeg2000(form, pixels)])
        for threads in 1...2 {
            let dataset = try Dataset(bytes: object)
            dataset.decodingThreads = threads
            #expect(try dataset.frame(at: 0).samples.numbers == pixels.map { Double($0) })
        }
    }

    @Test func unsignedCodestreamOfSignedPixelsIsSignExtended() throws {
        // The codestream says unsigned 12 bits, the object signed: the bits are two's complement.
        let (form, pixels) = FrameFixture.gray(bits: 12)
        let image = Image(rows: 40, columns: 50, bitsStored: 12, pixelRepresentation: 1)
        let samples = try Dataset(
            bytes: FrameFixture.object(image, [try FrameFixture.jpeg2000(form, pixels)])
        ).frame(at: 0)
            .samples
        #expect(samples.numbers == pixels.map { Double($0 >= 2048 ? $0 - 4096 : $0) })
    }

    @Test func signedCodestreamOfUnsignedPixelsIsCut() throws {
        // The other way round: the codestream says signed, the object unsigned.
        let (form, pixels) = FrameFixture.gray(bits: 12, signed: true)
        let image = Image(rows: 40, columns: 50, bitsStored: 12)
        let samples = try Dataset(
            bytes: FrameFixture.object(image, [try FrameFixture.jpeg2000(form, pixels)])
        ).frame(at: 0)
            .samples
        #expect(samples.numbers == pixels.map { Double($0 < 0 ? $0 + 4096 : $0) })
    }

    @Test func colourTransformOfJPEG2000IsUndone() throws {
        let samples = FrameFixture.pixels(rows: 16, columns: 16 * 3, bits: 8).map { Int32($0) }
        let form = cencoders_image(
            rows: 16, columns: 16, components: 3, precision: 8, is_signed: false, is_lossy: false,
            transforms_colours: true)
        let image = Image(
            rows: 16, columns: 16, samplesPerPixel: 3, photometricInterpretation: "YBR_RCT", bitsAllocated: 8,
            planarConfiguration: 0)
        let frame = try Dataset(bytes: FrameFixture.object(image, [try FrameFixture.jpeg2000(form, samples)]))
            .frame(at: 0)
        #expect(frame.samples.numbers == samples.map { Double($0) })
        #expect(frame.photometricInterpretation == .rgb)
    }

    @Test func lossyJPEG2000StaysNear() throws {
        let pixels: [Int32] = (0..<2000).map { (index: Int32) -> Int32 in index % 50 * 20 + index / 50 * 40 }
        let form = cencoders_image(
            rows: 40, columns: 50, components: 1, precision: 12, is_signed: false, is_lossy: true,
            transforms_colours: false)
        let image = Image(rows: 40, columns: 50, bitsStored: 12)
        let object = FrameFixture.object(
            image, [try FrameFixture.jpeg2000(form, pixels)], syntax: "1.2.840.10008.1.2.4.91")
        let samples = try Dataset(bytes: object).frame(at: 0).samples.numbers
        #expect(FrameFixture.largestDifference(samples, pixels.map { Double($0) }) < 64)
    }

    @Test func codestreamThatContradictsTheObjectIsRefusedByName() throws {
        let (form, pixels) = FrameFixture.gray(bits: 12)
        let codestream = try FrameFixture.jpeg2000(form, pixels)
        let wrong: [(Image, Dicom.Tag)] = [
            (Image(rows: 41, columns: 50, bitsStored: 12), .rows),
            (Image(rows: 40, columns: 51, bitsStored: 12), .columns),
            (Image(rows: 40, columns: 50, bitsAllocated: 8), .bitsAllocated),
        ]
        for (image, tag) in wrong {
            #expect {
                try Dataset(bytes: FrameFixture.object(image, [codestream])).frame(at: 0)
            } throws: { error in
                (error as? DicomError)?.tag == tag
            }
        }
    }
}
