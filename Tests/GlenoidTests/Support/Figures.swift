// Figures that long runs write into docs/RELIABILITY.md.
import Foundation

/// The sections of docs/RELIABILITY.md that tests write, each between two comments that carry its name.
enum Figures {
    /// A number from the environment: how long a run is to be.
    static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// Prints the lines, and puts them into the section if `RELIABILITY_FIGURES` is set, as `make crash` and `make soak` do.
    static func write(_ section: String, _ lines: [String]) throws {
        print(lines.joined(separator: "\n"))
        guard ProcessInfo.processInfo.environment["RELIABILITY_FIGURES"] != nil else { return }
        let path = Fixtures.top + "/docs/RELIABILITY.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let (begin, end) = ("<!-- \(section): begin -->\n", "<!-- \(section): end -->")
        guard let first = text.range(of: begin), let last = text.range(of: end) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        let day = ISO8601DateFormatter().string(from: Date()).prefix(10)
        let body = (lines + ["", "Written by the test on \(day), \(try machine())."]).joined(separator: "\n")
        try (text[..<first.upperBound] + body + "\n" + text[last.lowerBound...])
            .write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func machine() throws -> String {
        let commit = try Program.run("git", ["-C", Fixtures.top, "rev-parse", "--short", "HEAD"]).output
        let processors = ProcessInfo.processInfo.activeProcessorCount
        return "commit \(commit.trimmingCharacters(in: .whitespacesAndNewlines)), \(processors) processors"
    }
}
