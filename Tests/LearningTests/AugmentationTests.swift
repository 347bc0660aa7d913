import Foundation
import Learning
import Testing

@Suite struct AugmentationTests {
    private let side = 32

    /// A blob off the centre on a slope: no symmetry hides a wrong map.
    private var grey: [Float] {
        (0..<side * side).map { index in
            let (y, x) = (Double(index / side), Double(index % side))
            let blob = exp(-((x - 10) * (x - 10) + (y - 20) * (y - 20)) / 18)
            return Float(0.1 + 0.3 * x / Double(side) + 0.5 * blob)
        }
    }

    private func applied(_ augmentation: Augmentation, seed: UInt64 = 1, to image: [Float]? = nil) -> [Float]
    {
        var generator = SeededGenerator(seed: seed)
        return augmentation.applied(to: image ?? grey, side: side, &generator)
    }

    @Test func nothingIsChangedWhereEverythingIsOff() { #expect(applied(.none) == grey) }

    @Test func theSameStreamGivesTheSameBitsAndAnotherOneDoesNot() {
        #expect(applied(Augmentation()) == applied(Augmentation()))
        #expect(applied(Augmentation()) != applied(Augmentation(), seed: 2))
    }

    @Test(arguments: 1...20) func valuesStayBetweenBlackAndWhite(seed: Int) {
        var strong = Augmentation()
        (strong.rotation, strong.scale, strong.shear, strong.brightness) = (180, 1, 40, 0.8)
        (strong.contrast, strong.gamma, strong.noise, strong.cutout) = (3, 2, 0.5, 1)
        let result = applied(strong, seed: UInt64(seed))
        #expect(result.allSatisfy { $0 >= 0 && $0 <= 1 } && result != grey)
    }

    @Test func mirrorAndFlipAreExact() {
        var augmentation = Augmentation.none
        augmentation.mirror = 1
        let image = grey
        let mirrored = applied(augmentation)
        for y in 0..<side {
            for x in 0..<side {
                #expect(abs(mirrored[y * side + x] - image[y * side + side - 1 - x]) < 1e-6)
            }
        }
        (augmentation.mirror, augmentation.flip) = (0, 1)
        let flipped = applied(augmentation)
        #expect(abs(flipped[5] - image[(side - 1) * side + 5]) < 1e-6)
    }

    @Test func aTurnKeepsTheCentreAndTurnsTheRest() {
        var augmentation = Augmentation.none
        augmentation.rotation = 90
        // A white dot right of the centre ends on the circle about it.
        var dot = [Float](repeating: 0, count: side * side)
        for y in 15...16 { for x in 24...25 { dot[y * side + x] = 1 } }
        for seed in 1...8 as ClosedRange<UInt64> {
            let result = applied(augmentation, seed: seed, to: dot)
            var (sum, sumX, sumY) = (0.0, 0.0, 0.0)
            for (index, value) in result.enumerated() {
                sum += Double(value)
                sumX += Double(value) * (Double(index % side) - 15.5)
                sumY += Double(value) * (Double(index / side) - 15.5)
            }
            #expect(abs((sumX * sumX + sumY * sumY).squareRoot() / sum - 9) < 0.2)
            #expect(abs(sum - 4) < 0.4)
        }
    }

    @Test func aShiftLeavesBlackBehind() {
        var augmentation = Augmentation.none
        augmentation.translation = 0.5
        let white = [Float](repeating: 1, count: side * side)
        let shares = (1...10 as ClosedRange<UInt64>).map { seed in
            applied(augmentation, seed: seed, to: white).count { $0 < 0.5 }
        }
        #expect(
            shares.contains { $0 > side * side / 8 } && !shares.contains { $0 > side * side * 3 / 4 + 64 })
    }

    @Test func onePartTurnedOffLeavesTheOthersAsTheyWere() {
        var without = Augmentation()
        (without.contrast, without.gamma, without.brightness, without.noise) = (0, 0, 0, 0)
        var geometry = Augmentation.none
        (geometry.rotation, geometry.translation) = (without.rotation, without.translation)
        (geometry.scale, geometry.mirror) = (without.scale, without.mirror)
        without.cutout = 0
        #expect(applied(without) == applied(geometry))
    }

    @Test func noiseHasTheDeviationThatWasDrawn() {
        var augmentation = Augmentation.none
        augmentation.noise = 0.1
        let flat = [Float](repeating: 0.5, count: side * side)
        for seed in 1...4 as ClosedRange<UInt64> {
            let result = applied(augmentation, seed: seed, to: flat).map { Double($0) - 0.5 }
            let mean = result.reduce(0, +) / Double(result.count)
            let deviation = (result.reduce(0) { $0 + $1 * $1 } / Double(result.count)).squareRoot()
            #expect(abs(mean) < 0.02 && deviation < 0.11 && deviation > 0)
        }
    }

    @Test func cutoutPaintsARectangleOfTheMean() {
        var augmentation = Augmentation.none
        (augmentation.cutout, augmentation.cutoutSide) = (1, 0.5)
        let (image, result) = (grey, applied(augmentation, seed: 3))
        let changed = image.indices.filter { image[$0] != result[$0] }
        let mean = image.reduce(0, +) / Float(image.count)
        #expect(!changed.isEmpty && changed.count <= side * side / 4)
        #expect(changed.allSatisfy { abs(result[$0] - mean) < 1e-5 })
    }
}
