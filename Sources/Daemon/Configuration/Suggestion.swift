/// Finds what somebody who mistyped a name probably meant.
package enum Suggestion {
    /// The nearest candidate, if it is near enough to be worth proposing.
    ///
    /// Near enough: one slip in three characters, at least two in all; upper and lower case are the same.
    package static func nearest(to name: String, among candidates: [String]) -> String? {
        let ranked = candidates.map {
            (candidate: $0, distance: distance(name.lowercased(), $0.lowercased()))
        }
        guard let best = ranked.min(by: { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }) else {
            return nil
        }
        return best.distance <= max(2, name.count / 3) && best.distance < max(name.count, 1)
            ? best.candidate : nil
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other
    /// (optimal string alignment).
    package static func distance(_ first: String, _ second: String) -> Int {
        let a = Array(first)
        let b = Array(second)
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                let replaced = last[j] + (a[i] == b[j] ? 0 : 1)
                var best = min(replaced, last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
