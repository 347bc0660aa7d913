package import Classification

/// What the folds that are done say together, and the baselines on the same folds.
package struct CrossValidationReport: Sendable {
    /// A classifier and all its answers.
    package struct Method: Sendable {
        /// What it is called in the table.
        package let name: String
        /// Its answers on the test folds, counted.
        package let assessment: Assessment

        /// A method as given.
        package init(name: String, assessment: Assessment) {
            self.name = name
            self.assessment = assessment
        }
    }

    /// The names of the classes.
    package let labels: [String]
    /// What decided every training.
    package let recipe: TrainingRecipe
    /// The views whose probabilities are averaged.
    package let views: ViewSettings
    /// The folds that are done, in order.
    package let folds: [FoldResult]
    /// How many there are to be.
    package let foldCount: Int
    /// All their test images together.
    package let network: Method
    /// The baselines, on the same test images.
    package let baselines: [Method]
    /// What it was made of: data, start, recipe, in sentences.
    package let facts: [String]

    /// Puts folds together; throws `data` where none is done.
    package init(
        labels: [String], recipe: TrainingRecipe, views: ViewSettings, folds: [FoldResult], foldCount: Int,
        networkName: String, baselines: [Method] = [], facts: [String] = []
    ) throws(LearningError) {
        let cases = folds.flatMap(\.assessed)
        guard !cases.isEmpty else { throw .data("no fold is done yet, there is nothing to report") }
        self.labels = labels
        self.recipe = recipe
        self.views = views
        self.folds = folds
        self.foldCount = foldCount
        self.baselines = baselines
        self.facts = facts
        network = Method(name: networkName, assessment: Assessment(labels: labels, cases: cases))
    }

    /// Whether all folds are done.
    package var isComplete: Bool { folds.count == foldCount }

    /// The part of the test images that were called unlike the training images, all of which are like them.
    package var falseAlarmRate: Double {
        Double(folds.reduce(0) { $0 + $1.falseAlarmCount }) / Double(network.assessment.count)
    }

    /// Mean and standard deviation of the folds' accuracies; the latter 0 of a single fold.
    package var foldAccuracy: (mean: Double, deviation: Double) {
        let values = folds.map(\.accuracy)
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0)
    }

    /// The test images whose largest probability is wrong, the surest first, those abstained on last.
    package var mistakes: [FoldResult.Case] {
        func confidence(_ item: FoldResult.Case) -> Double { item.probabilities.max() ?? 0 }
        return folds.flatMap { fold in zip(fold.cases, fold.assessed).filter { !$0.1.isRight }.map(\.0) }
            .sorted { left, right in
                let (isLeft, isRight) = (left.abstention != nil, right.abstention != nil)
                if isLeft != isRight { return isRight }
                return (confidence(right), left.name) < (confidence(left), right.name)
            }
    }

    /// The header of `comparison`.
    package static let comparisonHeader = [
        "method", "accuracy", "95 % interval", "macro F1", "weighted F1", "AUC", "n",
    ]

    /// One row a method, the network first.
    package var comparison: [[String]] {
        ([network] + baselines).map(Self.comparisonRow)
    }

    /// A method's row in `comparison`.
    package static func comparisonRow(_ method: Method) -> [String] {
        let assessment = method.assessment
        let interval = assessment.accuracyInterval
        return [
            method.name, Assessment.decimal(assessment.accuracy),
            "\(Assessment.decimal(interval.low))–\(Assessment.decimal(interval.high))",
            Assessment.decimal(assessment.macroF1), Assessment.decimal(assessment.weightedF1),
            assessment.macroArea.map(Assessment.decimal) ?? "–", String(assessment.count),
        ]
    }

    /// The header of `foldRows`.
    package static let foldHeader = [
        "fold", "accuracy", "n", "trained on", "chosen by", "epoch", "temperature", "threshold", "distance",
        "false alarms",
    ]

    /// One row a fold.
    package var foldRows: [[String]] {
        folds.map { fold in
            [
                String(fold.fold), Assessment.decimal(fold.accuracy), String(fold.cases.count),
                String(fold.trainingCount), String(fold.validationCount), String(fold.epoch),
                Assessment.decimal(fold.temperature), Assessment.decimal(fold.threshold),
                Assessment.decimal(fold.distanceMax), String(fold.falseAlarmCount),
            ]
        }
    }

    /// The report as a person reads it on a terminal.
    package var text: String {
        let (mean, deviation) = foldAccuracy
        var lines = facts
        lines += [
            "",
            isComplete
                ? "\(foldCount) folds"
                : "\(folds.count) of \(foldCount) folds are done: figures are of these alone",
            "accuracy of the folds \(Assessment.percent(mean)), standard deviation \(Assessment.percent(deviation))",
            "false alarms of the \"unlike the training data\" test \(Assessment.percent(falseAlarmRate))", "",
            network.assessment.text, "",
        ]
        lines += Assessment.aligned([Self.foldHeader] + foldRows)
        if !baselines.isEmpty {
            lines += [""] + Assessment.aligned([Self.comparisonHeader] + comparison)
        }
        return lines.joined(separator: "\n")
    }
}

