internal import Tensor

/// How an image's middle features are distributed over the training images, to tell an image unlike all of them.
///
/// The distance of an image is the Mahalanobis distance with a shrunk correlation matrix, per feature:
/// √(zᵀ C⁻¹ z / n), z being the n features with the mean of the training images subtracted, divided by their standard
/// deviation. Training images are about 1 from their mean. After Lee et al., "A simple unified framework for detecting
/// out-of-distribution samples" (2018), without their classes.
package struct Familiarity: Sendable, Equatable {
    /// The mean of each feature.
    package let mean: [Float]
    /// The standard deviation of each feature; above 0.
    package let deviation: [Float]
    /// The Cholesky factor L of C = L Lᵀ, its lower triangle in rows: 1, 2, … n numbers.
    package let factor: [Float]

    /// How many features.
    package var featureCount: Int { mean.count }

    /// The statistics as given; a factor that is no triangle of the features' size stops the process.
    package init(mean: [Float], deviation: [Float], factor: [Float]) {
        precondition(deviation.count == mean.count && factor.count == Self.factorCount(mean.count))
        self.mean = mean
        self.deviation = deviation
        self.factor = factor
    }

    /// Numbers of the lower triangle.
    package static func factorCount(_ featureCount: Int) -> Int { featureCount * (featureCount + 1) / 2 }

    /// The distance of one image's features.
    package func distance(of features: some Collection<Float>) -> Double {
        precondition(features.count == featureCount, "features of another network")
        var z = zip(features, zip(mean, deviation)).map { (Double($0) - Double($1.0)) / Double($1.1) }
        // Forward substitution: L y = z, and zᵀ C⁻¹ z = yᵀ y.
        var sum = 0.0
        var start = 0
        for row in z.indices {
            var value = z[row]
            for column in 0..<row { value -= Double(factor[start + column]) * z[column] }
            z[row] = value / Double(factor[start + row])
            sum += z[row] * z[row]
            start += row + 1
        }
        return (sum / Double(max(featureCount, 1))).squareRoot()
    }
}

extension Familiarity {
    /// Reads the statistics from a safetensors file; throws with what is wrong with it.
    package init(path: String, featureCount: Int) throws(ModelBundleError) {
        do throws(TensorError) {
            let file = try SafetensorsFile(path: path)
            let mean = try file.floats("mean")
            let deviation = try file.floats("deviation")
            let factor = try file.floats("factor")
            guard mean.count == featureCount, deviation.count == featureCount,
                factor.count == Self.factorCount(featureCount)
            else {
                throw TensorError.malformed(
                    path: path, reason: "its statistics are not of the network's \(featureCount) features")
            }
            // The diagonal ends each row of the triangle.
            let diagonal = (0..<featureCount).map { factor[Self.factorCount($0 + 1) - 1] }
            let isSound =
                mean.allSatisfy(\.isFinite) && factor.allSatisfy(\.isFinite)
                && (deviation + diagonal).allSatisfy { $0.isFinite && $0 > 0 }
            guard isSound else {
                throw TensorError.malformed(path: path, reason: "a statistic is not finite, or not above 0")
            }
            self.init(mean: mean, deviation: deviation, factor: factor)
        } catch {
            throw .unreadable("\(error)")
        }
    }

    /// Writes the statistics as a safetensors file, whole or not at all; equal statistics give equal bytes.
    package func write(to path: String) throws(ModelBundleError) {
        func item(_ name: String, _ values: [Float]) -> SafetensorsWriter.Item {
            SafetensorsWriter.Item(name: name, type: .float32, shape: Shape([values.count]), values: values)
        }
        do throws(TensorError) {
            try SafetensorsWriter.write(
                [item("mean", mean), item("deviation", deviation), item("factor", factor)], to: path)
        } catch {
            throw .unwritable("\(error)")
        }
    }
}

/// The file with the statistics beside `model.json`, and the distance from which on the model abstains.
package struct FamiliarityReference: Codable, Sendable, Equatable {
    /// The file's name, without a folder.
    package var file: String
    /// SHA-256 of the file in hexadecimal.
    package var sha256: String
    /// The largest distance of an image that counts as like the training images; above 0.
    package var distanceMax: Double
    /// The part of images like the training images that lie beyond it all the same, as estimated when it was chosen.
    package var falseAlarmRate: Double

    /// A reference as given.
    package init(
        file: String = "familiarity.safetensors", sha256: String, distanceMax: Double, falseAlarmRate: Double
    ) {
        self.file = file
        self.sha256 = sha256
        self.distanceMax = distanceMax
        self.falseAlarmRate = falseAlarmRate
    }
}
