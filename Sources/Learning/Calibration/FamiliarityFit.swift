package import Classification
internal import Tensor

/// Learns what training images look like to the network, and from which distance on an image does not.
package enum FamiliarityFit {
    /// The part of images like the training images that may be called unlike.
    package static let falseAlarmRate = 0.05
    /// How far the correlations are drawn to none: (1 − s) C + s I.
    ///
    /// There are about as many features as images. Measured: anything from 0.02 to 0.5 separates about equally well
    /// (docs/LEARNING.md, "Doubt").
    package static let shrinkage = 0.05
    /// A changed copy of the grey values of each training image: the statistics are of these as well.
    ///
    /// With the images alone, a turned, darker or noisier radiograph of the same kind was called unlike in three cases of
    /// four; with one copy of each, in one of twenty, and what is unlike stayed so. Nothing is cut out: no radiograph has
    /// holes.
    package static func copies(of images: [LearningImage], seed: UInt64) -> [[Float]] {
        var augmentation = Augmentation()
        augmentation.cutout = 0
        return images.enumerated().map { index, image in
            var generator = SeededGenerator(
                seed: seed, path: [StreamPurpose.copies.rawValue, UInt64(index)])
            let side = Int(Double(image.grey.count).squareRoot().rounded())
            return augmentation.applied(to: image.grey, side: side, &generator)
        }
    }

    /// Into how many parts images are cut where each part is judged by statistics of the others.
    package static let partCount = 10

    /// The statistics of some images' features, [images][features].
    ///
    /// Throws `data` with fewer than two images.
    package static func statistics(of rows: [[Float]]) throws(LearningError) -> Familiarity {
        guard rows.count > 1, let featureCount = rows.first?.count else {
            throw .data("\(rows.count) images are too few to say what is like them")
        }
        let mean = (0..<featureCount).map { column in
            rows.reduce(0) { $0 + Double($1[column]) } / Double(rows.count)
        }
        let spread = (0..<featureCount).map { column in
            (rows.reduce(0) { sum, row in
                let deviation = Double(row[column]) - mean[column]
                return sum + deviation * deviation
            } / Double(rows.count)).squareRoot()
        }
        // A feature that never changed in training would make any other value infinitely far.
        let floor = max(spread.reduce(0, +) / Double(featureCount) * 1e-3, 1e-6)
        let deviation = spread.map { max($0, floor) }
        let correlation = correlations(of: rows, mean, deviation)
        return Familiarity(
            mean: mean.map(Float.init), deviation: deviation.map(Float.init),
            factor: choleskyFactor(of: correlation, featureCount: featureCount).map(Float.init))
    }

    /// Each image's distance by the statistics of the other parts, so that no image vouches for itself.
    ///
    /// - Parameters:
    ///   - views: features of a changed copy of each image; they are in the statistics with it, and are not judged.
    ///   - groups: images that belong together are in one part.
    package static func crossFittedDistances(
        of rows: [[Float]], views: [[Float]] = [], groups: Groups, seed: UInt64
    ) throws(LearningError) -> [Double] {
        precondition(views.isEmpty || views.count == rows.count)
        let parts = try Folds(
            classIndices: rows.map { _ in 0 }, classCount: 1, groups: groups,
            foldCount: min(partCount, max(groups.members.count, 2)), seed: seed)
        var distances = [Double](repeating: 0, count: rows.count)
        for part in 0..<parts.foldCount {
            let others = parts.others(than: part)
            let fitted = try statistics(
                of: others.map { rows[$0] } + (views.isEmpty ? [] : others.map { views[$0] }))
            for image in parts.members(of: part) { distances[image] = fitted.distance(of: rows[image]) }
        }
        return distances
    }

    /// The distance that a further image of the same kind exceeds with at most this probability: the ⌈(n + 1)(1 − rate)⌉th
    /// smallest (conformal prediction; Vovk et al. 2005), the largest where there are too few for the promise.
    package static func distanceMax(of distances: [Double], falseAlarmRate: Double = falseAlarmRate) -> Double
    {
        precondition(!distances.isEmpty)
        let rank = Int((Double(distances.count + 1) * (1 - falseAlarmRate)).rounded(.up))
        return distances.sorted()[min(rank, distances.count) - 1]
    }

    /// The false alarms that `distanceMax` of so many distances promises: few cannot promise few.
    static func falseAlarmRate(distanceCount: Int) -> Double {
        max(falseAlarmRate, 1 / Double(distanceCount + 1))
    }

    /// The shrunk correlation matrix, [features][features].
    private static func correlations(of rows: [[Float]], _ mean: [Double], _ deviation: [Double]) -> [Float] {
        let (featureCount, imageCount) = (mean.count, rows.count)
        // Features outermost, so that the product of the matrix with itself transposed is the sum over the images.
        var columns: [Float] = []
        columns.reserveCapacity(featureCount * imageCount)
        for feature in 0..<featureCount {
            for row in rows {
                columns.append(Float((Double(row[feature]) - mean[feature]) / deviation[feature]))
            }
        }
        var result = [Float](repeating: 0, count: featureCount * featureCount)
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe columns.withUnsafeBufferPointer { columns in
                guard let output = result.baseAddress, let input = columns.baseAddress else { return }
                unsafe MatrixProduct.accumulate(
                    output, input: input, weight: input, rowCount: featureCount, inputCount: imageCount,
                    outputCount: featureCount)
            }
        }
        let factor = Float((1 - shrinkage) / Double(imageCount))
        for index in result.indices { result[index] *= factor }
        for feature in 0..<featureCount { result[feature * featureCount + feature] += Float(shrinkage) }
        return result
    }

    /// The lower triangle of L in rows, with L Lᵀ the matrix, which shrinking has made positive definite.
    private static func choleskyFactor(of matrix: [Float], featureCount: Int) -> [Double] {
        var factor: [Double] = []
        factor.reserveCapacity(Familiarity.factorCount(featureCount))
        for row in 0..<featureCount {
            let rowStart = factor.count
            var columnStart = 0
            for column in 0...row {
                var value = Double(matrix[row * featureCount + column])
                for inner in 0..<column {
                    value -= factor[rowStart + inner] * factor[columnStart + inner]
                }
                if column < row {
                    factor.append(value / factor[columnStart + column])
                } else {
                    precondition(value > 0, "a shrunk correlation matrix is positive definite")
                    factor.append(value.squareRoot())
                }
                columnStart += column + 1
            }
        }
        return factor
    }
}
