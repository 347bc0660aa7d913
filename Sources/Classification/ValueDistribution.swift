internal import Dicom

/// How often each value occurs in a frame, padding left out: what every statistic of the input stage is taken from.
///
/// Values are those after the modality transformation.
package struct ValueDistribution: Sendable, Equatable {
    /// The values that occur, ascending.
    package let values: [Double]
    /// How often each of them occurs.
    package let counts: [Int]
    /// How many pixels there are in all.
    package let total: Int

    /// A distribution of values in any order, each with how often it occurs. Values that are not finite are left out.
    package init(_ pairs: [(value: Double, count: Int)]) {
        var values: [Double] = []
        var counts: [Int] = []
        for (value, count) in pairs.filter({ $0.value.isFinite && $0.count > 0 }).sorted(by: {
            $0.value < $1.value
        }) {
            if values.last == value {
                counts[counts.count - 1] += count
            } else {
                values.append(value)
                counts.append(count)
            }
        }
        self.values = values
        self.counts = counts
        total = counts.reduce(0, +)
    }

    /// The smallest value below or at which at least this share, 0 to 1, of the pixels lies; nil of no pixels.
    package func percentile(_ share: Double) -> Double? {
        let rank = max(Int((share * Double(total)).rounded(.up)), 1)
        var sum = 0
        for (value, count) in zip(values, counts) {
            sum += count
            if sum >= rank { return value }
        }
        return values.last
    }

    /// The range between two robust percentiles; the whole range where these are one value. Nil of no pixels.
    package func robustRange(leavingOut share: Double) -> ClosedRange<Double>? {
        guard let first = values.first, let last = values.last, let lower = percentile(share),
            let upper = percentile(1 - share)
        else { return nil }
        return lower < upper ? lower...upper : first...last
    }

    /// Whether more than this share of the pixels becomes one end of the grey range although they differ.
    ///
    /// A background of a single value is at the end too, but nothing is lost there.
    package func isClipped(beyond share: Double, by grey: (Double) -> Double) -> Bool {
        let step = 0.5 / 255
        var (dark, darkValues, bright, brightValues) = (0, 0, 0, 0)
        for (value, count) in zip(values, counts) {
            let grey = grey(value)
            if grey < step {
                dark += count
                darkValues += 1
            } else if grey > 1 - step {
                bright += count
                brightValues += 1
            }
        }
        let limit = share * Double(total)
        return (Double(dark) > limit && darkValues > 1) || (Double(bright) > limit && brightValues > 1)
    }
}
