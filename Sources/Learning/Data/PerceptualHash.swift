internal import Foundation

/// What an image looks like, coarsely: 64 bits and a thumbnail, to find near duplicates.
///
/// The bits are the signs, relative to their median, of the 8 × 8 lowest frequencies of the cosine transform (Zauner,
/// "Implementation and benchmarking of perceptual image hash functions", 2010). They survive another size, another
/// compression and another brightness. Two images count as near duplicates when few bits differ *and* their thumbnails
/// correlate: implants of one kind in one pose share many bits, but not the pixels.
package struct PerceptualHash: Sendable, Equatable {
    /// The 64 signs.
    package let bits: UInt64
    /// The image's mean values on a 32 × 32 grid, mean 0 and length 1; all zero for a constant image.
    package let thumbnail: [Float]

    /// Rows and columns of the thumbnail.
    package static let side = 32
    /// The most bits by which near duplicates differ.
    package static let distanceMax = 12
    /// The least correlation of near duplicates' thumbnails.
    package static let correlationMin: Float = 0.985

    /// The hash of a square grey image in rows; any scale of values.
    package init(grey: [Float], side imageSide: Int) {
        precondition(grey.count == imageSide * imageSide && imageSide >= 1)
        let means = Self.reduced(grey, side: imageSide)
        bits = Self.signs(of: means)
        let mean = means.reduce(0, +) / Double(means.count)
        let centred = means.map { $0 - mean }
        let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
        thumbnail = centred.map { length > 1e-6 ? Float($0 / length) : 0 }
    }

    /// How many of the 64 bits differ.
    package func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

    /// The correlation of the thumbnails, −1 to 1; 0 with a constant image.
    package func correlation(with other: PerceptualHash) -> Float {
        var sum: Float = 0
        for index in thumbnail.indices { sum += thumbnail[index] * other.thumbnail[index] }
        return sum
    }

    /// Whether the two look so alike that only one of them should be in training and test.
    package func isNearDuplicate(of other: PerceptualHash) -> Bool {
        distance(to: other) <= Self.distanceMax && correlation(with: other) >= Self.correlationMin
    }

    /// Area means on the 32 × 32 grid; pixels on a border count for both sides by their share.
    private static func reduced(_ grey: [Float], side imageSide: Int) -> [Double] {
        let spans = (0..<side).map { cell in
            let (low, high) = (cell * imageSide, (cell + 1) * imageSide)
            return (low / side...(high - 1) / side).map { pixel in
                (pixel, Double(min(high, (pixel + 1) * side) - max(low, pixel * side)) / Double(side))
            }
        }
        let area = Double(imageSide * imageSide) / Double(side * side)
        var result: [Double] = []
        result.reserveCapacity(side * side)
        for rows in spans {
            for columns in spans {
                var sum = 0.0
                for (row, height) in rows {
                    for (column, width) in columns {
                        sum += Double(grey[row * imageSide + column]) * height * width
                    }
                }
                result.append(sum / area)
            }
        }
        return result
    }

    /// Signs of the frequencies (0 … 7, 0 … 7) relative to the median of all but the constant one.
    private static func signs(of means: [Double]) -> UInt64 {
        let basis = (0..<8).map { frequency in
            (0..<side).map { cos(.pi * (Double($0) + 0.5) * Double(frequency) / Double(side)) }
        }
        let rows = (0..<side).map { row in
            basis.map { wave in (0..<side).reduce(0.0) { $0 + means[row * side + $1] * wave[$1] } }
        }
        var frequencies: [Double] = []
        for wave in basis {
            for column in 0..<8 {
                frequencies.append((0..<side).reduce(0.0) { $0 + rows[$1][column] * wave[$1] })
            }
        }
        let sorted = frequencies.dropFirst().sorted()
        let median = sorted[sorted.count / 2]
        return frequencies.enumerated().reduce(0) { $1.element > median ? $0 | 1 << UInt64($1.offset) : $0 }
    }
}
