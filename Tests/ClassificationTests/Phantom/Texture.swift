/// Reproducible irregularity.
enum Texture {
    /// A number from 0 to 1 that belongs to a place on the grid.
    static func hash(_ x: Int, _ y: Int, _ seed: UInt32) -> Double {
        var bits =
            UInt32(truncatingIfNeeded: x) &* 0x9E37_79B1 ^ UInt32(truncatingIfNeeded: y) &* 0x85EB_CA77 ^ seed
            &* 0xC2B2_AE3D
        for multiplier in [UInt32(0x7FEB_352D), 0x846C_A68B] {
            bits = (bits ^ bits >> 15) &* multiplier
        }
        return Double(bits ^ bits >> 16) / 4_294_967_296
    }

    /// Nearly Gaussian noise of standard deviation 1: the sum of four uniform numbers.
    static func gaussian(_ x: Int, _ y: Int, _ seed: UInt32) -> Double {
        let sum = (0..<4).reduce(0) { $0 + hash(x, y, seed &+ UInt32($1) &* 7919) }
        return (sum - 2) * 3.0.squareRoot()
    }

    /// Smooth noise from −1 to 1 that changes over `size` millimetres.
    static func smooth(_ point: Point, size: Double, seed: UInt32) -> Double {
        let (x, y) = (point.x / size, point.y / size)
        let (cellX, cellY) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        let (partX, partY) = (eased(x - Double(cellX)), eased(y - Double(cellY)))
        let top = hash(cellX, cellY, seed) * (1 - partX) + hash(cellX + 1, cellY, seed) * partX
        let bottom = hash(cellX, cellY + 1, seed) * (1 - partX) + hash(cellX + 1, cellY + 1, seed) * partX
        return (top * (1 - partY) + bottom * partY) * 2 - 1
    }

    private static func eased(_ part: Double) -> Double { part * part * (3 - 2 * part) }
}
