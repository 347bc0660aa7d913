// What the commands refuse, so that nothing of their users' is lost.
import Foundation
import Testing

@Suite struct CommandTests {
    /// A folder with a radiograph and a quick bundle; gone when the test ends.
    private final class Desk {
        let folder = FileManager.default.temporaryDirectory.path + "/glenoid-desk-\(UUID().uuidString)"
        let image: String
        let bundle: String

        init() throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            image = folder + "/image.dcm"
            try FileManager.default.copyItem(atPath: Fixtures.phantom, toPath: image)
            bundle = try Fixtures.quickBundle(in: folder)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }

    @Test func whatIsReadIsNotWrittenOver() throws {
        let desk = try Desk()
        let same = desk.folder + "/./image.dcm"
        for option in ["--report", "--heatmap"] {
            let run = try Program.run(
                "glenoid", ["classify", "--model", desk.bundle, desk.image, option, same])
            #expect(run.status == 64 && run.errors.contains("to be read and to be written"), "\(run.errors)")
        }
        #expect(
            FileManager.default.contentsEqual(atPath: desk.image, andPath: Fixtures.phantom))
    }

    @Test func aBundleIsNotImportedOver() throws {
        let desk = try Desk()
        func digests() throws -> [Data] {
            try ["model.json", "weights.safetensors"].map {
                try Data(contentsOf: URL(fileURLWithPath: "\(desk.bundle)/\($0)"))
            }
        }
        let before = try digests()
        let run = try Program.run(
            "glenoid",
            [
                "model", "import", "\(desk.bundle)/weights.safetensors", "--architecture", "b4", "--output",
                desk.bundle,
            ])
        #expect(run.status == 1 && run.errors.contains("holds a bundle already"), "\(run.errors)")
        #expect(try digests() == before)
    }

    @Test func aMisspeltKeyOfALabelsFileIsAnError() throws {
        let desk = try Desk()
        let labels = desk.folder + "/labels.json"
        try Data(#"{"labels": ["a", "b"], "treshold": 0.9}"#.utf8).write(to: URL(fileURLWithPath: labels))
        let output = desk.folder + "/new"
        let run = try Program.run(
            "glenoid",
            [
                "model", "import", "\(desk.bundle)/weights.safetensors", "--architecture", "b4", "--labels",
                labels, "--output", output,
            ])
        #expect(run.status == 1 && run.errors.contains("treshold: no such key"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func everyFileHasAnEntryInTheAnswers() throws {
        let desk = try Desk()
        let noImage = desk.folder + "/none.dcm"
        try Data("no image".utf8).write(to: URL(fileURLWithPath: noImage))
        let run = try Program.run(
            "glenoid", ["classify", "--json", "--model", desk.bundle, noImage, desk.image])
        #expect(run.status == 1)
        let answers = try #require(
            JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
        #expect(answers.map { $0["file"] as? String } == [noImage, desk.image])
        #expect(answers[0]["abstained"] as? Bool == true && answers[0]["probability"] is NSNull)
        #expect((answers[0]["reason"] as? String)?.contains("cannot be read") == true)
        #expect(answers[1]["probability"] is Double)
    }

    @Test func theConfigurationsTruthValuesAreThoseOfJSON() throws {
        let desk = try Desk()
        let file = desk.folder + "/glenoid.yaml"
        let text = "destinations: {pacs: {aeTitle: 'TRUE', host: h, port: 104, heatmap: true}}\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let run = try Program.run("glenoid", ["check", "--json", "--config", file])
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let configuration = report["configuration"] as? [String: Any]
        let pacs = (configuration?["destinations"] as? [String: Any])?["pacs"] as? [String: Any]
        #expect(pacs?["heatmap"] as? Bool == true && pacs?["aeTitle"] as? String == "TRUE", "\(run.output)")
        #expect(pacs?["port"] as? Int == 104)
    }
}
