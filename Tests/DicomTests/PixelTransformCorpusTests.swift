import Dicom
import Foundation
import Testing

/// The display stage of every grey image of the corpus against values made with pydicom and DCMTK.
struct PixelTransformCorpusTests {
    @Test(.enabled(if: DisplayCorpus.isPresent, DisplayCorpus.absence), arguments: DisplayCorpus.displayRows)
    func displayStageMatchesTheGoldenValues(row: DisplayCorpus.DisplayRow) throws {
        let dataset = try Dataset(path: row.file)
        let transform = try PixelTransform(dataset: dataset, frameIndex: 0)
        let display = try transform.display(dataset.frame(at: 0))
        #expect(display.samplesPerPixel == 1)
        let values = display.values
        let tolerance = row.isLossy ? 0.02 : 1e-6
        // The table has six decimals.
        func isNear(_ found: Double, _ expected: Double) -> Bool {
            abs(found - expected) <= tolerance + 5.1e-7
        }
        let mean = values.reduce(0, +) / Double(values.count)
        #expect(isNear(mean, row.mean), "mean \(mean) instead of \(row.mean)")
        let (lowest, highest) = (values.min() ?? 0, values.max() ?? 0)
        #expect(isNear(lowest, row.lowest), "minimum \(lowest) instead of \(row.lowest)")
        #expect(isNear(highest, row.highest), "maximum \(highest) instead of \(row.highest)")
        for (index, expected) in row.points.enumerated() {
            let y = index / 4 * display.rows / 4 + display.rows / 8
            let x = index % 4 * display.columns / 4 + display.columns / 8
            let found = values[y * display.columns + x]
            #expect(isNear(found, expected), "row \(y), column \(x): \(found) instead of \(expected)")
        }
    }
}

/// The corpus of third-party files, which is no part of the project: `GLENOID_CORPUS`, else `corpus` in
/// `GLENOID_SHARED`, else `../shared/corpus` beside the checkout.
enum DisplayCorpus {
    /// One golden row of the display stage.
    struct DisplayRow: Sendable, CustomTestStringConvertible {
        let file: String
        let name: String
        let isLossy: Bool
        let mean: Double
        let lowest: Double
        let highest: Double
        let points: [Double]

        var testDescription: String { name }
    }

    static let folder: String = {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["GLENOID_CORPUS"] { return folder }
        if let shared = environment["GLENOID_SHARED"] { return shared + "/corpus" }
        return FileManager.default.currentDirectoryPath + "/../shared/corpus"
    }()

    static let isPresent = FileManager.default.fileExists(atPath: folder + "/GOLDEN.tsv")
    static let absence: Comment =
        "THE CORPUS IS ABSENT: no display values are checked. Set GLENOID_CORPUS to its folder."

    /// The rows with display values; of several for a file, the one that the pipeline prefers: LUT, then window.
    static let displayRows: [DisplayRow] = {
        guard let text = try? String(contentsOfFile: folder + "/GOLDEN.tsv", encoding: .utf8) else {
            return []
        }
        var lines = text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
        let header = lines.removeFirst().map(String.init)
        var rows: [DisplayRow] = []
        var seen: Set<String> = []
        let tables = lines.map {
            Dictionary(zip(header, $0.map(String.init)), uniquingKeysWith: { first, _ in first })
        }
        let preferred = tables.enumerated().sorted { left, right in
            (rank(left.element), left.offset) < (rank(right.element), right.offset)
        }
        for (_, table) in preferred {
            guard let name = table["path"], let mean = table["mean"].flatMap(Double.init),
                !seen.contains(name)
            else {
                continue
            }
            seen.insert(name)
            func number(_ key: String) -> Double { table[key].flatMap(Double.init) ?? .nan }
            rows.append(
                DisplayRow(
                    file: folder + "/" + name, name: name, isLossy: table["coding"] == "lossy", mean: mean,
                    lowest: number("min"), highest: number("max"),
                    points: (0..<16).map { number("p\($0 / 4)\($0 % 4)") }))
        }
        return rows.sorted { $0.name < $1.name }
    }()

    private static func rank(_ table: [String: String]) -> Int {
        let variant = table["voi_variant"] ?? ""
        return variant == "LUT" ? 0 : variant.hasPrefix("WINDOW") ? 1 : 2
    }
}
