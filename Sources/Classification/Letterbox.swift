/// How an image lies in the network's square: its aspect ratio kept, centred, black around it.
package struct Letterbox: Sendable, Equatable {
    /// Rows of the image.
    package let rows: Int
    /// Columns of the image.
    package let columns: Int
    /// The height of a pixel divided by its width.
    package let pixelAspect: Double
    /// Rows and columns of the square after the resize.
    package let side: Int

    /// The stretch of rows that the square covers, in rows of the image; it may pass the image's ends.
    package let rowStretch: ClosedRange<Double>
    /// The stretch of columns that the square covers, in columns of the image; it may pass the image's ends.
    package let columnStretch: ClosedRange<Double>

    /// The square around an image. Counts are at least 1 and the aspect is above 0.
    package init(rows: Int, columns: Int, pixelAspect: Double = 1, side: Int) {
        precondition(rows > 0 && columns > 0 && side > 0 && pixelAspect > 0 && pixelAspect.isFinite)
        self.rows = rows
        self.columns = columns
        self.pixelAspect = pixelAspect
        self.side = side
        let squareSide = max(Double(columns), Double(rows) * pixelAspect)
        rowStretch = Self.stretch(around: rows, length: squareSide / pixelAspect)
        columnStretch = Self.stretch(around: columns, length: squareSide)
    }

    /// Centred; where whole pixels are added on both sides, an odd one goes after the image.
    private static func stretch(around count: Int, length: Double) -> ClosedRange<Double> {
        let added = max(length - Double(count), 0)
        let before = added == added.rounded() ? (added / 2).rounded(.down) : added / 2
        return -before...max(length, Double(count)) - before
    }

    /// The resize from the image to the square.
    package func resampler(filter: ResizeFilter) -> Resampler {
        Resampler(
            horizontal: ResizeAxis(
                inputCount: columns, from: columnStretch.lowerBound, to: columnStretch.upperBound,
                outputCount: side,
                filter: filter),
            vertical: ResizeAxis(
                inputCount: rows, from: rowStretch.lowerBound, to: rowStretch.upperBound, outputCount: side,
                filter: filter))
    }
}
