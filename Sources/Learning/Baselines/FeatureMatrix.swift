/// Rows of features, one an image, all of the same length.
package struct FeatureMatrix: Sendable, Equatable {
    /// The values, row after row.
    package let values: [Float]
    /// Images.
    package let rowCount: Int
    /// Features of an image.
    package let columnCount: Int

    /// The rows as given, at least one, all of the same length.
    package init(_ rows: [[Float]]) {
        precondition(!rows.isEmpty && rows.allSatisfy { $0.count == rows[0].count })
        values = rows.flatMap(\.self)
        rowCount = rows.count
        columnCount = rows[0].count
    }

    /// One row.
    package func row(_ index: Int) -> ArraySlice<Float> {
        values[index * columnCount..<(index + 1) * columnCount]
    }

    /// Some of the rows, in the order given.
    package func rows(_ indices: [Int]) -> FeatureMatrix { FeatureMatrix(indices.map { Array(row($0)) }) }

    /// Each column's mean and standard deviation, 1 where it does not change.
    package var scale: ColumnScale {
        var mean = [Double](repeating: 0, count: columnCount)
        var square = mean
        for index in 0..<rowCount {
            for (column, value) in row(index).enumerated() {
                mean[column] += Double(value)
                square[column] += Double(value) * Double(value)
            }
        }
        let count = Double(rowCount)
        for column in mean.indices {
            mean[column] /= count
            let variance = max(square[column] / count - mean[column] * mean[column], 0)
            square[column] = variance > 1e-12 ? variance.squareRoot() : 1
        }
        return ColumnScale(mean: mean, deviation: square)
    }

    /// (value − mean) / deviation.
    package func scaled(by scale: ColumnScale) -> FeatureMatrix {
        FeatureMatrix(
            (0..<rowCount).map { index in
                zip(row(index), zip(scale.mean, scale.deviation)).map { value, pair in
                    Float((Double(value) - pair.0) / pair.1)
                }
            })
    }
}

/// What makes a matrix' columns comparable, learned from training rows alone.
package struct ColumnScale: Sendable, Equatable {
    /// The mean of each column.
    package let mean: [Double]
    /// The standard deviation of each column; above 0.
    package let deviation: [Double]
}
