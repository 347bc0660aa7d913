import Classification
import Dicom
import Foundation
import Testing

/// The tables of docs/CONFORMANCE.md are what the program writes.
///
/// To write them anew: `GLENOID_WRITE_DOCS=1 swift test --filter ConformanceTests`.
@Suite("The conformance statement")
struct ConformanceTests {
    private static let page = URL(fileURLWithPath: #filePath).appending(path: "../../../docs/CONFORMANCE.md")
        .standardized

    @Test(arguments: [
        "header", "content", "transfer syntaxes", "storage classes", "photometric interpretations",
    ])
    func itsTablesAreWhatTheProgramWrites(name: String) throws {
        let table =
            switch name {
            case "header": header()
            case "content": try content()
            case "transfer syntaxes": ConformanceTables.transferSyntaxes()
            case "storage classes": ConformanceTables.storageClasses()
            default: ConformanceTables.photometricInterpretations()
            }
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let start = try #require(text.range(of: "<!-- generated: \(name) -->\n"))
        let end = try #require(text.range(of: "<!-- end -->", range: start.upperBound..<text.endIndex))
        if ProcessInfo.processInfo.environment["GLENOID_WRITE_DOCS"] != nil {
            let written = text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: table)
            try written.write(to: Self.page, atomically: true, encoding: .utf8)
        } else {
            #expect(
                String(text[start.upperBound..<end.lowerBound]) == table,
                "set GLENOID_WRITE_DOCS=1 to write it")
        }
    }

    private func header() -> String {
        let optional = SubjectAttributes.optional.map { "\($0.keyword) \(Self.number(of: $0.tag))" }
        return """
            | Taken over | Attributes |
            | --- | --- |
            | as they are | \(SubjectAttributes.identifying.map(\.description).joined(separator: ", ")) |
            | put right or left empty where illegal | \(SubjectAttributes.dated.map(\.description).joined(separator: ", ")) |
            | where legal | \(optional.joined(separator: ", ")), Timezone Offset From UTC (0008,0201) |
            | where complete | \(SubjectAttributes.groups.map(\.name).joined(separator: ", ")) |

            """
    }

    private func content() throws -> String {
        let document = try SampleResults.document([SampleResults.result(1), SampleResults.result(2)])
        let moment = LocalTime(secondsSince1970: 0, minutesFromUTC: 0)
        var rows = ["| Item | Relationship, value type | Value |", "| --- | --- | --- |"]
        add(document.report(source: "", composedAt: moment).content, depth: 0, to: &rows)
        return rows.joined(separator: "\n") + "\n"
    }

    /// Adds the row of an item and those below it; of items alike only the first, marked as repeated.
    private func add(_ item: ContentItem, depth: Int, to rows: inout [String]) {
        let nesting = String(repeating: "> ", count: depth)
        rows.append("| \(nesting)\(Self.name(of: item)) | \(Self.kind(of: item)) | \(Self.value(of: item)) |")
        var index = 0
        while index < item.children.count {
            let child = item.children[index]
            let alike = item.children[index...].prefix { Self.isAlike($0, child) }.count
            add(child, depth: depth + 1, to: &rows)
            if alike > 1, let row = rows.lastIndex(where: { $0.contains(Self.name(of: child)) }) {
                rows[row] = rows[row].replacing(Self.name(of: child), with: Self.name(of: child) + ", 1-n")
            }
            index += alike
        }
    }

    /// Whether two neighbours are one row of the template: the same concept said several times.
    private static func isAlike(_ one: ContentItem, _ other: ContentItem) -> Bool {
        one.concept == other.concept && kind(of: one) == kind(of: other)
    }

    private static func name(of item: ContentItem) -> String {
        guard let concept = item.concept else { return "one for each image, 1-n" }
        return written(concept)
    }

    private static func kind(of item: ContentItem) -> String {
        let relationship =
            switch item.relationship {
            case .root: ""
            case .contains: "contains "
            case .hasObservationContext: "has obs context "
            case .hasConceptModifier: "has concept mod "
            case .hasAcquisitionContext: "has acq context "
            case .hasProperties: "has properties "
            case .inferredFrom: "inferred from "
            }
        return switch item.value {
        case .container: relationship + "CONTAINER"
        case .text: relationship + "TEXT"
        case .code: relationship + "CODE"
        case .number: relationship + "NUM"
        case .uid: relationship + "UIDREF"
        case .image: relationship + "IMAGE"
        }
    }

    private static func value(of item: ContentItem) -> String {
        switch item.value {
        case .container(let template): template.map { "TID \($0)" } ?? ""
        case .text(let text): "such as \"\(text)\""
        case .code(let code): written(code)
        case .number(let number, let unit): "such as \(number), unit \(written(unit))"
        case .uid: "derived, see above"
        case .image(_, _, let frameNumbers): frameNumbers.isEmpty ? "the image" : "the image and its frames"
        }
    }

    private static func written(_ code: CodedEntry) -> String {
        let settings = SampleResults.model.report
        let ofBundle =
            [settings.finding, settings.findingSite, settings.concept, settings.procedure]
            + SampleResults.model.labels.map(\.code)
        return "(\(code.value),\(code.scheme),\"\(code.meaning)\")" + (ofBundle.contains(code) ? "*" : "")
    }

    private static func number(of tag: Dicom.Tag) -> String {
        String(format: "(%04X,%04X)", tag.group, tag.element)
    }
}
