// `glenoid report show FILE`: a report as a person wants to read it.
import ArgumentParser
import Classification
import Dicom
import Foundation

struct ReportShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints what a Structured Report says: answer, probabilities, what was done to the pixels.")

    @Argument(help: "A report as the daemon sends it (DICOM Structured Report).", completion: .file())
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let reading: ReportReading
        do {
            reading = try ReportReading(Dataset(path: file))
        } catch {
            throw CommandFailure("\(file): \(error)")
        }
        print(json ? try jsonText(reading) : Self.text(reading))
    }

    static func text(_ reading: ReportReading) -> String {
        var lines = [
            "Report \(reading.sopInstanceUID)",
            "  of study \(reading.studyInstanceUID), composed \(reading.composedAt)",
        ]
        lines += reading.predecessors.map { "  replaces report \($0)" }
        for group in reading.groups {
            lines.append("")
            lines += group.sources.map { "Image \($0)" }
            let site = [group.findingSite, group.laterality].compactMap { $0 }.joined(separator: ", ")
            lines.append("  \(group.conclusion ?? "no conclusion")")
            lines.append(
                "  \(group.finding ?? "Finding")\(site.isEmpty ? "" : " (\(site))"): \(group.concept ?? "answer") \(group.answer ?? "none")"
            )
            lines += probabilityLines(group.probabilities)
            lines.append("  \(group.algorithm ?? "")")
            lines += group.parameters.map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// A line a class, the likeliest first, with a bar.
    private static func probabilityLines(_ percents: [String: Double]) -> [String] {
        let width = percents.keys.map(\.count).max() ?? 0
        return percents.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { label, percent in
            // The report may be anybody's: what is no percentage gets no bar, or a whole one.
            let share = percent.isNaN ? 0 : min(max(percent, 0), 100)
            let bar = String(repeating: "#", count: Int((share / 2.5).rounded()))
            let name = label.padding(toLength: width, withPad: " ", startingAt: 0)
            return "    \(name) \(String(format: "%5.1f", percent)) % \(bar)"
        }
    }
}
