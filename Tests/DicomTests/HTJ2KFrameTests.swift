import Dicom
import Foundation
import Testing

/// High-throughput JPEG 2000 at a radiograph's size; OpenJPH's encoder is the oracle, because OpenJPEG has none.
@Suite struct HTJ2KFrameTests {
    private static let rows = 2140
    private static let columns = 1760
    private static let image = Part10Writer.Image(
        rows: UInt16(rows), columns: UInt16(columns), bitsAllocated: 16, bitsStored: 12)

    /// Twenty strips alike: what a frame holds does not matter here, and one strip is made quickly.
    private static let pixels: [UInt16] = {
        let strip = FrameFixture.pixels(rows: rows / 20, columns: columns, bits: 12)
        return Array(repeatElement(strip, count: 20).joined())
    }()

    /// The codestream that `ojph_compress` (package openjph-tools) makes of the pixels.
    private static func codestream(_ options: [String]) throws -> [UInt8] {
        // A PGM of more than eight bits is big endian.
        var picture = Array("P5 \(columns) \(rows) 4095\n".utf8)
        picture.reserveCapacity(picture.count + pixels.count * 2)
        for pixel in pixels {
            picture.append(UInt8(pixel >> 8))
            picture.append(UInt8(truncatingIfNeeded: pixel))
        }
        let scratch = try Scratch.write(picture), input = scratch + ".pgm", output = scratch + ".j2c"
        try FileManager.default.moveItem(atPath: scratch, toPath: input)
        let (status, text) = try Tool.run("ojph_compress", ["-i", input, "-o", output] + options)
        try #require(
            status == 0, "ojph_compress failed, or is absent (apt-get install -y openjph-tools): \(text)")
        return Array(try Data(contentsOf: URL(fileURLWithPath: output)))
    }

    private static func samples(_ options: [String], as syntax: String) throws -> Frame.Samples {
        let object = FrameFixture.object(image, [try codestream(options)], syntax: syntax)
        return try Dataset(bytes: object).frame(at: 0).samples
    }

    @Test(arguments: [("1.2.840.10008.1.2.4.201", "LRCP"), ("1.2.840.10008.1.2.4.202", "RPCL")])
    func losslessCodingGivesBackTheSamples(syntax: String, order: String) throws {
        let samples = try Self.samples(["-reversible", "true", "-prog_order", order], as: syntax)
        #expect(samples == .uint16(Self.pixels))
    }

    @Test func lossyCodingStaysNear() throws {
        let samples = try Self.samples(["-qstep", "0.0001"], as: "1.2.840.10008.1.2.4.203")
        guard case .uint16(let values) = samples else {
            Issue.record("not sixteen bits")
            return
        }
        var largest = 0
        for index in values.indices {
            largest = max(largest, abs(Int(values[index]) - Int(Self.pixels[index])))
        }
        #expect((1...8).contains(largest))
    }

    @Test func aCodestreamThatEndsEarlyIsRefused() throws {
        let whole = try Self.codestream(["-reversible", "true"])
        for share in [0.2, 0.6, 0.95] {
            let cut = Array(whole.prefix(Int(share * Double(whole.count))))
            let object = FrameFixture.object(Self.image, [cut], syntax: "1.2.840.10008.1.2.4.201")
            #expect(throws: DicomError.self) { try Dataset(bytes: object).frame(at: 0) }
        }
    }
}
