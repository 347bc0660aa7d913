import Dicom
import Foundation
import Testing

/// A frame that is not whole is no frame: nothing is made up for what is missing.
@Suite struct DamagedFrameTests {
    private typealias Image = Part10Writer.Image

    @Test func damagedCodestreamsGiveErrorsNotFrames() throws {
        let (form, pixels) = FrameFixture.gray(bits: 12)
        let codestream = try FrameFixture.jpeg2000(form, pixels)
        let image = Image(rows: 40, columns: 50, bitsStored: 12)
        for count in stride(from: 0, to: codestream.count - 2, by: 97) {
            let object = FrameFixture.object(image, [Array(codestream.prefix(count))])
            #expect(throws: DicomError.self) { try Dataset(bytes: object).frame(at: 0) }
        }
    }

    /// OpenJPEG leaves tiles that are not there black, without a word.
    @Test func aCodestreamWithoutAllItsTilesIsRefused() throws {
        let (form, pixels) = FrameFixture.gray(bits: 12)
        var codestream = try FrameFixture.jpeg2000(form, pixels)
        // XTsiz (T.800 A.5.1): half the width makes two tiles, and one is there.
        #expect(codestream[24..<28] == [0, 0, 0, 50])
        codestream[27] = 25
        let image = Image(rows: 40, columns: 50, bitsStored: 12)
        #expect {
            try Dataset(bytes: FrameFixture.object(image, [codestream])).frame(at: 0)
        } throws: { ($0 as? DicomError)?.description.contains("1 of 2 tiles") == true }
    }

    @Test(arguments: [["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpls"]])
    func framesThatEndEarlyAreRefused(tool: [String]) throws {
        let pixels = FrameFixture.pixels(rows: 32, columns: 32, bits: 12)
        let image = Image(rows: 32, columns: 32, bitsStored: 12)
        let input = try Scratch.write(FrameFixture.native(image, pixels)), output = input + ".out"
        let (status, text) = try Tool.run(tool[0], tool.dropFirst() + [input, output])
        try #require(status == 0, "\(tool[0]) failed: \(text)")
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: output)))
        for lost in [1, 8, 9, 40, 200] {
            #expect(throws: DicomError.self) { try Dataset(bytes: Array(whole.dropLast(lost))).frame(at: 0) }
        }
    }

    /// The IJG library makes up samples where a marker stands in entropy-coded data, and goes on.
    @Test(
        arguments: [
            (["dcmcjpeg", "+eb"], 8), (["dcmcjpeg", "+ee"], 12), (["dcmcjpeg", "+e1"], 8),
            (["dcmcjpeg", "+e1"], 12), (["dcmcjpeg", "+e1"], 16), (["dcmcjpls"], 12),
        ] as [([String], UInt16)])
    func framesWhoseDataEndsAtAMarkerTooEarlyAreRefused(tool: [String], bits: UInt16) throws {
        let pixels = FrameFixture.pixels(rows: 64, columns: 64, bits: Int(bits))
        let image = Image(rows: 64, columns: 64, bitsAllocated: bits == 8 ? 8 : 16, bitsStored: bits)
        let object = try FrameFixture.compressedBytes(FrameFixture.native(image, pixels), with: tool)
        #expect(throws: Never.self) { try Dataset(bytes: object).frame(at: 0) }
        let start = try #require(FrameFixture.firstIndex(of: [0xFF, 0xD8, 0xFF], in: object))
        let scan = try #require(FrameFixture.firstIndex(of: [0xFF, 0xDA], in: object, from: start))
        for share in [0.1, 0.5, 0.9] {
            var damaged = object
            let cut = scan + 16 + Int(share * Double(object.count - scan - 32))
            damaged.replaceSubrange(cut..<cut + 2, with: [0xFF, 0xD9])
            #expect(throws: DicomError.self, "an end of image after \(share) of the data") {
                try Dataset(bytes: damaged).frame(at: 0)
            }
        }
    }

    /// Scans of 12-bit frames whose header has the parameters of a lossless one are in circulation.
    @Test func scanParametersOfAnotherProcessAreNoDamage() throws {
        let pixels = FrameFixture.pixels(rows: 32, columns: 32, bits: 12)
        let image = Image(rows: 32, columns: 32, bitsStored: 12)
        let object = try FrameFixture.compressedBytes(
            FrameFixture.native(image, pixels), with: ["dcmcjpeg", "+ee"])
        let scan = try #require(FrameFixture.firstIndex(of: [0xFF, 0xDA, 0, 8, 1], in: object))
        var misdescribed = object
        #expect(misdescribed[scan + 8] == 63)
        misdescribed[scan + 8] = 0
        let samples = try Dataset(bytes: misdescribed).frame(at: 0).samples
        #expect(try samples == Dataset(bytes: object).frame(at: 0).samples)
    }

    /// Debian's IJG library takes any category, and reads past its own table with one that does not exist.
    @Test(arguments: [(["dcmcjpeg", "+ee"], 16), (["dcmcjpeg", "+e1"], 17)] as [([String], UInt8)])
    func aHuffmanTableWithACategoryThatDoesNotExistIsRefused(tool: [String], category: UInt8) throws {
        let pixels = FrameFixture.pixels(rows: 32, columns: 32, bits: 12)
        let image = Image(rows: 32, columns: 32, bitsStored: 12)
        var object = try FrameFixture.compressedBytes(FrameFixture.native(image, pixels), with: tool)
        // DHT: marker, length, class and destination, sixteen counts, symbols.
        let table = try #require(FrameFixture.firstIndex(of: [0xFF, 0xC4], in: object))
        #expect(object[table + 4] == 0, "the first table is a DC table")
        object[table + 21] = category
        #expect {
            try Dataset(bytes: object).frame(at: 0)
        } throws: { ($0 as? DicomError)?.description.contains("category") == true }
    }
}
