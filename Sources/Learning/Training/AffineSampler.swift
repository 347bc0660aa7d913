internal import Foundation

/// Where a place of the result lies in the source: both measured from the centre in shares of the side.
struct AffineMap {
    let xx, xy, yx, yy, x, y: Double

    /// Whether nothing moves.
    var isIdentity: Bool { xx == 1 && xy == 0 && yx == 0 && yy == 1 && x == 0 && y == 0 }
}

/// Samples a square image through an affine map by Keys' cubic with a = −0.5, black outside.
struct AffineSampler {
    private let side: Int
    private let map: AffineMap
    /// The four weights at 1/64 of a pixel.
    private static let weights: [SIMD4<Float>] = (0...steps).map { index in
        let t = Float(index) / Float(steps)
        let (t2, t3) = (t * t, t * t * t)
        return SIMD4(
            -0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1, -1.5 * t3 + 2 * t2 + 0.5 * t,
            0.5 * t3 - 0.5 * t2)
    }
    private static let steps = 64

    init(side: Int, _ map: AffineMap) {
        self.side = side
        self.map = map
    }

    /// The moved image; values stay within 0…1.
    func sampled(_ grey: [Float]) -> [Float] {
        // Two black pixels on every side, so that the four taps never leave the memory.
        let margin = 2
        let wide = side + 2 * margin
        var padded = [Float](repeating: 0, count: wide * wide)
        for row in 0..<side {
            let start = (row + margin) * wide + margin
            padded.replaceSubrange(start..<start + side, with: grey[row * side..<(row + 1) * side])
        }
        let weights = Self.weights
        let centre = Double(side - 1) / 2
        let (shiftX, shiftY) = (map.x * Double(side), map.y * Double(side))
        var result = [Float](repeating: 0, count: side * side)
        for row in 0..<side {
            let y = Double(row) - centre - shiftY
            for column in 0..<side {
                let x = Double(column) - centre - shiftX
                let sourceX = map.xx * x + map.xy * y + centre
                let sourceY = map.yx * x + map.yy * y + centre
                guard sourceX > -1, sourceY > -1, sourceX < Double(side), sourceY < Double(side) else {
                    continue
                }
                let (floorX, floorY) = (sourceX.rounded(.down), sourceY.rounded(.down))
                let across = weights[Int((sourceX - floorX) * Double(Self.steps) + 0.5)]
                let down = weights[Int((sourceY - floorY) * Double(Self.steps) + 0.5)]
                let first = (Int(floorY) - 1 + margin) * wide + Int(floorX) - 1 + margin
                var sum: Float = 0
                for tap in 0..<4 {
                    let start = first + tap * wide
                    let taps = SIMD4(
                        padded[start], padded[start + 1], padded[start + 2], padded[start + 3])
                    sum += (taps * across).sum() * down[tap]
                }
                result[row * side + column] = min(max(sum, 0), 1)
            }
        }
        return result
    }
}
