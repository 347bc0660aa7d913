internal import Foundation
internal import Tensor

/// Multinomial logistic regression on standardised features, with L2 regularisation.
///
/// Solved for the images' weights instead of the features' (the solution is a combination of the training rows), by
/// Nesterov's accelerated gradient descent: a step costs the square of the number of images.
package enum LogisticRegression {
    /// The strengths of regularisation that are tried.
    package static let strengths = [1e-3, 1e-2, 1e-1, 1]
    private static let stepCount = 300

    /// Probabilities of the test rows.
    ///
    /// The strength is chosen on a fifth of the training images that is held back, by their likelihood.
    package static func probabilities(
        training: FeatureMatrix, truth: [Int], test: FeatureMatrix, classCount: Int, groups: Groups,
        seed: UInt64
    ) throws(LearningError) -> [[Double]] {
        let split = try Holdout(
            classIndices: truth, classCount: classCount, groups: groups, fraction: 0.2, seed: seed)
        let (inner, watched) = (split.training, split.validation)
        let problem = Problem(
            training: training.rows(inner), truth: inner.map { truth[$0] }, classCount: classCount)
        let held = training.rows(watched)
        let losses = strengths.map { strength in
            let found = problem.probabilities(of: held, strength: strength)
            return zip(found, watched).reduce(0) { $0 - log(max($1.0[truth[$1.1]], 1e-12)) }
        }
        let best = losses.indices.reduce(0) { losses[$1] < losses[$0] ? $1 : $0 }
        return Problem(training: training, truth: truth, classCount: classCount)
            .probabilities(of: test, strength: strengths[best])
    }

    /// The training rows, their products with one another, and the truth.
    private struct Problem {
        let scale: ColumnScale
        let rows: FeatureMatrix
        let truth: [Int]
        let classCount: Int
        let products: [Float]

        init(training: FeatureMatrix, truth: [Int], classCount: Int) {
            scale = training.scale
            rows = training.scaled(by: scale)
            self.truth = truth
            self.classCount = classCount
            products = Problem.products(rows, rows)
        }

        func probabilities(of test: FeatureMatrix, strength: Double) -> [[Double]] {
            let weights = solved(strength)
            let across = Problem.products(test.scaled(by: scale), rows)
            return (0..<test.rowCount).map { softmax(scores(across, row: $0, weights)) }
        }

        /// One weight for each training image and class, and the offsets of the classes at the end.
        private func solved(_ strength: Double) -> [Double] {
            let count = rows.rowCount
            // The largest curvature is at most half the largest product of a row with all, per image, plus the strength.
            let largest =
                (0..<count).map { row in
                    products[row * count..<(row + 1) * count].reduce(0) { $0 + Double(abs($1)) }
                }.max() ?? 1
            let step = 1 / (0.5 * (largest / Double(count) + 1) + strength)
            var weights = [Double](repeating: 0, count: (count + 1) * classCount)
            var ahead = weights
            for iteration in 0..<stepCount {
                var next = ahead
                for row in 0..<count {
                    let found = softmax(scores(products, row: row, ahead))
                    for index in 0..<classCount {
                        let error = (found[index] - (truth[row] == index ? 1 : 0)) / Double(count)
                        let place = row * classCount + index
                        next[place] -= step * (error + strength * ahead[place])
                        next[count * classCount + index] -= step * error
                    }
                }
                let momentum = Double(iteration) / Double(iteration + 3)
                for place in next.indices {
                    ahead[place] = next[place] + momentum * (next[place] - weights[place])
                }
                weights = next
            }
            return weights
        }

        private func scores(_ products: [Float], row: Int, _ weights: [Double]) -> [Double] {
            let count = rows.rowCount
            var result = (0..<classCount).map { weights[count * classCount + $0] }
            for other in 0..<count {
                let product = Double(products[row * count + other])
                for index in 0..<classCount { result[index] += product * weights[other * classCount + index] }
            }
            return result
        }

        private func softmax(_ scores: [Double]) -> [Double] {
            let largest = scores.max() ?? 0
            let exponentials = scores.map { exp($0 - largest) }
            let sum = exponentials.reduce(0, +)
            return exponentials.map { $0 / sum }
        }

        /// Each row of one matrix times each of the other, divided by the number of columns.
        private static func products(_ left: FeatureMatrix, _ right: FeatureMatrix) -> [Float] {
            let (leftCount, rightCount, columnCount) = (left.rowCount, right.rowCount, left.columnCount)
            var result = [Float](repeating: 0, count: leftCount * rightCount)
            unsafe result.withUnsafeMutableBufferPointer { result in
                unsafe left.values.withUnsafeBufferPointer { left in
                    unsafe right.values.withUnsafeBufferPointer { right in
                        guard let output = result.baseAddress, let input = left.baseAddress,
                            let weight = right.baseAddress
                        else { return }
                        unsafe MatrixProduct.accumulate(
                            output, input: input, weight: weight, rowCount: leftCount,
                            inputCount: columnCount, outputCount: rightCount)
                    }
                }
            }
            let factor = 1 / Float(columnCount)
            return result.map { $0 * factor }
        }
    }
}
