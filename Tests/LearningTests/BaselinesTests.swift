import Learning
import Testing

/// Three classes as clouds around three points, and columns of noise that say nothing.
private func clouds(perClass count: Int, seed: UInt64) -> (matrix: FeatureMatrix, truth: [Int]) {
    var generator = SeededGenerator(seed: seed)
    let truth = (0..<3 * count).map { $0 % 3 }
    let rows = truth.map { classIndex in
        let centre = [[0.0, 0], [3, 0], [0, 3]][classIndex]
        return [
            Float(centre[0] + 0.7 * generator.normal()), Float(100 * (centre[1] + 0.7 * generator.normal())),
            Float(generator.normal()), Float(generator.normal()),
        ]
    }
    return (FeatureMatrix(rows), truth)
}

struct BaselinesTests {
    private let training = clouds(perClass: 40, seed: 1)
    private let test = clouds(perClass: 40, seed: 2)

    private func accuracy(_ probabilities: [[Double]]) -> Double {
        for row in probabilities { #expect(abs(row.reduce(0, +) - 1) < 1e-4) }
        let right = zip(probabilities, test.truth).count { $0.0.firstIndex(of: $0.0.max() ?? 0) == $0.1 }
        return Double(right) / Double(test.truth.count)
    }

    @Test func forestFindsTheClouds() throws {
        let forest = TreeEnsemble.randomForest(featureCount: 4, treeCount: 50)
        let found = try forest.probabilities(
            training: training.matrix, truth: training.truth, test: test.matrix, classCount: 3, seed: 1)
        #expect(accuracy(found) > 0.93)
        #expect(
            try forest.probabilities(
                training: training.matrix, truth: training.truth, test: test.matrix, classCount: 3, seed: 1)
                == found)
    }

    @Test func boostingFindsTheClouds() throws {
        let found = try TreeEnsemble.gradientBoosting.probabilities(
            training: training.matrix, truth: training.truth, test: test.matrix, classCount: 3, seed: 1)
        #expect(accuracy(found) > 0.93)
    }

    @Test func whatXGBoostRefusesIsAnErrorWithItsWords() {
        let ensemble = TreeEnsemble(parameters: ["eta": "a lot"], roundCount: 1)
        #expect(throws: LearningError.self) {
            try ensemble.probabilities(
                training: training.matrix, truth: training.truth, test: test.matrix, classCount: 3, seed: 1)
        }
    }

    @Test func neighboursFindTheClouds() {
        let found = NearestNeighbours.probabilities(
            training: training.matrix, truth: training.truth, test: test.matrix, classCount: 3)
        #expect(accuracy(found) > 0.85)
    }

    @Test func regressionFindsTheClouds() throws {
        let found = try LogisticRegression.probabilities(
            training: training.matrix, truth: training.truth, test: test.matrix, classCount: 3,
            groups: Groups(count: training.truth.count), seed: 1)
        #expect(accuracy(found) > 0.93)
    }

    @Test func imagesWithTheSameGradientsHaveTheSameDirections() {
        let side = 32
        let across = (0..<side * side).map { Float($0 % side) / Float(side) }
        let down = (0..<side * side).map { Float($0 / side) / Float(side) }
        let brighter = across.map { $0 * 0.5 + 0.2 }
        let features = [across, down, brighter].map { ImageFeatures.features(grey: $0, side: side) }
        #expect(features.allSatisfy { $0.count == ImageFeatures.count && $0.allSatisfy(\.isFinite) })
        let gradientCount = 7 * 7 * 36
        func difference(_ left: Int, _ right: Int) -> Float {
            zip(features[left], features[right]).prefix(gradientCount).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        #expect(difference(0, 2) < 0.05 * difference(0, 1))
    }
}
