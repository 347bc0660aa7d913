import CEncoders
import Dicom
import Foundation
import Testing

@Suite struct EncapsulatedFrameTests {
    private typealias Image = Part10Writer.Image

    /// A radiograph's kind of content: smooth, with edges, noise and flat parts.
    private static func pixels(rows: Int, columns: Int, bits: Int, seed: UInt64 = 1) -> [UInt16] {
        var state = seed
        let largest = 1 << bits - 1
        return (0..<rows * columns).map { index in
            let (row, column) = (index / columns, index % columns)
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            if row < rows / 8 { return 0 }
            let slope = (row * 3 + column * 2) * largest / (3 * rows + 2 * columns)
            let edge = column / 7 % 5 == 0 ? largest / 3 : 0
            return UInt16(min(largest, slope / 2 + edge + Int(state >> 60)))
        }
    }

    private static func native(_ image: Image, _ pixels: [UInt16]) -> [UInt8] {
        var writer = Part10Writer()
        writer.image(image)
        if image.bitsAllocated == 8 {
            writer.element(.pixelData, "OB", pixels.map { UInt8(truncatingIfNeeded: $0) })
        } else {
            writer.words(.pixelData, "OW", pixels)
        }
        return writer.part10()
    }

    /// The object as a command of DCMTK's compresses it.
    private static func compressed(_ object: [UInt8], with tool: [String]) throws -> Dataset {
        let input = try Scratch.write(object), output = input + ".out"
        let (status, text) = try Tool.run(tool[0], tool.dropFirst() + [input, output])
        try #require(status == 0, "\(tool[0]) failed, or is absent (apt-get install -y dcmtk): \(text)")
        return try Dataset(path: output)
    }

