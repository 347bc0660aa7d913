internal import EfficientNet

/// Classic classifiers on the folds of a cross-validation.
package enum Baseline: String, Sendable, CaseIterable {
    /// 300 trees on image features.
    case randomForest = "random forest, image features"
    /// Boosted trees on image features.
    case gradientBoosting = "gradient boosting, image features"
    /// Neighbours by the starting network's features.
    case nearestNeighbours = "nearest neighbours, network features"
    /// Logistic regression on the starting network's features.
    case logisticRegression = "logistic regression, network features"

    /// Whether it sees the starting network's pooled features instead of the image's own.
    package var usesNetwork: Bool { self == .nearestNeighbours || self == .logisticRegression }
}

/// What baselines see of a data set.
package struct BaselineData: Sendable {
    /// HOG, histogram and thumbnail of each image.
    package let image: FeatureMatrix
    /// The starting network's pooled features of each image.
    package let network: FeatureMatrix
    /// The true classes.
    package let truth: [Int]
    /// How many classes there are.
    package let classCount: Int
    /// What belongs together.
    package let groups: Groups

    /// The data as given.
    package init(
        image: FeatureMatrix, network: FeatureMatrix, truth: [Int], classCount: Int, groups: Groups
    ) {
        self.image = image
        self.network = network
        self.truth = truth
        self.classCount = classCount
        self.groups = groups
    }

    /// Computes both kinds of features.
    ///
    /// - Parameter progress: called with the number of images whose network features are done.
    package init(
        _ set: LearningSet, start: TrainingStart, threadCount: Int, progress: (Int) -> Void = { _ in }
    ) throws(LearningError) {
        let side = start.settings.side
        let network = try start.network(threadCount: threadCount)
        var rows: [[Float]] = []
        for image in set.images {
            rows.append(network.features(set.input.pixels(image.grey)))
            progress(rows.count)
        }
        self.init(
            image: FeatureMatrix(set.images.map { ImageFeatures.features(grey: $0.grey, side: side) }),
            network: FeatureMatrix(rows), truth: set.images.map(\.classIndex), classCount: set.classes.count,
            groups: set.survey.groups)
    }
}

extension Baseline {
    /// Probabilities of every image, each by a classifier that learned from the other folds.
    ///
    /// What has to be chosen is chosen within those.
    package func probabilities(
        _ data: BaselineData, folds: Folds, seed: UInt64, progress: (Int) -> Void = { _ in }
    ) throws(LearningError) -> [[Double]] {
        let features = usesNetwork ? data.network : data.image
        var result = [[Double]](repeating: [], count: data.truth.count)
        for fold in 0..<folds.foldCount {
            let (others, members) = (folds.others(than: fold), folds.members(of: fold))
            let found = try probabilities(
                training: features.rows(others), truth: others.map { data.truth[$0] },
                test: features.rows(members), classCount: data.classCount, groups: data.groups.subset(others),
                seed: seed)
            for (image, probabilities) in zip(members, found) { result[image] = probabilities }
            progress(fold + 1)
        }
        return result
    }

    private func probabilities(
        training: FeatureMatrix, truth: [Int], test: FeatureMatrix, classCount: Int, groups: Groups,
        seed: UInt64
    ) throws(LearningError) -> [[Double]] {
        switch self {
        case .randomForest:
            try TreeEnsemble.randomForest(featureCount: training.columnCount).probabilities(
                training: training, truth: truth, test: test, classCount: classCount, seed: seed)
        case .gradientBoosting:
            try TreeEnsemble.gradientBoosting.probabilities(
                training: training, truth: truth, test: test, classCount: classCount, seed: seed)
        case .nearestNeighbours:
            NearestNeighbours.probabilities(
                training: training, truth: truth, test: test, classCount: classCount)
        case .logisticRegression:
            try LogisticRegression.probabilities(
                training: training, truth: truth, test: test, classCount: classCount, groups: groups,
                seed: seed)
        }
    }
}
