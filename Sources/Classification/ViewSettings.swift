/// The views of an image that are classified together (test-time augmentation): their probabilities are averaged.
///
/// Costs as many times the time as there are views.
package struct ViewSettings: Codable, Sendable, Equatable {
    /// Whether every view is seen in the mirror too.
    package var mirrored: Bool
    /// How many times the middle of the square is magnified, one view each; 1 is the image as it is.
    package var zooms: [Double]

    /// The most zooms.
    package static let zoomCountMax = 4
    /// From the whole square to its middle quarter.
    package static let zoomRange = 1.0...2.0
    /// The image as it is and nothing else.
    package static let plain = ViewSettings(mirrored: false, zooms: [1])

    /// The settings as given.
    package init(mirrored: Bool, zooms: [Double]) {
        self.mirrored = mirrored
        self.zooms = zooms
    }

    /// How many views there are, the image as it is among them.
    package var count: Int { all.count }

    /// The views, the image as it is first, whether it is named or not.
    package var all: [View] {
        let factors = [1] + zooms.filter { $0 != 1 }
        let straight = factors.map { View(isMirrored: false, zoom: $0) }
        return mirrored ? straight + factors.map { View(isMirrored: true, zoom: $0) } : straight
    }
}

/// One view of a prepared image.
package struct View: Sendable, Equatable {
    /// Whether left and right are exchanged.
    package let isMirrored: Bool
    /// How many times the middle is magnified.
    package let zoom: Double

    /// A view as given.
    package init(isMirrored: Bool, zoom: Double) {
        self.isMirrored = isMirrored
        self.zoom = zoom
    }

    /// The view of pixels, [side][side][3], bilinear between them.
    package func applied(to pixels: [Float], side: Int) -> [Float] {
        precondition(pixels.count == side * side * 3)
        guard isMirrored || zoom != 1 else { return pixels }
        let taps = (0..<side).map { position in
            let middle = Double(side) / 2
            let source = (Double(position) + 0.5 - middle) / zoom + middle - 0.5
            let first = min(max(Int(source.rounded(.down)), 0), side - 1)
            return (first: first, second: min(first + 1, side - 1), share: Float(source - Double(first)))
        }
        let columns = isMirrored ? taps.reversed() : taps
        var result: [Float] = []
        result.reserveCapacity(pixels.count)
        for row in taps {
            for column in columns {
                for channel in 0..<3 {
                    func value(_ y: Int, _ x: Int) -> Float { pixels[(y * side + x) * 3 + channel] }
                    let upper =
                        value(row.first, column.first) * (1 - column.share)
                        + value(row.first, column.second) * column.share
                    let lower =
                        value(row.second, column.first) * (1 - column.share)
                        + value(row.second, column.second) * column.share
                    result.append(upper * (1 - row.share) + lower * row.share)
                }
            }
        }
        return result
    }
}
