package import Classification

/// A model's answers on a data set whose classes are known.
package struct ModelEvaluation: Sendable {
    /// One image and its answer.
    package struct Answer: Sendable {
        /// The image.
        package let item: DataSet.Item
        /// The answer.
        package let prediction: Prediction
    }

    /// A file that got no answer.
    package struct Damaged: Sendable, Equatable, Encodable {
        /// The file.
        package let file: String
        /// Why not, in a sentence.
        package let reason: String
    }

    /// The model that answered.
    package let model: ModelDescription
    /// The data set, its classes in the order of the model's labels.
    package let dataSet: DataSet
    /// The answers in the order of the items.
    package let answers: [Answer]
    /// The files that could not be answered; they count nowhere else.
    package let damaged: [Damaged]
    /// Everything that is counted.
    package let assessment: Assessment

    /// Answers every image.
    ///
    /// Throws `data` where a class is not among the model's labels, or no image could be answered.
    ///
    /// - Parameters:
    ///   - answer: opens, prepares and classifies one file; the error's description says what is wrong with it.
    ///   - progress: called after each file with the number of files done.
    package init(
        of model: ModelDescription, on dataSet: DataSet, answer: (_ path: String) throws -> Prediction,
        progress: (Int) -> Void = { _ in }
    ) throws(LearningError) {
        let labels = model.labels.map(\.name)
        let ordered = try dataSet.ordered(as: labels)
        var answers: [Answer] = []
        var damaged: [Damaged] = []
        for (index, item) in ordered.items.enumerated() {
            do {
                answers.append(Answer(item: item, prediction: try answer(item.path)))
            } catch {
                damaged.append(Damaged(file: item.name, reason: "\(error)"))
            }
            progress(index + 1)
        }
        guard !answers.isEmpty else {
            throw .data(
                "none of its \(ordered.items.count) images could be answered; the first: "
                    + (damaged.first.map { "\($0.file): \($0.reason)" } ?? "there is none"))
        }
        self.model = model
        self.dataSet = ordered
        self.answers = answers
        self.damaged = damaged
        assessment = Assessment(
            labels: labels,
            cases: answers.map {
                Assessment.Case(
                    truth: $0.item.classIndex, probabilities: $0.prediction.probabilities,
                    isAbstained: $0.prediction.answerIndex == nil)
            })
    }

    /// Positions of the wrong answers, the surest first: mistakes that nobody would have doubted.
    package var mistakes: [Int] {
        let cases = assessment.cases
        return cases.indices.filter { !cases[$0].isRight }.sorted { left, right in
            let (isLeft, isRight) = (cases[left].isAbstained, cases[right].isAbstained)
            if isLeft != isRight { return isRight }
            return cases[left].confidence > cases[right].confidence
        }
    }
}
