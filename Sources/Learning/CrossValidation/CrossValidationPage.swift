internal import Classification

extension CrossValidationReport {
    /// The most mistakes that are named or shown.
    package static let mistakeCountMax = 24
    private static let pictureSide = 220

    /// The report as one self-contained page.
    ///
    /// - Parameter picture: a mistake's picture as a PNG file's bytes; nil where the page is to hold none.
    package func page(picture: (FoldResult.Case) -> [UInt8]? = { _ in nil }) -> HTMLPage {
        let assessment = network.assessment
        let interval = assessment.accuracyInterval
        var page = HTMLPage(title: "Cross-validation: \(network.name)")
        for fact in facts { page.paragraph(fact) }
        if !isComplete {
            page.paragraph("\(folds.count) of \(foldCount) folds are done; the figures are of these alone.")
        }
        page.paragraph(
            "Accuracy \(Assessment.percent(assessment.accuracy)), 95 % interval \(Assessment.percent(interval.low)) to "
                + "\(Assessment.percent(interval.high)) (Wilson), over \(assessment.count) images, each tested once by a "
                + "network that had not seen it or anything tied to it. Folds: mean "
                + "\(Assessment.percent(foldAccuracy.mean)), standard deviation \(Assessment.percent(foldAccuracy.deviation)). "
                + "\(Assessment.percent(assessment.coverage)) of the images were answered"
                + (assessment.answeredAccuracy.map { ", \(Assessment.percent($0)) of these right" } ?? "")
                + ". The \"unlike the training data\" test called \(Assessment.percent(falseAlarmRate)) of them unlike."
        )
        page.table(header: Self.comparisonHeader, rows: comparison)
        if !baselines.isEmpty {
            page.markup(
                Chart.accuracies(
                    ([network] + baselines).map { method in
                        let interval = method.assessment.accuracyInterval
                        return Chart.Accuracy(
                            name: method.name, value: method.assessment.accuracy, low: interval.low,
                            high: interval.high)
                    }, title: "Accuracy and its 95 % interval"))
        }
        page.heading(network.name)
        page.table(header: Assessment.scoreHeader, rows: assessment.scoreRows)
        page.row([
            Chart.matrix(
                assessment.confusion, labels: assessment.labels, title: "Truth (rows) and answer (columns)"),
            Chart.reliability(
                assessment.calibration,
                title:
                    "Reliability, calibration error \(Assessment.decimal(assessment.calibration.expectedError))"
            ),
        ])
        let chosen = assessment.answeredAccuracy.map { (coverage: assessment.coverage, accuracy: $0) }
        let coverage = Chart.coverage(
            assessment.curve, chosen: chosen, title: "Coverage and accuracy; the dot is the rule's choice")
        // A training that learned from all images watched none.
        let histories = folds.map(\.history).filter { $0.contains { $0.validationLoss != nil } }
        page.row(
            histories.isEmpty
                ? [coverage]
                : [coverage, Chart.history(histories, title: "Loss on the images that the folds chose by")])
        page.heading("Folds")
        page.table(header: Self.foldHeader, rows: foldRows)
        addMistakes(to: &page, picture)
        return page
    }

    private func addMistakes(to page: inout HTMLPage, _ picture: (FoldResult.Case) -> [UInt8]?) {
        let mistakes = mistakes
        guard !mistakes.isEmpty else { return page.paragraph("No mistakes.") }
        page.heading("Mistakes: \(mistakes.count), the surest first")
        var shown: [(caption: String, png: [UInt8]?)] = []
        for item in mistakes.prefix(Self.mistakeCountMax) {
            let best = item.probabilities.max() ?? 0
            let answer = item.probabilities.firstIndex(of: best) ?? 0
            let caption =
                "\(item.name): \(labels[item.truth]), answered \(labels[answer]) at \(Assessment.percent(best))"
                + (item.abstention == nil ? "" : " (abstained)")
            shown.append((caption, picture(item)))
        }
        page.gallery(shown, of: mistakes.count, width: Self.pictureSide)
    }
}
