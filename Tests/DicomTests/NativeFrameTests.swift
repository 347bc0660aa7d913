import Dicom
import Testing

@Suite struct NativeFrameTests {
    private typealias Image = Part10Writer.Image

    private func object(
        _ image: Image, _ encoding: Part10Writer.Encoding = .explicitLittle, vr: String = "OW",
        words: [UInt16]
    ) -> [UInt8] {
        var writer = Part10Writer(encoding)
        writer.image(image)
        writer.words(.pixelData, vr, words)
        return writer.part10()
    }

    private func object(_ image: Image, bytes: [UInt8], vr: String = "OB") -> [UInt8] {
        var writer = Part10Writer()
        writer.image(image)
        writer.element(.pixelData, vr, bytes)
        return writer.part10()
    }

    private func samples(_ object: [UInt8], frame: Int = 0) throws -> Frame.Samples {
        try Dataset(bytes: object).frame(at: frame).samples
    }

    @Test(arguments: [Part10Writer.Encoding.implicitLittle, .explicitLittle, .explicitBig])
    func wordsAreReadInEveryByteOrder(encoding: Part10Writer.Encoding) throws {
        let bytes = object(Image(), encoding, words: [1, 256, 65535, 4])
        #expect(try samples(bytes) == .uint16([1, 256, 65535, 4]))
    }

