internal import Foundation

/// What classic classifiers see of a radiograph: gradients' directions, grey values, and the picture made small.
///
/// Histograms of oriented gradients after Dalal and Triggs (2005): cells of an eighth of the side, nine unsigned
/// directions, blocks of 2 × 2 cells normalised by L2-Hys.
package enum ImageFeatures {
    private static let cells = 8
    private static let directions = 9
    private static let histogramBins = 32
    private static let pictureSide = 16
    /// L2-Hys: no component of a block counts more than this.
    private static let clip: Float = 0.2

    /// How many features an image has.
    package static var count: Int {
        (cells - 1) * (cells - 1) * 4 * directions + histogramBins + pictureSide * pictureSide
    }

    /// The features of a square grey image in rows, values 0 to 1.
    package static func features(grey: [Float], side: Int) -> [Float] {
        precondition(grey.count == side * side && side >= cells * 2)
        return gradients(grey, side) + histogram(grey) + picture(grey, side)
    }

    private static func gradients(_ grey: [Float], _ side: Int) -> [Float] {
        var sums = [Float](repeating: 0, count: cells * cells * directions)
        for row in 1..<side - 1 {
            for column in 1..<side - 1 {
                let place = row * side + column
                let across = grey[place + 1] - grey[place - 1]
                let down = grey[place + side] - grey[place - side]
                let length = (across * across + down * down).squareRoot()
                guard length > 0 else { continue }
                // Unsigned: 0 to 180 degrees; shared between the two nearest directions.
                var angle = atan2(down, across)
                if angle < 0 { angle += .pi }
                let position = angle / .pi * Float(directions) - 0.5
                let lower = Int(position.rounded(.down))
                let share = position - Float(lower)
                let cell = (row * cells / side * cells + column * cells / side) * directions
                sums[cell + (lower + directions) % directions] += length * (1 - share)
                sums[cell + (lower + 1) % directions] += length * share
            }
        }
        var result: [Float] = []
        for row in 0..<cells - 1 {
            for column in 0..<cells - 1 {
                let members = [(0, 0), (0, 1), (1, 0), (1, 1)].flatMap { down, across in
                    let start = ((row + down) * cells + column + across) * directions
                    return sums[start..<start + directions]
                }
                result += normalised(normalised(members).map { min($0, clip) })
            }
        }
        return result
    }

    private static func normalised(_ values: [Float]) -> [Float] {
        let length = (values.reduce(0) { $0 + $1 * $1 } + 1e-6).squareRoot()
        return values.map { $0 / length }
    }

    /// Shares of the pixels; the very black ones, mostly padding, are in the first bin.
    private static func histogram(_ grey: [Float]) -> [Float] {
        var counts = [Float](repeating: 0, count: histogramBins)
        for value in grey {
            counts[min(max(Int(value * Float(histogramBins)), 0), histogramBins - 1)] += 1
        }
        return counts.map { $0 / Float(grey.count) }
    }

    private static func picture(_ grey: [Float], _ side: Int) -> [Float] {
        (0..<pictureSide * pictureSide).map { index in
            let rows = span(index / pictureSide, side)
            let columns = span(index % pictureSide, side)
            var sum: Float = 0
            for row in rows { for column in columns { sum += grey[row * side + column] } }
            return sum / Float(rows.count * columns.count)
        }
    }

    private static func span(_ cell: Int, _ side: Int) -> Range<Int> {
        let start = cell * side / pictureSide
        return start..<max((cell + 1) * side / pictureSide, start + 1)
    }
}
