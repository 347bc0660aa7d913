/// What the network says about one image: calibrated probabilities, and an answer or an abstention.
///
/// The JSON of this value is what the work queue stores, so its keys are as binding as a file format.
package struct Prediction: Codable, Sendable, Equatable {
    /// Calibrated probabilities in the order of the bundle's labels; they add up to 1.
    package let probabilities: [Double]

    /// The index, from 0, of the class that is the answer; nil where the model abstains.
    package let answerIndex: Int?

    /// Why the model abstains, in one sentence; nil where it answers.
    package let abstention: String?

    /// A prediction that answers: the class at `answerIndex`.
    ///
    /// An index without a probability is a fault of the caller and stops the process.
    package init(probabilities: [Double], answerIndex: Int) {
        precondition(probabilities.indices.contains(answerIndex), "an answer must have a probability")
        self.probabilities = probabilities
        self.answerIndex = answerIndex
        abstention = nil
    }

    /// A prediction that does not answer, with the reason in one sentence.
    package init(probabilities: [Double], abstention: String) {
        self.probabilities = probabilities
        answerIndex = nil
        self.abstention = abstention
    }

    /// The index, from 0, of the largest probability, answered or not; the first of equal ones; nil of none.
    package var likeliestIndex: Int? {
        guard let largest = probabilities.max() else { return nil }
        return probabilities.firstIndex(of: largest)
    }
}
