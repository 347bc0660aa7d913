import Foundation

/// The corpus of third-party files: its manifest and golden values. It is no part of the project; where it is
/// absent the tests over it say so and do nothing.
package struct Corpus: Sendable {
    /// One row of a table by column name.
    package typealias Row = [String: String]

    package let root: String
    /// MANIFEST.tsv, one row for each file.
    package let manifest: [Row]
    /// GOLDEN.tsv by path: several rows for a file with several VOI variants, none where nothing decodes.
    package let golden: [String: [Row]]

    /// The corpus at `GLENOID_CORPUS`, else in `GLENOID_SHARED`, else beside the checkout; `nil` if it is not
    /// there.
    package static let shared: Corpus? = {
        let environment = ProcessInfo.processInfo.environment
        // Tests/TestMaterial/Corpus.swift: the checkout is two folders up.
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let beside = checkout.deletingLastPathComponent().appending(path: "shared/corpus").path
        let root =
            environment["GLENOID_CORPUS"] ?? environment["GLENOID_SHARED"].map { $0 + "/corpus" } ?? beside
        guard let manifest = rows(root + "/MANIFEST.tsv"), let golden = rows(root + "/GOLDEN.tsv") else {
            let warning = """
                ************************************************************************************
                The corpus is not at \(root).
                Its tests do nothing: set GLENOID_CORPUS to check every pixel against golden values.
                ************************************************************************************

                """
            FileHandle.standardError.write(Data(warning.utf8))
            return nil
        }
        return Corpus(
            root: root, manifest: manifest, golden: Dictionary(grouping: golden) { $0["path"] ?? "" })
    }()

    /// The paths of the manifest's files with this expectation.
    package static func paths(expecting expectations: String...) -> [String] {
        (shared?.manifest ?? []).filter { expectations.contains($0["expect"] ?? "") }.compactMap {
            $0["path"]
        }
    }

    /// Reads a table of tab-separated values with a header line.
    private static func rows(_ path: String) -> [Row]? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let lines = text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = lines.first else { return nil }
        return lines.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
    }
}
