/// k nearest neighbours by the cosine of standardised features.
package enum NearestNeighbours {
    /// The numbers of neighbours that are tried.
    package static let counts = [1, 3, 5, 9, 15]

    /// Probabilities of the test rows: votes weighted by similarity.
    ///
    /// How many neighbours vote is chosen on the training rows, each left out in turn: the number with most right answers,
    /// the smaller one of equals.
    package static func probabilities(
        training: FeatureMatrix, truth: [Int], test: FeatureMatrix, classCount: Int
    ) -> [[Double]] {
        let scale = training.scale
        let known = Directions(training.scaled(by: scale))
        let own = (0..<training.rowCount).map { row in
            known.ranked(by: known.rows[row]).filter { $0.index != row }
        }
        func rightCount(_ count: Int) -> Int {
            own.indices.count { row in
                let votes = vote(own[row].prefix(count), truth, classCount)
                return votes.firstIndex(of: votes.max() ?? 0) == truth[row]
            }
        }
        let rights = counts.map(rightCount)
        let best = rights.indices.reduce(0) { rights[$1] > rights[$0] ? $1 : $0 }
        let asked = Directions(test.scaled(by: scale))
        return asked.rows.map { vote(known.ranked(by: $0).prefix(counts[best]), truth, classCount) }
    }

    private static func vote(
        _ neighbours: ArraySlice<Directions.Neighbour>, _ truth: [Int], _ classCount: Int
    ) -> [Double] {
        // A little for every class: no number of neighbours makes certain.
        var votes = [Double](repeating: 0.1, count: classCount)
        for neighbour in neighbours { votes[truth[neighbour.index]] += max(neighbour.cosine, 1e-3) }
        let sum = votes.reduce(0, +)
        return votes.map { $0 / sum }
    }
}

/// Rows of length 1.
private struct Directions {
    struct Neighbour {
        let index: Int
        let cosine: Double
    }

    let rows: [[Float]]

    init(_ matrix: FeatureMatrix) {
        rows = (0..<matrix.rowCount).map { index in
            let row = matrix.row(index)
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return row.map { length > 0 ? $0 / length : 0 }
        }
    }

    /// All rows, the most similar first, equals in their order.
    func ranked(by row: [Float]) -> [Neighbour] {
        let all = rows.indices.map { index in
            var sum: Float = 0
            for column in row.indices { sum += row[column] * rows[index][column] }
            return Neighbour(index: index, cosine: Double(sum))
        }
        return all.sorted { ($1.cosine, $0.index) < ($0.cosine, $1.index) }
    }
}
