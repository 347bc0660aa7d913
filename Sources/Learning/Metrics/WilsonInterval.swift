/// The score interval of a proportion (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it): unlike the textbook's
/// p ± 1.96 √(p(1−p)/n) it stays in 0 … 1 and keeps its promise for small n and for p near 1.
package struct WilsonInterval: Sendable, Equatable {
    /// The lower end.
    package let low: Double
    /// The upper end.
    package let high: Double

    /// The 97.5 % point of the normal distribution, for an interval of 95 %.
    private static let z = 1.959963984540054

    /// The 95 % interval of `successes` in `trials`; 0 … 1 without trials.
    package init(successes: Int, trials: Int) {
        precondition((0...trials).contains(successes))
        guard trials > 0 else {
            low = 0
            high = 1
            return
        }
        let n = Double(trials)
        let p = Double(successes) / n
        let z2 = Self.z * Self.z
        let centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        let half = Self.z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
        low = successes == 0 ? 0 : max(0, centre - half)
        high = successes == trials ? 1 : min(1, centre + half)
    }
}
