/// Counts of truth against answer.
package struct ConfusionMatrix: Sendable, Equatable {
    /// Rows are the truth, columns the answer.
    package let counts: [[Int]]

    /// Counts pairs; every index is below `classCount`.
    package init(truth: [Int], answers: [Int], classCount: Int) {
        precondition(truth.count == answers.count)
        var counts = Array(repeating: Array(repeating: 0, count: classCount), count: classCount)
        for (row, column) in zip(truth, answers) { counts[row][column] += 1 }
        self.counts = counts
    }

    /// All pairs.
    package var total: Int { counts.joined().reduce(0, +) }
    /// Pairs where the answer is the truth.
    package var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

    /// Precision, recall, F1 and support of each class.
    package var scores: [ClassScores] {
        counts.indices.map { index in
            let support = counts[index].reduce(0, +)
            let answered = counts.reduce(0) { $0 + $1[index] }
            return ClassScores(correct: counts[index][index], answered: answered, support: support)
        }
    }
}

/// How well one class is found.
package struct ClassScores: Sendable, Equatable, Codable {
    /// Of the images that were called this class, the part that is; 0 where none was called so.
    package let precision: Double
    /// Of the images of this class, the part that was called so; 0 where there is none.
    package let recall: Double
    /// The harmonic mean of the two; 0 where both are.
    package let f1: Double
    /// How many images of this class there are.
    package let support: Int

    /// The scores from counts, with scikit-learn's convention (`zero_division=0`) where a quotient is not defined.
    package init(correct: Int, answered: Int, support: Int) {
        precision = answered > 0 ? Double(correct) / Double(answered) : 0
        recall = support > 0 ? Double(correct) / Double(support) : 0
        f1 = answered + support > 0 ? 2 * Double(correct) / Double(answered + support) : 0
        self.support = support
    }
}
