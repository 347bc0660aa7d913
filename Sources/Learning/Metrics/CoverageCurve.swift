/// What abstaining buys: at each threshold on the largest probability, how many images are answered, and how well.
package struct CoverageCurve: Sendable, Equatable {
    /// One threshold.
    package struct Point: Sendable, Equatable, Codable {
        /// Images with a largest probability of at least this are answered.
        package let threshold: Double
        /// The part of the images that is answered.
        package let coverage: Double
        /// The part of the answered images that is right.
        package let accuracy: Double
    }

    /// The points by falling threshold, one for each value that occurs; the last one answers everything.
    package let points: [Point]

    /// The curve of all thresholds.
    package init(confidences: [Double], isRight: [Bool]) {
        precondition(confidences.count == isRight.count)
        let order = confidences.indices.sorted { confidences[$0] > confidences[$1] }
        var points: [Point] = []
        var right = 0
        for (position, index) in order.enumerated() {
            right += isRight[index] ? 1 : 0
            // Equal confidences are answered together: no threshold separates them.
            let isLast = position + 1 == order.count
            guard isLast || confidences[order[position + 1]] < confidences[index] else { continue }
            let answered = Double(position + 1)
            points.append(
                Point(
                    threshold: confidences[index], coverage: answered / Double(order.count),
                    accuracy: Double(right) / answered))
        }
        self.points = points
    }

    /// The mean error over all coverages (the area under the risk–coverage curve): small where the doubtful are wrong.
    package var riskArea: Double {
        var area = 0.0
        var before = 0.0
        for point in points {
            area += (point.coverage - before) * (1 - point.accuracy)
            before = point.coverage
        }
        return area
    }
}
