internal import Foundation

/// What chance does to a training image: what differs between radiographs of the same implant, and nothing else.
///
/// Geometry first, as one affine map about the centre, sampled once by Keys' cubic, so that nothing is blurred twice;
/// what comes from outside the square is black, as letterboxing makes it. Then grey values, then noise and cutout.
/// Every range is symmetric about "unchanged"; 0 turns a part off.
package struct Augmentation: Codable, Sendable, Equatable {
    /// The largest turn, in degrees, 0…180.
    package var rotation = 20.0
    /// The largest shift along each axis, as a share of the side, 0…1.
    package var translation = 0.06
    /// The largest zoom and its inverse: 0.15 scales by 1/1.15…1.15, evenly in its logarithm. 0…3.
    package var scale = 0.15
    /// The largest shear along the rows, in degrees, 0…60.
    package var shear = 0.0
    /// How often left and right change places (a shoulder is a mirror image of the other), 0…1.
    package var mirror = 0.5
    /// How often top and bottom change places, 0…1.
    package var flip = 0.0
    /// Contrast about the image's mean by 1/(1 + c)…(1 + c), 0…4.
    package var contrast = 0.3
    /// Grey values by their power 1/(1 + g)…(1 + g), 0…4.
    package var gamma = 0.2
    /// The largest brightness that is added, as a share of white, 0…1.
    package var brightness = 0.15
    /// The largest standard deviation of noise, as a share of white; each image draws its own. 0…1.
    package var noise = 0.02
    /// How often a rectangle is painted over with the image's mean, 0…1.
    package var cutout = 0.25
    /// The largest sides of the rectangle, as a share of the side, 0…1.
    package var cutoutSide = 0.3

    /// The default ranges.
    package init() {}

    /// Nothing is changed.
    package static var none: Augmentation {
        var result = Augmentation()
        (result.rotation, result.translation, result.scale, result.shear) = (0, 0, 0, 0)
        (result.mirror, result.flip, result.contrast, result.gamma) = (0, 0, 0, 0)
        (result.brightness, result.noise, result.cutout) = (0, 0, 0)
        return result
    }

    /// Throws `settings` with the first value out of its range.
    func check() throws(LearningError) {
        let bounds: [(name: String, value: Double, bound: Double)] = [
            ("rotation", rotation, 180), ("translation", translation, 1), ("scale", scale, 3),
            ("shear", shear, 60), ("mirror", mirror, 1), ("flip", flip, 1), ("contrast", contrast, 4),
            ("gamma", gamma, 4), ("brightness", brightness, 1), ("noise", noise, 1), ("cutout", cutout, 1),
            ("cutoutSide", cutoutSide, 1),
        ]
        for (name, value, bound) in bounds {
            try TrainingRecipe.check("augmentation.\(name)", value, 0...bound)
        }
    }

    /// A changed copy of a square grey image, values 0 (black) to 1 (white).
    ///
    /// All draws are made whatever is turned off, so that one range does not change what another one draws.
    package func applied(to grey: [Float], side: Int, _ generator: inout SeededGenerator) -> [Float] {
        precondition(grey.count == side * side)
        let map = map(&generator)
        let tone = tone(&generator)
        var result = map.isIdentity ? grey : AffineSampler(side: side, map).sampled(grey)
        tone.apply(to: &result)
        let deviation = generator.unit() * noise
        if deviation > 0 { Self.addNoise(Float(deviation), to: &result, generator.next()) }
        cut(&result, side: side, &generator)
        return result
    }

    private func map(_ generator: inout SeededGenerator) -> AffineMap {
        let turn = generator.uniform(-1...1) * rotation * .pi / 180
        let zoom = Self.symmetric(scale, &generator)
        let slant = tan(generator.uniform(-1...1) * shear * .pi / 180)
        let shift = (
            x: generator.uniform(-1...1) * translation, y: generator.uniform(-1...1) * translation
        )
        let isMirrored = generator.chance(mirror)
        let isFlipped = generator.chance(flip)
        // From a place in the result to its place in the source.
        let (c, s) = (cos(turn) / zoom, sin(turn) / zoom)
        let (fx, fy) = (isMirrored ? -1.0 : 1.0, isFlipped ? -1.0 : 1.0)
        return AffineMap(
            xx: fx * (c + slant * s), xy: fx * (slant * c - s), yx: fy * s, yy: fy * c, x: shift.x, y: shift.y
        )
    }

    private func tone(_ generator: inout SeededGenerator) -> Tone {
        Tone(
            gamma: Float(Self.symmetric(gamma, &generator)),
            contrast: Float(Self.symmetric(contrast, &generator)),
            brightness: Float(generator.uniform(-1...1) * brightness))
    }

    /// A factor in 1/(1 + range)…(1 + range), evenly in its logarithm.
    private static func symmetric(_ range: Double, _ generator: inout SeededGenerator) -> Double {
        exp(generator.uniform(-1...1) * log(1 + range))
    }

    /// Adds normal noise. One draw seeds a cheap stream of its own: twelve bytes summed are as normal as a detector.
    private static func addNoise(_ deviation: Float, to grey: inout [Float], _ seed: UInt64) {
        var stream = SeededGenerator(seed: seed)
        // The sum of 8 even bytes has the mean 1020 and the variance 8 · (256² − 1) / 12.
        let factor = deviation / (8 * 65535.0 / 12 as Float).squareRoot()
        for index in grey.indices {
            var word = stream.next()
            var sum = 0
            for _ in 0..<8 {
                sum += Int(word & 0xFF)
                word >>= 8
            }
            grey[index] = min(max(grey[index] + Float(sum - 1020) * factor, 0), 1)
        }
    }

    private func cut(_ grey: inout [Float], side: Int, _ generator: inout SeededGenerator) {
        let isCut = generator.chance(cutout)
        let height = Int(generator.unit() * cutoutSide * Double(side) + 0.5)
        let width = Int(generator.unit() * cutoutSide * Double(side) + 0.5)
        let top = generator.index(below: side - min(height, side - 1))
        let left = generator.index(below: side - min(width, side - 1))
        guard isCut, height > 0, width > 0 else { return }
        let mean = grey.reduce(0, +) / Float(grey.count)
        for row in top..<min(top + height, side) {
            for column in left..<min(left + width, side) { grey[row * side + column] = mean }
        }
    }
}

/// Grey values: a power, a contrast about the mean, a shift; clipped to 0…1.
private struct Tone {
    let gamma, contrast, brightness: Float

    func apply(to grey: inout [Float]) {
        guard gamma != 1 || contrast != 1 || brightness != 0 else { return }
        // A table of 4096 steps, read with interpolation: powers are dear, and 16 images a step need a million.
        let steps = 4096
        let table = (0...steps).map { pow(Float($0) / Float(steps), gamma) }
        var sum: Float = 0
        for index in grey.indices {
            let place = min(max(grey[index], 0), 1) * Float(steps)
            let low = min(Int(place), steps - 1)
            let value = table[low] + (table[low + 1] - table[low]) * (place - Float(low))
            grey[index] = value
            sum += value
        }
        let mean = sum / Float(grey.count)
        for index in grey.indices {
            grey[index] = min(max((grey[index] - mean) * contrast + mean + brightness, 0), 1)
        }
    }
}
