internal import Classification

/// The report of an evaluation as one self-contained page.
package struct EvaluationPage {
    private let evaluation: ModelEvaluation

    /// The most mistakes that are shown.
    package static let mistakeCountMax = 24
    private static let pictureSide = 220

    /// The page about an evaluation.
    package init(_ evaluation: ModelEvaluation) { self.evaluation = evaluation }

    /// Draws the page.
    ///
    /// - Parameter heatMap: the picture of an item with where the network looked, as a PNG file's bytes; nil where there
    ///   is none.
    package func page(heatMap: (DataSet.Item) -> [UInt8]?) -> HTMLPage {
        let (model, assessment) = (evaluation.model, evaluation.assessment)
        var page = HTMLPage(title: "Evaluation of \(model.name) \(model.version)")
        let interval = assessment.accuracyInterval
        page.paragraph(
            "Data: \(evaluation.dataSet.source), \(assessment.count) images. Weights: \(model.weights.sha256)."
        )
        page.paragraph(
            "Accuracy \(Assessment.percent(assessment.accuracy)), 95 % interval \(Assessment.percent(interval.low)) to "
                + "\(Assessment.percent(interval.high)) (Wilson), by the largest probability of every image. The model "
                + "answered \(Assessment.percent(assessment.coverage)) of the images"
                + (assessment.answeredAccuracy.map {
                    "; \(Assessment.percent($0)) of those answers are right."
                } ?? "."))
        page.table(header: Assessment.scoreHeader, rows: assessment.scoreRows)
        let chosen = assessment.answeredAccuracy.map { (coverage: assessment.coverage, accuracy: $0) }
        page.row([
            Chart.matrix(
                assessment.confusion, labels: assessment.labels, title: "Truth (rows) and answer (columns)"),
            Chart.bars(
                zip(assessment.labels, assessment.scores.map(\.support)).map { ($0, $1) },
                title: "Images per class"),
        ])
        page.row([
            Chart.coverage(
                assessment.curve, chosen: chosen, title: "Coverage and accuracy; the dot is this model"),
            Chart.reliability(
                assessment.calibration,
                title:
                    "Reliability, calibration error \(Assessment.decimal(assessment.calibration.expectedError))"
            ),
        ])
        addMistakes(to: &page, heatMap: heatMap)
        if !evaluation.damaged.isEmpty {
            page.heading("Files without an answer: \(evaluation.damaged.count)")
            page.list(evaluation.damaged.map { "\($0.file): \($0.reason)" })
        }
        return page
    }

    private func addMistakes(to page: inout HTMLPage, heatMap: (DataSet.Item) -> [UInt8]?) {
        let mistakes = evaluation.mistakes
        guard !mistakes.isEmpty else { return page.paragraph("No mistakes.") }
        page.heading("Mistakes: \(mistakes.count), the surest first")
        var shown: [(caption: String, png: [UInt8]?)] = []
        for index in mistakes.prefix(Self.mistakeCountMax) {
            let (answer, counted) = (evaluation.answers[index], evaluation.assessment.cases[index])
            let labels = evaluation.assessment.labels
            let caption =
                "\(answer.item.name): \(labels[counted.truth]), answered \(labels[counted.answer]) at "
                + Assessment.percent(counted.confidence) + (counted.isAbstained ? " (abstained)" : "")
            shown.append((caption, heatMap(answer.item)))
        }
        page.gallery(shown, of: mistakes.count, width: Self.pictureSide)
    }
}
