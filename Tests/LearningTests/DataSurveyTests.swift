import Classification
import Foundation
import Learning
import Testing

@Suite struct DataSurveyTests {
    private struct Broken: Error, CustomStringConvertible {
        let description = "it is broken"
    }

    /// A record whose picture depends on `look`; the prepared pixels are grey in three channels.
    private func record(look: UInt64, digest: String, patient: String? = nil) -> ImageRecord {
        let side = 48
        var generator = SeededGenerator(seed: look)
        let waves = (0..<10).map { _ in
            (
                generator.uniform(0...6), generator.uniform(0...6), generator.uniform(0...6.28),
                generator.uniform(0.1...1)
            )
        }
        let grey = (0..<side * side).map { index in
            let (y, x) = (Double(index / side), Double(index % side))
            return Float(
                waves.reduce(0) { $0 + $1.3 * cos(.pi * ($1.0 * y + $1.1 * x) / Double(side) + $1.2) })
        }
        return ImageRecord(
            kind: "PNG", rows: side, columns: side + Int(look), modality: look == 1 ? "DX" : nil,
            patientKey: patient,
            digest: digest,
            image: PreparedImage(
                pixels: grey.flatMap { [$0, $0, $0] },
                letterbox: Letterbox(rows: side, columns: side, side: side),
                steps: []))
    }

    private func survey() -> DataSurvey {
        // Two of equal bytes with different labels; one that looks like 1 but has other bytes; a patient in two images.
        let records: [String: ImageRecord] = [
            "a/1": record(look: 1, digest: "d1", patient: "p"), "b/1": record(look: 1, digest: "d1"),
            "a/2": record(look: 1, digest: "d2"), "a/3": record(look: 3, digest: "d3", patient: "p"),
            "b/4": record(look: 4, digest: "d4"),
        ]
        let items = ["a/1", "a/2", "a/3", "a/broken", "b/1", "b/4"].map {
            DataSet.Item(path: $0, name: $0, classIndex: $0.hasPrefix("a") ? 0 : 1)
        }
        var done: [Int] = []
        let survey = DataSurvey(
            DataSet(source: "set", classes: ["a", "<b>"], items: items, notes: ["x: passed over"]),
            read: { path in
                guard let record = records[path] else { throw Broken() }
                return record
            }, progress: { done.append($0) })
        #expect(done == [1, 2, 3, 4, 5, 6])
        return survey
    }

    @Test func findsWhatTiesImagesTogether() {
        let summary = survey().summary
        #expect(summary.exactDuplicates == [["a/1", "b/1"]])
        #expect(summary.nearDuplicates == [["a/1", "a/2", "b/1"]])
        #expect(summary.contradictions.count == 2)
        #expect(summary.samePatient == [["a/1", "a/3"]])
        #expect(summary.groups == 2)
    }

    @Test func damagedFilesAreNamedWithTheirReason() {
        let survey = survey()
        #expect(survey.damaged.map(\.itemIndex) == [3] && survey.damaged[0].reason == "it is broken")
        #expect(survey.readableCounts == [3, 2])
        #expect(survey.text.contains("damaged: a/broken: it is broken"))
    }

    @Test func aPatientOfTheTableCountsLikeOneOfTheFile() {
        let items = (0..<3).map {
            DataSet.Item(path: "\($0)", name: "\($0)", classIndex: 0, patient: $0 < 2 ? "p" : nil)
        }
        let survey = DataSurvey(
            DataSet(source: "", classes: ["a"], items: items),
            read: { record(look: (UInt64($0) ?? 0) + 5, digest: $0, patient: "other") })
        #expect(survey.samePatient == [[0, 1]])
    }

    @Test func thePageStandsAloneAndEscapes() {
        let page = survey().page.text
        #expect(page.contains("&lt;b&gt;") && !page.contains("<b>"))
        #expect(page.contains("data:image/png;base64,iVBORw0KGgo"))
        #expect(!page.contains("src=\"http") && !page.contains("<script"))
    }

    @Test func thumbnailsSpanBlackToWhite() {
        let image = RasterImage(
            grey: [0, 0, 4, 4, 0, 0, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2], side: 4, reducedTo: 2)
        #expect(image.samples == .uint8([0, 255, 128, 128]) && image.rows == 2)
        let flat = RasterImage(grey: [3, 3, 3, 3], side: 2, reducedTo: 8)
        #expect(flat.samples == .uint8([0, 0, 0, 0]) && flat.rows == 2)
    }
}
