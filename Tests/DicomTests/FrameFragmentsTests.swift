import Dicom
import Testing

/// Which fragments are a frame.
@Suite struct FrameFragmentsTests {
    private typealias Image = Part10Writer.Image

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
        let object = FrameFixture.object(Self.threeFrames, fragments, offsets: offsets, syntax: Self.rle)
        for frameIndex in 0..<3 {
            let samples = try Dataset(bytes: object).frame(at: frameIndex).samples
            #expect(samples == .uint8([UInt8](repeating: UInt8(frameIndex + 1), count: 4)))
        }
    }

    @Test func framesInSeveralFragmentsAreJoinedByTheBasicOffsetTable() throws {
        let frames = [UInt8](1...3).map(Self.constantFrame)
        let fragments = frames.flatMap { [Array($0.prefix(32)), Array($0.dropFirst(32))] }
        let object = FrameFixture.object(
            Self.threeFrames, fragments, offsets: [0, 82, 164], syntax: Self.rle)
        #expect(try Dataset(bytes: object).frame(at: 2).samples == .uint8([3, 3, 3, 3]))
        let without = FrameFixture.object(Self.threeFrames, fragments, syntax: Self.rle)
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
            let (form, pixels) = FrameFixture.gray(bits: bits)
            let codestream = try FrameFixture.jpeg2000(form, pixels)
            codestreams += [Array(codestream.prefix(200)), Array(codestream.dropFirst(200))]
        }
        let image = Image(rows: 40, columns: 50, frames: 2, bitsStored: 10)
        let dataset = try Dataset(bytes: FrameFixture.object(image, codestreams))
        #expect(try dataset.frame(at: 1).samples.numbers == FrameFixture.gray(bits: 10).1.map { Double($0) })
        #expect(try dataset.frame(at: 0).samples.numbers == FrameFixture.gray(bits: 8).1.map { Double($0) })
    }

    @Test func encapsulationMustFitTheTransferSyntax() throws {
        let fragment = Self.constantFrame(1)
        let image = Image(rows: 1, columns: 4, bitsAllocated: 8)
        let native = FrameFixture.object(image, [fragment], syntax: "1.2.840.10008.1.2.1")
        #expect(throws: DicomError.self) { try Dataset(bytes: native).frame(at: 0) }
        var writer = Part10Writer()
        writer.image(image)
        writer.element(.pixelData, "OB", fragment)
        #expect(throws: DicomError.self) { try Dataset(bytes: writer.part10(Self.rle)).frame(at: 0) }
        #expect(throws: DicomError.self) {
            try Dataset(bytes: FrameFixture.object(image, [], syntax: Self.rle)).frame(at: 0)
        }
    }
}
