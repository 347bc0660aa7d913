// The offline commands as their users run them.
import Foundation
import Testing

@Suite struct LearningCommandTests {
    /// Two classes with two radiographs each, one file cut short, one that is no image; gone when the test ends.
    private final class Images {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "glenoid-data-\(UUID().uuidString)"
        ).path

        init() throws {
            for label in ["cofield", "zimmer"] {
                let path = "\(folder)/\(label)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                _ = try Radiographs.make(2, in: path)
            }
            try Data(contentsOf: URL(fileURLWithPath: Fixtures.phantom)).prefix(2000).write(
                to: URL(fileURLWithPath: "\(folder)/zimmer/cut.dcm"))
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/zimmer/notes.txt"))
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test func dataShowNamesDuplicatesAndDamage() throws {
        let images = try Images()
        let run = try Program.run(
            "glenoid", ["data", "show", images.folder, "--json", "--report", "\(images.folder)/.report"])
        #expect(run.status == 0, "\(run.errors)")
        let found = try object(run.output)
        #expect(found["n"] as? Int == 4)
        #expect((found["damaged"] as? [[String: Any]])?.first?["file"] as? String == "zimmer/cut.dcm")
        // All four are the phantom under other identifiers: they look alike, in two classes.
        #expect((found["nearDuplicates"] as? [[String]])?.first?.count == 4)
        #expect((found["contradictions"] as? [[String]])?.isEmpty == false)
        let page = try String(contentsOfFile: "\(images.folder)/.report/data.html", encoding: .utf8)
        #expect(page.contains("data:image/png;base64,"))
    }

    @Test func dataShowDrawsWhatATrainingMakesOfTheImages() throws {
        let images = try Images()
        let picture = "\(images.folder)/.sheet.png"
        let run = try Program.run("glenoid", ["data", "show", images.folder, "--augmented", picture])
        #expect(run.status == 0, "\(run.errors)")
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: picture)))
        // Width and height of the header (ISO/IEC 15948): four images, eight pictures each, four pixels between.
        #expect(bytes[16..<24].elementsEqual([0, 0, 7, 156, 0, 0, 3, 204]))
    }

    /// OpenBLAS as it comes knows no CPU newer than itself.
    @Test func trainingTakesMatrixKernelsForThisCPUUnlessTheUserChoseSome() throws {
        let images = try Images()
        let bundle = try Fixtures.quickBundle(in: images.folder)
        let arguments = [
            "model", "benchmark", bundle, "--train", "--seconds", "0.01", "--threads", "1", "--json",
        ]
        let chosen = try Program.run("glenoid", arguments, environment: ["OPENBLAS_CORETYPE": "Haswell"])
        #expect(chosen.status == 0, "\(chosen.errors)")
        #expect(try object(chosen.output)["openblas"] as? String == "Haswell")
        let found = try Program.run("glenoid", arguments)
        #expect(found.status == 0, "\(found.errors)")
        let name = try #require(object(found.output)["openblas"] as? String)
        #expect(name != "Prescott", "kernels for SSE3")
    }

    @Test func evaluateCountsWhatItCanReadAndNamesTheRest() throws {
        let images = try Images()
        let run = try Program.run("glenoid", ["evaluate", images.folder, "--json"])
        #expect(run.status == 1)
        #expect(run.errors.contains("zimmer/cut.dcm: "))
        let found = try object(run.output)
        #expect(found["n"] as? Int == 4)
        let confusion = try #require(found["confusion"] as? [[Int]])
        #expect(confusion.joined().reduce(0, +) == 4 && confusion[0].reduce(0, +) == 2)
        #expect((found["labels"] as? [String])?.contains("zimmer") == true)
    }

    @Test func evaluateRefusesAForeignClass() throws {
        let images = try Images()
        try FileManager.default.moveItem(
            atPath: "\(images.folder)/cofield", toPath: "\(images.folder)/foreign")
        let run = try Program.run("glenoid", ["evaluate", images.folder])
        #expect(
            run.status == 1 && run.errors.contains("class 'foreign' (2 images) is not a label of the model"))
    }

    @Test func aDataSetThatIsNoneIsRefusedWithTheReason() throws {
        let run = try Program.run("glenoid", ["data", "show", "/nowhere/at/all"])
        #expect(run.status == 1 && run.errors.contains("no such file or folder"))
    }

    @Test func calibrateTakesTheThresholdOfACrossValidation() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "glenoid-calibrate-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bundle = "\(folder)/bundle"
        try FileManager.default.copyItem(atPath: Fixtures.bundle, toPath: bundle)
        let labels = ["cofield", "depuy", "tornier", "zimmer"]
        func answer(_ truth: Int, _ answer: Int, _ margin: Double) -> [String: Any] {
            var logits = [Double](repeating: 0, count: 4)
            logits[answer] = margin
            return ["name": "x", "truth": labels[truth], "logits": [logits, logits]]
        }
        let record = try object(String(contentsOfFile: "\(bundle)/training.json", encoding: .utf8))
        var report: [String: Any] = [
            "labels": labels, "foldCount": 3, "isComplete": true, "folds": [[:], [:], [:]],
            "recipe": try #require(record["recipe"]), "views": ["mirrored": true, "zooms": [1]],
            "answers": (0..<100).map { answer($0 % 4, $0 % 4, 6) }
                + (0..<40).map { answer($0 % 4, ($0 + $0 / 4) % 4, 3) },
        ]
        func calibrate() throws -> Finished {
            let path = "\(folder)/cross-validation.json"
            try JSONSerialization.data(withJSONObject: report).write(to: URL(fileURLWithPath: path))
            return try Program.run("glenoid", ["model", "calibrate", bundle, "--cross-validation", path])
        }
        let run = try calibrate()
        #expect(run.status == 0, "\(run.errors)")
        let text = try String(contentsOfFile: "\(bundle)/model.json", encoding: .utf8)
        let description = try object(text)
        // The hundred are sure and right, of the forty 12 are right: those are abstained on.
        let temperature = try #require(description["temperature"] as? Double)
        func sureness(_ margin: Double) -> Double { 1 / (1 + 3 * exp(-margin / temperature)) }
        let threshold = try #require(description["threshold"] as? Double)
        #expect(threshold > sureness(3) && threshold <= sureness(6), "\(temperature), \(threshold)")
        report["isComplete"] = false
        let refused = try calibrate()
        #expect(
            refused.status == 1 && refused.errors.contains("cross-validation.json: 3 of 3 folds are done"))
        #expect(try String(contentsOfFile: "\(bundle)/model.json", encoding: .utf8) == text)
        let both = try Program.run("glenoid", ["model", "calibrate", bundle])
        #expect(both.status == 64 && both.errors.contains("give DATA or --cross-validation"))
    }
}
