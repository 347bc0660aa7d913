import Dicom
import Foundation
import TestMaterial
import Testing

/// The display stage of every grey image of the corpus against values made with pydicom and DCMTK.
///
/// Rows that differ on purpose: none.
struct PixelTransformCorpusTests {
    private static let absence: Comment =
        "THE CORPUS IS ABSENT: no display values are checked. Set GLENOID_CORPUS to its folder."

    @Test(.enabled(if: Corpus.shared != nil, absence), arguments: DisplayRow.all)
    func displayStageMatchesTheGoldenValues(row: DisplayRow) throws {
        let corpus = try #require(Corpus.shared)
        let dataset = try Dataset(path: corpus.root + "/" + row.path)
        let transform = try PixelTransform(dataset: dataset, frameIndex: 0)
        let display = try transform.display(dataset.frame(at: 0))
        #expect(display.samplesPerPixel == 1)
        let values = display.values
        let tolerance = row.isLossy ? 0.02 : 1e-6
        // The table has six decimals.
        func expect(_ found: Double, near expected: Double, _ what: String) {
            #expect(abs(found - expected) <= tolerance + 5.1e-7, "\(what): \(found) instead of \(expected)")
        }
        let mean = values.reduce(0, +) / Double(values.count)
        expect(mean, near: row.mean, "mean")
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        expect(variance.squareRoot(), near: row.deviation, "standard deviation")
        expect(values.min() ?? 0, near: row.lowest, "minimum")
        expect(values.max() ?? 0, near: row.highest, "maximum")
        for (index, expected) in row.points.enumerated() {
            let y = index / 4 * display.rows / 4 + display.rows / 8
            let x = index % 4 * display.columns / 4 + display.columns / 8
            expect(values[y * display.columns + x], near: expected, "row \(y), column \(x)")
        }
    }
}

/// One golden row of the display stage.
struct DisplayRow: Sendable, CustomTestStringConvertible {
    let path: String
    let isLossy: Bool
    let mean: Double
    let deviation: Double
    let lowest: Double
    let highest: Double
    let points: [Double]

    var testDescription: String { path }

    /// The row of every file with display values; of several, the one that the pipeline prefers: LUT, then window.
    static let all: [DisplayRow] = (Corpus.shared?.golden ?? [:]).values.compactMap { rows in
        rows.filter { $0["mean"]?.isEmpty == false }.min { rank($0) < rank($1) }.map(DisplayRow.init)
    }.sorted { $0.path < $1.path }

    private static func rank(_ row: Corpus.Row) -> Int {
        let variant = row["voi_variant"] ?? ""
        return variant == "LUT" ? 0 : variant.hasPrefix("WINDOW") ? 1 : 2
    }

    private init(_ row: Corpus.Row) {
        func number(_ key: String) -> Double { row[key].flatMap(Double.init) ?? .nan }
        path = row["path"] ?? ""
        isLossy = row["coding"] == "lossy"
        mean = number("mean")
        deviation = number("std")
        lowest = number("min")
        highest = number("max")
        points = (0..<16).map { number("p\($0 / 4)\($0 % 4)") }
    }
}