    private static func largestDifference(_ found: [Double], _ expected: [Double]) -> Double {
        zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(arguments: [
        ["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpeg", "+el"], ["dcmcjpls"], ["dcmconv", "+td"],
        ["dcmconv", "+tb"],
    ])
    func losslessCodingGivesBackTheSamples(tool: [String]) throws {
        for bits: UInt16 in [8, 10, 12, 16] {
            let pixels = Self.pixels(rows: 61, columns: 83, bits: Int(bits))
            let image = Image(rows: 61, columns: 83, bitsAllocated: bits == 8 ? 8 : 16, bitsStored: bits)
            let dataset = try Self.compressed(Self.native(image, pixels), with: tool)
            let samples = try dataset.frame(at: 0).samples
            #expect(samples.numbers == pixels.map { Double($0) }, "\(bits) bits, \(dataset.transferSyntax)")
        }
    }

    @Test(arguments: [["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpls"]])
    func signedSamplesSurviveLosslessCoding(tool: [String]) throws {
        let pixels = Self.pixels(rows: 32, columns: 32, bits: 12).map { $0 &- 2048 }
        let image = Image(rows: 32, columns: 32, bitsStored: 16, pixelRepresentation: 1)
        let frame = try Self.compressed(Self.native(image, pixels), with: tool).frame(at: 0)
        #expect(frame.samples == .int16(pixels.map { Int16(bitPattern: $0) }))
    }

    @Test func nearLosslessStaysWithinItsBound() throws {
        let pixels = Self.pixels(rows: 64, columns: 64, bits: 12)
        let image = Image(rows: 64, columns: 64, bitsStored: 12)
        let dataset = try Self.compressed(Self.native(image, pixels), with: ["dcmcjpls", "+en", "+md", "3"])
        let samples = try dataset.frame(at: 0).samples.numbers
        #expect(Self.largestDifference(samples, pixels.map { Double($0) }) <= 3)
        #expect(dataset.transferSyntax.permitsLoss)
    }

    @Test(arguments: [["dcmcjpeg", "+eb", "+q", "95"], ["dcmcjpeg", "+ee", "+q", "95"]])
    func lossyCodingStaysNear(tool: [String]) throws {
        let isExtended = tool[1] == "+ee"
        let bits: UInt16 = isExtended ? 12 : 8
        let step = isExtended ? 16 : 1
        let pixels = (0..<64 * 64).map { index in UInt16((index % 64 + index / 64) * step) }
        let image = Image(rows: 64, columns: 64, bitsAllocated: isExtended ? 16 : 8, bitsStored: bits)
        let samples = try Self.compressed(Self.native(image, pixels), with: tool).frame(at: 0).samples.numbers
        #expect(Self.largestDifference(samples, pixels.map { Double($0) }) <= (isExtended ? 32 : 4))
    }

    @Test(arguments: [
        ["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpls"], ["dcmcjpls", "+il"], ["dcmcjpls", "+in"],
    ])
    func colourIsInterleavedAndNotConverted(tool: [String]) throws {
        let bytes = Self.pixels(rows: 20, columns: 30 * 3, bits: 8).map { UInt8($0) }
        let image = Image(
            rows: 20, columns: 30, samplesPerPixel: 3, photometricInterpretation: "RGB", bitsAllocated: 8,
            planarConfiguration: 0)
        let frame = try Self.compressed(Self.native(image, bytes.map { UInt16($0) }), with: tool).frame(at: 0)
        #expect(frame.samples == .uint8(bytes))
        #expect(frame.photometricInterpretation == .rgb)
    }

    // MARK: - JPEG 2000

    private static func jpeg2000(
        _ image: cencoders_image, _ samples: [Int32]
    ) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: samples.count * 4 + 65536)
        let count = unsafe cencoders_jpeg2000(image, samples, &bytes, bytes.count)
        try #require(count > 0, "OpenJPEG could not encode the fixture")
        return Array(bytes.prefix(count))
    }

    private static func object(
        _ image: Image, _ fragments: [[UInt8]], offsets: [UInt32] = [],
        syntax: String = "1.2.840.10008.1.2.4.90"
    ) -> [UInt8] {
        var writer = Part10Writer()
        writer.image(image)
        writer.fragments(fragments, offsets: offsets)
        return writer.part10(syntax)
    }

    private static func gray(bits: Int, signed: Bool = false, lossy: Bool = false) -> (
        cencoders_image, [Int32]
    ) {
        let pixels = pixels(rows: 40, columns: 50, bits: bits).map {
            Int32($0) - (signed ? 1 << (bits - 1) : 0)
        }
        let image = cencoders_image(
            rows: 40, columns: 50, components: 1, precision: UInt32(bits), is_signed: signed, is_lossy: lossy,
            transforms_colours: false)
        return (image, pixels)
    }

    @Test(arguments: [8, 10, 12, 16], [false, true])
    func jpeg2000GivesBackTheSamples(bits: Int, isSigned: Bool) throws {
        let (form, pixels) = Self.gray(bits: bits, signed: isSigned)
        let image = Image(
            rows: 40, columns: 50, bitsAllocated: bits == 8 ? 8 : 16, bitsStored: UInt16(bits),
            pixelRepresentation: isSigned ? 1 : 0)
        let object = Self.object(image, [try Self.jpeg2000(form, pixels)])
        for threads in 1...2 {
            let dataset = try Dataset(bytes: object)
            dataset.decodingThreads = threads
            #expect(try dataset.frame(at: 0).samples.numbers == pixels.map { Double($0) })
        }
    }

    @Test func unsignedCodestreamOfSignedPixelsIsSignExtended() throws {
        // The codestream says unsigned 12 bits, the object signed: the bits are two's complement.
        let (form, pixels) = Self.gray(bits: 12)
        let image = Image(rows: 40, columns: 50, bitsStored: 12, pixelRepresentation: 1)
        let samples = try Dataset(bytes: Self.object(image, [try Self.jpeg2000(form, pixels)])).frame(at: 0)
            .samples
        #expect(samples.numbers == pixels.map { Double($0 >= 2048 ? $0 - 4096 : $0) })
    }

    @Test func colourTransformOfJPEG2000IsUndone() throws {
        let samples = Self.pixels(rows: 16, columns: 16 * 3, bits: 8).map { Int32($0) }
        let form = cencoders_image(
            rows: 16, columns: 16, components: 3, precision: 8, is_signed: false, is_lossy: false,
            transforms_colours: true)
        let image = Image(
            rows: 16, columns: 16, samplesPerPixel: 3, photometricInterpretation: "YBR_RCT", bitsAllocated: 8,
            planarConfiguration: 0)
        let frame = try Dataset(bytes: Self.object(image, [try Self.jpeg2000(form, samples)])).frame(at: 0)
        #expect(frame.samples.numbers == samples.map { Double($0) })
        #expect(frame.photometricInterpretation == .rgb)
    }

    @Test func lossyJPEG2000StaysNear() throws {
        let pixels: [Int32] = (0..<2000).map { (index: Int32) -> Int32 in index % 50 * 20 + index / 50 * 40 }
        let form = cencoders_image(
            rows: 40, columns: 50, components: 1, precision: 12, is_signed: false, is_lossy: true,
            transforms_colours: false)
        let image = Image(rows: 40, columns: 50, bitsStored: 12)
        let object = Self.object(
            image, [try Self.jpeg2000(form, pixels)], syntax: "1.2.840.10008.1.2.4.91")
        let samples = try Dataset(bytes: object).frame(at: 0).samples.numbers
        #expect(Self.largestDifference(samples, pixels.map { Double($0) }) < 64)
    }

    @Test func codestreamThatContradictsTheObjectIsRefusedByName() throws {
        let (form, pixels) = Self.gray(bits: 12)
        let codestream = try Self.jpeg2000(form, pixels)
        let wrong: [(Image, Dicom.Tag)] = [
            (Image(rows: 41, columns: 50, bitsStored: 12), .rows),
            (Image(rows: 40, columns: 51, bitsStored: 12), .columns),
            (Image(rows: 40, columns: 50, bitsAllocated: 8), .bitsAllocated),
        ]
        for (image, tag) in wrong {
            #expect {
                try Dataset(bytes: Self.object(image, [codestream])).frame(at: 0)
            } throws: { error in
                (error as? DicomError)?.tag == tag
            }
        }
    }

    @Test func damagedCodestreamsGiveErrorsNotFrames() throws {
        let (form, pixels) = Self.gray(bits: 12)
        let codestream = try Self.jpeg2000(form, pixels)
        let image = Image(rows: 40, columns: 50, bitsStored: 12)
        for count in stride(from: 0, to: codestream.count - 2, by: 97) {
            let object = Self.object(image, [Array(codestream.prefix(count))])
            #expect(throws: DicomError.self) { try Dataset(bytes: object).frame(at: 0) }
        }
    }

    @Test(arguments: [["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpls"]])
    func framesThatEndEarlyAreRefused(tool: [String]) throws {
        let pixels = Self.pixels(rows: 32, columns: 32, bits: 12)
        let image = Image(rows: 32, columns: 32, bitsStored: 12)
        let input = try Scratch.write(Self.native(image, pixels)), output = input + ".out"
        let (status, text) = try Tool.run(tool[0], tool.dropFirst() + [input, output])
        try #require(status == 0, "\(tool[0]) failed: \(text)")
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: output)))
        for lost in [1, 8, 9, 40, 200] {
            #expect(throws: DicomError.self) { try Dataset(bytes: Array(whole.dropLast(lost))).frame(at: 0) }
        }
    }

    // MARK: - Which fragments are a frame

    /// Three frames of RLE: constant 1, 2 and 3, of 4 × 1 pixels.
    private static func constantFrame(_ value: UInt8) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 64)
        header[0] = 1
        header[4] = 64
        return header + [UInt8(257 - 4), value]
    }

    private static let threeFrames = Image(rows: 1, columns: 4, frames: 3, bitsAllocated: 8)
    private static let rle = "1.2.840.10008.1.2.5"

    @Test(arguments: [[], [0, 74, 148]] as [[UInt32]])
    func framesAreFoundWithAndWithoutBasicOffsetTable(offsets: [UInt32]) throws {
        let fragments = [UInt8](1...3).map(Self.constantFrame)
        let object = Self.object(Self.threeFrames, fragments, offsets: offsets, syntax: Self.rle)
        for frameIndex in 0..<3 {
            let samples = try Dataset(bytes: object).frame(at: frameIndex).samples
            #expect(samples == .uint8([UInt8](repeating: UInt8(frameIndex + 1), count: 4)))
        }
    }

    @Test func framesInSeveralFragmentsAreJoinedByTheBasicOffsetTable() throws {
        let frames = [UInt8](1...3).map(Self.constantFrame)
        let fragments = frames.flatMap { [Array($0.prefix(32)), Array($0.dropFirst(32))] }
        let object = Self.object(Self.threeFrames, fragments, offsets: [0, 82, 164], syntax: Self.rle)
        #expect(try Dataset(bytes: object).frame(at: 2).samples == .uint8([3, 3, 3, 3]))
        let without = Self.object(Self.threeFrames, fragments, syntax: Self.rle)
        #expect(throws: DicomError.self) { try Dataset(bytes: without).frame(at: 0) }
    }

    @Test func extendedOffsetTableIsHonoured() throws {
        var writer = Part10Writer()
        writer.image(Self.threeFrames)
        func table(_ tag: Dicom.Tag, _ numbers: [UInt32]) {
            writer.header(tag, "OV", length: UInt32(numbers.count * 8))
            for number in numbers {
                writer.uint32(number)
                writer.uint32(0)
            }
        }
        // The last frame's table entry points to the first fragment: what the table says is what counts.
        table(.extendedOffsetTable, [74, 148, 0])
        table(.extendedOffsetTableLengths, [66, 66, 66])
        writer.fragments([UInt8](1...3).map(Self.constantFrame))
        let dataset = try Dataset(bytes: writer.part10(Self.rle))
        #expect(try dataset.frame(at: 0).samples == .uint8([2, 2, 2, 2]))
        #expect(try dataset.frame(at: 2).samples == .uint8([1, 1, 1, 1]))
    }

    @Test func fragmentedCodestreamsAreToldApartByTheirBeginnings() throws {
        var codestreams: [[UInt8]] = []
        for bits in [8, 10] {
            let (form, pixels) = Self.gray(bits: bits)
            let codestream = try Self.jpeg2000(form, pixels)
            codestreams += [Array(codestream.prefix(200)), Array(codestream.dropFirst(200))]
        }
        let image = Image(rows: 40, columns: 50, frames: 2, bitsStored: 10)
        let dataset = try Dataset(bytes: Self.object(image, codestreams))
        #expect(try dataset.frame(at: 1).samples.numbers == Self.gray(bits: 10).1.map { Double($0) })
        #expect(try dataset.frame(at: 0).samples.numbers == Self.gray(bits: 8).1.map { Double($0) })
    }

    @Test func encapsulationMustFitTheTransferSyntax() throws {
        let fragment = Self.constantFrame(1)
        let image = Image(rows: 1, columns: 4, bitsAllocated: 8)
        let native = Self.object(image, [fragment], syntax: "1.2.840.10008.1.2.1")
        #expect(throws: DicomError.self) { try Dataset(bytes: native).frame(at: 0) }
        var writer = Part10Writer()
        writer.image(image)
        writer.element(.pixelData, "OB", fragment)
        #expect(throws: DicomError.self) { try Dataset(bytes: writer.part10(Self.rle)).frame(at: 0) }
        #expect(throws: DicomError.self) {
            try Dataset(bytes: Self.object(image, [], syntax: Self.rle)).frame(at: 0)
        }
    }

    @Test(arguments: [
        "1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.107", "1.2.3.4",
    ])
    func codingsWithoutADecoderAreRefusedClearly(syntax: String) throws {
        let image = Image(rows: 1, columns: 4, bitsAllocated: 8)
        #expect {
            try Dataset(bytes: Self.object(image, [[1, 2]], syntax: syntax)).frame(at: 0)
        } throws: { error in
            if case DicomError.unsupported(let reason) = error { reason.contains(syntax) } else { false }
        }
    }

    @Test func encapsulatedNativeFramesAreRead() throws {
        let image = Image(rows: 1, columns: 4, frames: 2, bitsAllocated: 8)
        let object = Self.object(
            image, [[1, 2, 3, 4], [5, 6, 7, 8]], syntax: "1.2.840.10008.1.2.1.98")
        #expect(try Dataset(bytes: object).frame(at: 1).samples == .uint8([5, 6, 7, 8]))
    }
}
