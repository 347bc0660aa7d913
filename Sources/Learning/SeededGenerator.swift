internal import Foundation

/// Random numbers that are the same for the same seed on every machine and in every version of this program.
///
/// xoshiro256** 1.0 seeded by SplitMix64, as its authors recommend (Blackman and Vigna, "Scrambled linear pseudorandom
/// number generators", 2021). The standard library's `shuffled(using:)` and `random(in:using:)` do not promise their
/// algorithm, so the draws that decide a training are made here.
package struct SeededGenerator: RandomNumberGenerator, Sendable, Equatable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// The stream of a seed.
    ///
    /// - Parameter path: numbers that name a stream of its own within the seed, such as a purpose, an epoch and an
    ///   image: what one stream draws does not change what another one draws.
    package init(seed: UInt64, path: [UInt64] = []) {
        var mixer = seed
        for step in path { mixer = Self.splitMix(&mixer) ^ (step &* 0xD1B5_4A32_D192_ED03) }
        state = (
            Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer)
        )
    }

    /// 64 random bits.
    package mutating func next() -> UInt64 {
        let result = Self.rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotated(state.3, by: 45)
        return result
    }

    /// Evenly distributed in 0 ..< 1, in steps of 2⁻⁵³.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Evenly distributed in `range`.
    package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    /// True with this probability; 0 never, 1 always.
    package mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// Evenly distributed in 0 ..< `count`, without the bias of a remainder (Lemire's multiplication).
    package mutating func index(below count: Int) -> Int {
        precondition(count > 0, "an index needs something to point into")
        let bound = UInt64(count)
        var product = next().multipliedFullWidth(by: bound)
        let threshold = (0 &- bound) % bound
        while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        return Int(product.high)
    }

    /// Normally distributed with mean 0 and standard deviation 1 (Box and Muller; one of the pair is dropped).
    package mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    /// Distributed as Beta(`alpha`, `alpha`), 0…1, for `alpha` above 0 and up to 1 (Jöhnk 1964; in logarithms, since
    /// powers of small numbers vanish).
    package mutating func beta(_ alpha: Double) -> Double {
        precondition(alpha > 0 && alpha <= 1, "a shape for which half of the pairs or more are taken")
        while true {
            let (x, y) = (log(1 - unit()) / alpha, log(1 - unit()) / alpha)
            if exp(x) + exp(y) <= 1 { return 1 / (1 + exp(y - x)) }
        }
    }

    /// The elements in random order (Fisher and Yates).
    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        guard result.count > 1 else { return result }
        for last in stride(from: result.count - 1, to: 0, by: -1) {
            result.swapAt(last, index(below: last + 1))
        }
        return result
    }

    /// Equal where every further draw is equal.
    package static func == (left: SeededGenerator, right: SeededGenerator) -> Bool {
        left.state == right.state
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private static func rotated(_ value: UInt64, by count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }
}
