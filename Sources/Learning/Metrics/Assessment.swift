/// Everything that is counted about a classifier's answers on images whose class is known.
///
/// Accuracy and the confusion matrix are by the largest probability of every image, abstained or not, so that they can
/// be compared with other work; what the abstentions change stands beside them.
package struct Assessment: Sendable, Equatable {
    /// One image: what it is, and what the model says.
    package struct Case: Sendable, Equatable {
        /// Index of the true class.
        package let truth: Int
        /// Calibrated probabilities in the order of the labels.
        package let probabilities: [Double]
        /// Whether the model abstained.
        package let isAbstained: Bool

        /// A case as given.
        package init(truth: Int, probabilities: [Double], isAbstained: Bool = false) {
            self.truth = truth
            self.probabilities = probabilities
            self.isAbstained = isAbstained
        }

        /// The class with the largest probability; the first of equals.
        package var answer: Int {
            probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
        }
        /// The largest probability.
        package var confidence: Double { probabilities[answer] }
        /// Whether the class with the largest probability is the true one.
        package var isRight: Bool { answer == truth }
    }

    /// The labels in order.
    package let labels: [String]
    /// The images.
    package let cases: [Case]
    /// Truth against answer.
    package let confusion: ConfusionMatrix
    /// Per class, in the order of the labels.
    package let scores: [ClassScores]
    /// Area under the curve of each class against the rest; nil where it is not defined.
    package let areas: [Double?]
    /// How far the probabilities can be trusted.
    package let calibration: Calibration
    /// What abstaining at other thresholds would give.
    package let curve: CoverageCurve

    /// Counts; there is at least one case, and each has a probability for every label.
    package init(labels: [String], cases: [Case]) {
        precondition(!cases.isEmpty && cases.allSatisfy { $0.probabilities.count == labels.count })
        self.labels = labels
        self.cases = cases
        let truth = cases.map(\.truth)
        let confidences = cases.map(\.confidence)
        let isRight = cases.map(\.isRight)
        confusion = ConfusionMatrix(truth: truth, answers: cases.map(\.answer), classCount: labels.count)
        scores = confusion.scores
        areas = AreaUnderCurve.oneVersusRest(
            probabilities: cases.map(\.probabilities), truth: truth, classCount: labels.count)
        calibration = Calibration(confidences: confidences, isRight: isRight)
        curve = CoverageCurve(confidences: confidences, isRight: isRight)
    }

    /// How many images.
    package var count: Int { cases.count }
    /// The part that is right by the largest probability.
    package var accuracy: Double { Double(confusion.correct) / Double(count) }
    /// Its 95 % interval.
    package var accuracyInterval: WilsonInterval {
        WilsonInterval(successes: confusion.correct, trials: count)
    }
    /// The mean F1 of the classes that occur, in truth or in an answer: scikit-learn's macro average.
    package var macroF1: Double { macro(\.f1) }
    /// The mean F1 weighted by support.
    package var weightedF1: Double { weighted(\.f1) }
    /// The mean area of the classes that have one; nil where none has.
    package var macroArea: Double? {
        let defined = areas.compactMap(\.self)
        return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
    }
    /// The part of the images that the model answered.
    package var coverage: Double { Double(cases.count { !$0.isAbstained }) / Double(count) }
    /// The part of the answered images that is right; nil where all were abstained.
    package var answeredAccuracy: Double? {
        let answered = cases.filter { !$0.isAbstained }
        return answered.isEmpty ? nil : Double(answered.count { $0.isRight }) / Double(answered.count)
    }
    /// The mean squared distance of the probabilities from certainty of the truth (Brier 1950), 0 to 2.
    package var brier: Double {
        cases.reduce(0) { total, item in
            total
                + item.probabilities.enumerated().reduce(0) { sum, entry in
                    let distance = entry.element - (entry.offset == item.truth ? 1 : 0)
                    return sum + distance * distance
                }
        } / Double(count)
    }

    /// A score averaged over the classes that occur in truth or answers.
    package func macro(_ score: (ClassScores) -> Double) -> Double {
        let occurring = scores.indices.filter { index in
            scores[index].support > 0 || confusion.counts.contains { $0[index] > 0 }
        }
        return occurring.reduce(0) { $0 + score(scores[$1]) } / Double(max(occurring.count, 1))
    }

    /// A score averaged over the classes, weighted by support.
    package func weighted(_ score: (ClassScores) -> Double) -> Double {
        scores.reduce(0) { $0 + score($1) * Double($1.support) } / Double(count)
    }
}