    @Test func signedSamplesAreExtendedFromTheirHighestBit() throws {
        let image = Image(bitsStored: 12, pixelRepresentation: 1)
        // FFFH is −1 in 12 bits; what lies above belongs to nobody.
        #expect(
            try samples(object(image, words: [0x0FFF, 0x7800, 0xA7FF, 0x0001]))
                == .int16([-1, -2048, 2047, 1]))
    }

    @Test func overlayBitsAboveTheSampleAreMasked() throws {
        let image = Image(bitsStored: 12)
        #expect(
            try samples(object(image, words: [0xFFFF, 0x1001, 0x8000, 0x0FFF]))
                == .uint16([4095, 1, 0, 4095]))
    }

    @Test func samplesWithAHighBitElsewhereAreMoved() throws {
        let left = Image(bitsStored: 12, highBit: 15)
        #expect(
            try samples(object(left, words: [0xFFFF, 0x0010, 0x8000, 0x000F])) == .uint16([4095, 1, 2048, 0]))
        let middle = Image(bitsStored: 8, highBit: 11, pixelRepresentation: 1)
        #expect(
            try samples(object(middle, words: [0x0FF0, 0x0800, 0xF7FF, 0x001F]))
                == .int16([-1, -128, 127, 1]))
    }

    @Test func bytesAreReadSignedAndUnsigned() throws {
        let unsigned = Image(bitsAllocated: 8)
        #expect(try samples(object(unsigned, bytes: [0, 1, 128, 255])) == .uint8([0, 1, 128, 255]))
        let signed = Image(bitsAllocated: 8, pixelRepresentation: 1)
        #expect(try samples(object(signed, bytes: [0, 1, 128, 255])) == .int8([0, 1, -128, -1]))
    }

    @Test func bytesInBigEndianWordsAreSwapped() throws {
        let image = Image(columns: 4, bitsAllocated: 8)
        let words: [UInt16] = [0x0201, 0x0403, 0x0605, 0x0807]
        #expect(try samples(object(image, .explicitBig, words: words)) == .uint8([1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(
            try samples(object(image, .explicitLittle, words: words)) == .uint8([1, 2, 3, 4, 5, 6, 7, 8]))
    }

    @Test func thirtyTwoBitsAreRead() throws {
        let image = Image(rows: 1, columns: 2, bitsAllocated: 32)
        #expect(try samples(object(image, words: [1, 0, 0xFFFF, 0xFFFF])) == .uint32([1, .max]))
        let signed = Image(rows: 1, columns: 2, bitsAllocated: 32, pixelRepresentation: 1)
        #expect(try samples(object(signed, words: [1, 0, 0xFFFF, 0xFFFF])) == .int32([1, -1]))
    }

    @Test func singleBitsCrossFrameBordersInsideBytes() throws {
        // Two frames of 3 × 3: the second begins with the tenth bit.
        let image = Image(rows: 3, columns: 3, frames: 2, bitsAllocated: 1)
        let bytes = object(image, bytes: [0b0101_0101, 0b0000_0011, 0b0000_0010])
        #expect(try samples(bytes) == .uint8([1, 0, 1, 0, 1, 0, 1, 0, 1]))
        #expect(try samples(bytes, frame: 1) == .uint8([1, 0, 0, 0, 0, 0, 0, 0, 1]))
    }

    @Test func onlyTheWantedFrameComesAndNoneBeyond() throws {
        let bytes = object(Image(rows: 1, columns: 2, frames: 3), words: [1, 2, 3, 4, 5, 6])
        #expect(try samples(bytes, frame: 2) == .uint16([5, 6]))
        #expect(throws: DicomError.absent(.numberOfFrames, "is 3: there is no frame 4")) {
            try samples(bytes, frame: 3)
        }
        #expect(throws: DicomError.self) { try samples(bytes, frame: -1) }
    }

    @Test func planesAreInterleaved() throws {
        let image = Image(
            rows: 1, columns: 2, samplesPerPixel: 3, photometricInterpretation: "RGB", bitsAllocated: 8,
            planarConfiguration: 1)
        #expect(try samples(object(image, bytes: [1, 2, 3, 4, 5, 6])) == .uint8([1, 3, 5, 2, 4, 6]))
    }

    @Test func subsampledColoursAreExpanded() throws {
        let image = Image(
            rows: 1, columns: 4, samplesPerPixel: 3, photometricInterpretation: "YBR_FULL_422",
            bitsAllocated: 8,
            planarConfiguration: 0)
        let frame = try Dataset(bytes: object(image, bytes: [1, 2, 3, 4, 5, 6, 7, 8])).frame(at: 0)
        #expect(frame.samples == .uint8([1, 3, 4, 2, 3, 4, 5, 7, 8, 6, 7, 8]))
        #expect(frame.photometricInterpretation == .ybrFull)
    }

    @Test func floatingPointIsRead() throws {
        var writer = Part10Writer()
        writer.image(Image(rows: 1, columns: 2, bitsAllocated: 32))
        writer.header(.floatPixelData, "OF", length: 8)
        for number: Float in [1.5, -2] { writer.uint32(number.bitPattern) }
        #expect(try samples(writer.part10()) == .float32([1.5, -2]))
    }

    @Test(arguments: ["YBR_FULL_422", "RGB", "PALETTE COLOR"])
    func floatingPointInColourIsRefused(interpretation: String) throws {
        var writer = Part10Writer()
        writer.image(
            Image(
                rows: 2, columns: 2, samplesPerPixel: interpretation == "PALETTE COLOR" ? 1 : 3,
                photometricInterpretation: interpretation, bitsAllocated: 32, planarConfiguration: 0))
        writer.element(.floatPixelData, "OF", [UInt8](repeating: 0, count: 32))
        let error = #expect(throws: DicomError.self) { try samples(writer.part10()) }
        #expect(error?.description.contains("PhotometricInterpretation") == true, "\(error as Any)")
    }

    @Test func iconsAreNoImage() throws {
        var writer = Part10Writer()
        writer.text(.sopClassUID, "UI", "1.2.3")
        writer.sequence(
            .iconImageSequence,
            [
                {
                    $0.image(Image())
                    $0.words(.pixelData, "OW", [1, 2, 3, 4])
                }
            ])
        let dataset = try Dataset(bytes: writer.part10())
        #expect(!dataset.hasPixelData)
        #expect(throws: DicomError.absent(.pixelData, "is not in the object: it holds no image")) {
            try dataset.frame(at: 0)
        }
    }

    // MARK: - What is refused

    @Test(arguments: [
        Dicom.Tag.rows, .columns, .samplesPerPixel, .photometricInterpretation, .bitsAllocated, .bitsStored,
        .pixelRepresentation,
    ])
    func missingAttributesAreNamed(tag: Dicom.Tag) {
        #expect(throws: DicomError.absent(tag, "is missing")) {
            try samples(object(Image(without: [tag]), words: [1, 2, 3, 4]))
        }
    }

    @Test func missingHighBitFollowsFromBitsStored() throws {
        let image = Image(bitsStored: 12, without: [.highBit])
        #expect(try samples(object(image, words: [0xFFFF, 0, 0, 0])) == .uint16([4095, 0, 0, 0]))
    }

    @Test func impossibleDescriptionsNameTheAttribute() {
        let wrong: [(Image, Dicom.Tag)] = [
            (Image(rows: 0), .rows), (Image(columns: 0), .columns),
            (Image(bitsAllocated: 12), .bitsAllocated),
            (Image(bitsStored: 17), .bitsStored), (Image(bitsStored: 0, highBit: 0), .bitsStored),
            (Image(bitsStored: 12, highBit: 10), .highBit), (Image(bitsStored: 12, highBit: 16), .highBit),
            (Image(pixelRepresentation: 2), .pixelRepresentation),
            (Image(samplesPerPixel: 3), .samplesPerPixel),
            (Image(frames: 0), .numberOfFrames), (Image(frames: -1), .numberOfFrames),
        ]
        for (image, tag) in wrong {
            #expect {
                try samples(object(image, words: [1, 2, 3, 4]))
            } throws: { error in
                (error as? DicomError)?.tag == tag
            }
        }
    }

    @Test func tooShortAndTooLongAreRefused() throws {
        #expect(throws: DicomError.badData(.pixelData, "has 6 bytes; its 1 frames need 8")) {
            try samples(object(Image(), words: [1, 2, 3]))
        }
        #expect(throws: DicomError.self) { try samples(object(Image(), words: [1, 2, 3, 4, 5, 6, 7, 8])) }
        #expect(throws: DicomError.self) { try samples(object(Image(), words: [])) }
        // Padding that is shorter than a frame is padding.
        #expect(try samples(object(Image(), words: [1, 2, 3, 4, 0])) == .uint16([1, 2, 3, 4]))
    }

    @Test func truncatedPixelDataIsRefusedAndAttributesAreStillThere() throws {
        let dataset = try Dataset(bytes: Array(object(Image(), words: [1, 2, 3, 4]).dropLast(3)))
        #expect(dataset.integer(.rows) == 2)
        #expect(throws: DicomError.badData(.pixelData, "is cut off: the object ends 3 bytes early")) {
            try dataset.frame(at: 0)
        }
    }

    @Test func absurdSizesAreRefusedBeforeAnythingIsAllocated() {
        #expect {
            try samples(object(Image(rows: 65535, columns: 65535), words: [1]))
        } throws: { error in
            if case DicomError.limit = error { true } else { false }
        }
        #expect {
            try samples(object(Image(rows: 10000, columns: 10000, frames: 2_000_000_000), words: [1]))
        } throws: { error in
            if case DicomError.limit = error { true } else { false }
        }
    }

    @Test func twoPixelDataElementsAreRefused() {
        var writer = Part10Writer()
        writer.image(Image(rows: 1, columns: 1))
        writer.words(.pixelData, "OW", [1])
        writer.words(.pixelData, "OW", [2])
        #expect(throws: DicomError.badData(.pixelData, "is there 2 times")) { try samples(writer.part10()) }
    }
}