/// What `cross-validate --json` prints: the keys of `evaluate`, and more.
package struct CrossValidationSummary: Encodable, Sendable {
    private let summary: AssessmentSummary
    private let report: CrossValidationReport

    /// The numbers of a report.
    package init(_ report: CrossValidationReport) {
        summary = AssessmentSummary(report.network.assessment)
        self.report = report
    }

    private enum CodingKeys: String, CodingKey {
        case method, folds, foldCount, isComplete, foldAccuracyMean, foldAccuracyDeviation, falseAlarmRate
        case baselines, facts, answers, recipe, views
    }

    private struct Fold: Encodable {
        let fold, n, trainingCount, validationCount, epoch, falseAlarms: Int
        let accuracy, temperature, threshold, distanceMax: Double
    }

    /// What a fold's network said about one of its test images.
    private struct Answer: Encodable {
        let name, truth: String
        /// [views][classes], in the order of `labels`, before temperature and softmax.
        let logits: [[Double]]
        /// In the order of `labels`.
        let probabilities: [Double]
        let isAbstained: Bool
    }

    /// The summary's keys beside the others, not below one.
    package func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(report.network.name, forKey: .method)
        try container.encode(report.facts, forKey: .facts)
        try container.encode(report.recipe, forKey: .recipe)
        try container.encode(report.views, forKey: .views)
        try container.encode(report.foldCount, forKey: .foldCount)
        try container.encode(report.isComplete, forKey: .isComplete)
        try container.encode(report.foldAccuracy.mean, forKey: .foldAccuracyMean)
        try container.encode(report.foldAccuracy.deviation, forKey: .foldAccuracyDeviation)
        try container.encode(report.falseAlarmRate, forKey: .falseAlarmRate)
        try container.encode(
            report.folds.map {
                Fold(
                    fold: $0.fold, n: $0.cases.count, trainingCount: $0.trainingCount,
                    validationCount: $0.validationCount, epoch: $0.epoch, falseAlarms: $0.falseAlarmCount,
                    accuracy: $0.accuracy, temperature: $0.temperature, threshold: $0.threshold,
                    distanceMax: $0.distanceMax)
            }, forKey: .folds)
        try container.encode(
            report.folds.flatMap(\.cases).map {
                Answer(
                    name: $0.name, truth: report.labels[$0.truth], logits: $0.logits,
                    probabilities: $0.probabilities,
                    isAbstained: $0.abstention != nil)
            }, forKey: .answers)
        let baselines = report.baselines.map { ($0.name, AssessmentSummary($0.assessment)) }
        try container.encode(
            Dictionary(baselines) { first, _ in first }, forKey: .baselines)
    }
}
