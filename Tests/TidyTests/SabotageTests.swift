import Foundation
import Testing

/// The list of `make sabotage`, which takes hours: that it still fits the source is seen here.
@Suite struct SabotageTests {
    /// The entries of Tests/Sabotage/protections.txt, each by its keys.
    private static func entries() throws -> [[String: String]] {
        let path = SourceTree.folder.appending(path: "Tests/Sabotage/protections.txt")
        let lines = try String(contentsOf: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
        return lines.split(whereSeparator: \.isEmpty).map { entry in
            entry.reduce(into: [:]) { keys, line in
                guard let colon = line.firstRange(of: ": ") else { return }
                keys[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
                    .replacing("\\n", with: "\n")
            }
        }
    }

    @Test func everyProtectionStandsOnceWhereItsEntrySays() throws {
        let entries = try Self.entries()
        #expect(entries.count > 25)
        #expect(Set(entries.compactMap { $0["protection"] }).count == entries.count)
        for entry in entries {
            let protection = try #require(entry["protection"], "\(entry)")
            let (file, old, new) = (
                try #require(entry["file"]), try #require(entry["old"]), try #require(entry["new"])
            )
            let text = try String(contentsOf: SourceTree.folder.appending(path: file), encoding: .utf8)
            let count = text.components(separatedBy: old).count - 1
            #expect(count == 1, "\(protection): the text of its entry occurs \(count) times in \(file)")
            #expect(new != old, "\(protection) is not taken out")
        }
    }

    @Test func everyEntryNamesTestsThatExist() throws {
        let suites = SourceTree.files.filter { $0.path.hasSuffix("Tests.swift") }
            .compactMap { $0.path.split(separator: "/").last?.split(separator: ".").first.map(String.init) }
        for entry in try Self.entries() {
            for tests in try #require(entry["tests"], "\(entry)").split(separator: "|") {
                #expect(
                    suites.contains(String(tests)), "\(entry["protection"] ?? ""): there is no suite \(tests)"
                )
            }
        }
    }
}
