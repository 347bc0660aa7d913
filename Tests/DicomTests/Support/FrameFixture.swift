import CEncoders
import Dicom
import Foundation
import Testing

/// Frames for the tests of the codecs, and the objects around them.
enum FrameFixture {
    typealias Image = Part10Writer.Image

    /// A radiograph's kind of content: smooth, with edges, noise and flat parts.
    static func pixels(rows: Int, columns: Int, bits: Int, seed: UInt64 = 1) -> [UInt16] {
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

    static func native(_ image: Image, _ pixels: [UInt16]) -> [UInt8] {
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
    static func compressed(_ object: [UInt8], with tool: [String]) throws -> Dataset {
        try Dataset(bytes: compressedBytes(object, with: tool))
    }

    /// As ``compressed(_:with:)``, not opened.
    static func compressedBytes(_ object: [UInt8], with tool: [String]) throws -> [UInt8] {
        let input = try Scratch.write(object), output = input + ".out"
        let (status, text) = try Tool.run(tool[0], tool.dropFirst() + [input, output])
        try #require(status == 0, "\(tool[0]) failed, or is absent (apt-get install -y dcmtk): \(text)")
        return Array(try Data(contentsOf: URL(fileURLWithPath: output)))
    }

    /// Where these bytes first stand.
    static func firstIndex(of pattern: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        (start..<bytes.count - pattern.count).first { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) }
    }

    static func largestDifference(_ found: [Double], _ expected: [Double]) -> Double {
        let differences = zip(found, expected).map { abs($0 - $1) }
        // The largest passes over what is no number.
        return differences.contains(where: \.isNaN) ? .nan : differences.max() ?? .infinity
    }

    static func jpeg2000(
        _ image: cencoders_image, _ samples: [Int32]
    ) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: samples.count * 4 + 65536)
        let count = unsafe cencoders_jpeg2000(image, samples, &bytes, bytes.count)
        try #require(count > 0, "OpenJPEG could not encode the fixture")
        return Array(bytes.prefix(count))
    }

    static func object(
        _ image: Image, _ fragments: [[UInt8]], offsets: [UInt32] = [],
        syntax: String = "1.2.840.10008.1.2.4.90"
    ) -> [UInt8] {
        var writer = Part10Writer()
        writer.image(image)
        writer.fragments(fragments, offsets: offsets)
        return writer.part10(syntax)
    }

    static func gray(bits: Int, signed: Bool = false, lossy: Bool = false) -> (
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
}
