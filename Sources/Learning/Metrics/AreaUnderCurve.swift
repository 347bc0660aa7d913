/// The area under the receiver operating characteristic: the chance that a positive scores above a negative, ties half.
package enum AreaUnderCurve {
    /// The area; nil where one of the two sides is empty, since then there is no curve.
    ///
    /// By ranks (Mann and Whitney), equal scores sharing their mean rank: exact, and no matter of thresholds.
    package static func value(scores: [Double], isPositive: [Bool]) -> Double? {
        precondition(scores.count == isPositive.count)
        let positives = isPositive.count { $0 }
        let negatives = isPositive.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var rankSum = 0.0
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            // Ranks start + 1 … end share their mean.
            let rank = Double(start + 1 + end) / 2
            for position in start..<end where isPositive[order[position]] { rankSum += rank }
            start = end
        }
        let p = Double(positives)
        return (rankSum - p * (p + 1) / 2) / (p * Double(negatives))
    }

    /// The area of each class against all others; nil for a class that is absent or alone.
    package static func oneVersusRest(probabilities: [[Double]], truth: [Int], classCount: Int) -> [Double?] {
        (0..<classCount).map { index in
            value(scores: probabilities.map { $0[index] }, isPositive: truth.map { $0 == index })
        }
    }
}
