// `glenoid train` as its users run it: killed, stopped, on a full disk, on data with faults.
import Foundation
import Testing

@Suite struct TrainCommandTests {
    /// Small pictures of stripes, up and down in one class and across in the other; gone when the test ends.
    private final class Pictures {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "glenoid-train-\(UUID().uuidString)"
        ).path
        var data: String { "\(folder)/data" }
        var model: String { "\(folder)/model" }

        /// Writes PNG files with nothing but the standard library.
        private static let script = """
            import math, os, random, struct, sys, zlib
            folder, counts = sys.argv[1], dict(pair.split("=") for pair in sys.argv[2:])
            def chunk(kind, data):
                return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for number, (label, count) in enumerate(sorted(counts.items())):
                os.makedirs(f"{folder}/{label}")
                for index in range(int(count)):
                    draw = random.Random(f"{label}{index}")
                    blobs = [(draw.random() * 80, draw.random() * 80, draw.random()) for _ in range(6)]
                    rows = b""
                    for y in range(80):
                        row = bytearray(1)
                        for x in range(80):
                            value = 0.3 + 0.2 * math.sin((x, y)[number % 2] / 3)
                            value += sum(0.5 * c * math.exp(-((x - a) ** 2 + (y - b) ** 2) / 60) for a, b, c in blobs)
                            row.append(max(0, min(255, int(value * 255))))
                        rows += bytes(row)
                    with open(f"{folder}/{label}/{index}.png", "wb") as file:
                        file.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 80, 80, 8, 0, 0, 0, 0))
                                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
            """

        init(_ counts: [String] = ["across=7", "down=7"]) throws {
            let run = try Program.run("python3", ["-c", Self.script, data] + counts)
            try #require(run.status == 0, "\(run.errors)")
        }

        /// The arguments of a training of seconds.
        func arguments(_ more: [String] = [], epochs: Int = 3, to output: String? = nil) -> [String] {
            [
                "train", data, "--scratch", "--architecture", "b0", "--side", "64", "--batch", "4",
                "--epochs",
                "\(epochs)", "--threads", "2", "--validation", "0.3", "--output", output ?? model,
            ] + more
        }

        func bytes(_ file: String, of bundle: String) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(bundle)/\(file)"))
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }

    @Test func aKilledTrainingEndsWithTheSameBytesOnceItIsResumed() throws {
        let pictures = try Pictures()
        let whole = try Program.run(
            "glenoid", pictures.arguments(to: "\(pictures.folder)/whole"))
        #expect(whole.status == 0, "\(whole.errors)")
        let killed = try Running("glenoid", pictures.arguments(), logPath: "\(pictures.folder)/log")
        #expect(eventually(within: 120) { killed.log.contains("epoch 1/3") || !killed.isRunning })
        killed.end(SIGKILL)
        #expect(!FileManager.default.fileExists(atPath: "\(pictures.model)/model.json"))
        let refused = try Program.run("glenoid", pictures.arguments())
        #expect(refused.status == 1 && refused.errors.contains("was not finished"))
        let resumed = try Program.run("glenoid", pictures.arguments(["--resume", "--json"]))
        #expect(resumed.status == 0 && resumed.errors.contains("continues after epoch"), "\(resumed.errors)")
        for file in ["weights.safetensors", "training.json"] {
            #expect(try pictures.bytes(file, of: "whole") == pictures.bytes(file, of: "model"), "\(file)")
        }
        #expect(!FileManager.default.fileExists(atPath: "\(pictures.model).training"))
        let record = try #require(
            JSONSerialization.jsonObject(with: Data(resumed.output.utf8)) as? [String: Any])
        #expect((record["history"] as? [[String: Any]])?.count == 3)
        #expect((record["validation"] as? [String])?.isEmpty == false && record["dataDigest"] is String)
        let shown = try Program.run("glenoid", ["model", "show", pictures.model])
        #expect(shown.status == 0, "\(shown.errors)")
    }

    @Test func aSecondTrainingLearnsFromAllImagesAndIsResumedLikeTheFirst() throws {
        let pictures = try Pictures()
        let whole = try Program.run(
            "glenoid", pictures.arguments(["--refit", "--json"], to: "\(pictures.folder)/whole"))
        #expect(whole.status == 0 && whole.errors.contains("first training"), "\(whole.errors)")
        let record = try #require(
            JSONSerialization.jsonObject(with: Data(whole.output.utf8)) as? [String: Any])
        #expect(record["trainingCount"] as? Int == 14 && (record["validation"] as? [String])?.count == 4)
        let killed = try Running(
            "glenoid", pictures.arguments(["--refit"]), logPath: "\(pictures.folder)/log")
        // The third epoch of the first training, then the first of the second.
        #expect(
            eventually(within: 120) {
                killed.log.components(separatedBy: "epoch 1/3").count > 2 || !killed.isRunning
            })
        killed.end(SIGKILL)
        let resumed = try Program.run("glenoid", pictures.arguments(["--refit", "--resume"]))
        #expect(resumed.status == 0 && !resumed.errors.contains("first training"), "\(resumed.errors)")
        #expect(resumed.output.contains("held back from a first training"))
        for file in ["weights.safetensors", "training.json"] {
            #expect(try pictures.bytes(file, of: "whole") == pictures.bytes(file, of: "model"), "\(file)")
        }
        let calibrations = try ["whole", "model"].map { bundle in
            let description = try JSONSerialization.jsonObject(with: pictures.bytes("model.json", of: bundle))
            return try #require(description as? [String: Any])
        }
        for key in ["temperature", "threshold", "familiarity"] {
            let (one, other) = (calibrations[0][key] as? NSObject, calibrations[1][key] as? NSObject)
            #expect(one != nil && one == other, "\(key)")
        }
        #expect(!FileManager.default.fileExists(atPath: "\(pictures.model).training.choice.json"))
    }

    @Test func controlCStopsBetweenTwoStepsAndSaysHowToGoOn() throws {
        let pictures = try Pictures()
        let run = try Running(
            "glenoid", pictures.arguments(epochs: 200), logPath: "\(pictures.folder)/log")
        #expect(eventually(within: 120) { run.log.contains("epoch 1/200") || !run.isRunning })
        #expect(run.end(SIGINT) == 1)
        #expect(run.log.contains("with --resume continues there"))
        #expect(FileManager.default.fileExists(atPath: "\(pictures.model).training/checkpoint.safetensors"))
    }

    /// A limit on the size of files stands for the full disk: the write ends in the middle either way.
    @Test func aFullDiskLeavesTheCheckpointBefore() throws {
        let pictures = try Pictures()
        let checkpoint = "\(pictures.model).training/checkpoint.safetensors"
        let first = try Running("glenoid", pictures.arguments(), logPath: "\(pictures.folder)/log")
        #expect(eventually(within: 120) { first.log.contains("epoch 1/3") || !first.isRunning })
        first.end(SIGINT)
        let before = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
        let full = try Program.run(
            "bash",
            ["-c", "ulimit -f 20000; trap '' XFSZ; exec \"$@\"", "bash", Program.glenoid]
                + pictures.arguments(["--resume"]))
        #expect(full.status == 1)
        #expect(
            full.errors.contains("the checkpoint could not be written, the one before stays"),
            "\(full.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: checkpoint)) == before)
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(pictures.model).training")
        #expect(files == ["checkpoint.safetensors"])
        let resumed = try Program.run("glenoid", pictures.arguments(["--resume"]))
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    @Test func damagedFilesAndASingleImageAreNamedAndTheRestIsLearned() throws {
        let pictures = try Pictures(["across=5", "down=5", "single=1"])
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(pictures.data)/across/broken.png"))
        let run = try Program.run("glenoid", pictures.arguments(epochs: 1))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("across/broken.png: ") && run.errors.contains("left out"))
        #expect(run.errors.contains("single: 1 image, none could be held back to watch"))
        let evaluated = try Program.run(
            "glenoid", ["evaluate", pictures.data, "--model", pictures.model, "--json"])
        #expect(evaluated.status == 1 && evaluated.output.contains("\"n\" : 11"), "\(evaluated.errors)")
    }

    @Test func dataThatCannotBeLearnedFromIsRefusedWithTheReason() throws {
        let pictures = try Pictures(["across=4"])
        let one = try Program.run("glenoid", pictures.arguments())
        #expect(one.status == 1 && one.errors.contains("of one class"), "\(one.errors)")
        try FileManager.default.copyItem(
            atPath: "\(pictures.data)/across/0.png", toPath: "\(pictures.folder)/0.png")
        try FileManager.default.createDirectory(
            atPath: "\(pictures.data)/down", withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: "\(pictures.folder)/0.png", toPath: "\(pictures.data)/down/0.png")
        let few = try Program.run("glenoid", pictures.arguments(["--validation", "0.01"], epochs: 1))
        #expect(few.status == 0 && few.errors.contains("the training is not watched"), "\(few.errors)")
        #expect(few.errors.contains("duplicates with different labels"))
        let nothing = try Program.run("glenoid", ["train", pictures.data, "--output", pictures.model])
        #expect(nothing.status == 64 && nothing.errors.contains("--base MODEL, or --scratch"))
        let noFolder = try Program.run("glenoid", pictures.arguments(to: "\(pictures.data)/across/0.png"))
        #expect(noFolder.status == 1 && noFolder.errors.contains("0.png"), "\(noFolder.errors)")
        let recipe = "\(pictures.folder)/recipe.json"
        try Data(#"{"epoch": 1}"#.utf8).write(to: URL(fileURLWithPath: recipe))
        let next = "\(pictures.folder)/next"
        let misspelt = try Program.run("glenoid", pictures.arguments(["--recipe", recipe], to: next))
        #expect(misspelt.status == 1 && misspelt.errors.contains("the key epoch is unknown"))
        #expect(!FileManager.default.fileExists(atPath: next))
    }

    /// Two names of one code: found out at the end, hours would be lost.
    @Test func aBundleThatCannotBeDescribedIsRefusedBeforeItIsTrained() throws {
        let pictures = try Pictures(["type a=3", "type_a=3"])
        let refused = try Program.run("glenoid", pictures.arguments())
        #expect(
            refused.status == 1 && refused.errors.contains("the bundle could not be written"),
            "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: pictures.model))
    }

    /// Shells complete the name of a folder that is there with a slash.
    @Test func aSlashBehindTheOutputIsNoOtherPlace() throws {
        let pictures = try Pictures()
        let first = try Program.run("glenoid", pictures.arguments(epochs: 1, to: pictures.model + "/"))
        #expect(first.status == 0, "\(first.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: pictures.folder).sorted() == [
                "data", "model",
            ])
        #expect(try Program.run("glenoid", ["model", "show", pictures.model]).output.contains("model"))
    }

    @Test func aClassThatTheBundleDoesNotHaveIsRefusedUnlessTheClassifierStartsAnew() throws {
        let pictures = try Pictures()
        #expect(try Program.run("glenoid", pictures.arguments(epochs: 1)).status == 0)
        try FileManager.default.moveItem(atPath: "\(pictures.data)/down", toPath: "\(pictures.data)/oblique")
        func arguments(_ more: [String]) -> [String] {
            [
                "train", pictures.data, "--base", pictures.model, "--epochs", "1", "--batch", "4",
                "--validation", "0.3", "--output", "\(pictures.folder)/next",
            ] + more
        }
        let refused = try Program.run("glenoid", arguments([]))
        #expect(
            refused.status == 1
                && refused.errors.contains("class 'oblique' (7 images) is not a label of the model"))
        let anew = try Program.run(
            "glenoid", arguments(["--initialise", "classifier", "--half", "--fold", "--mirror"]))
        #expect(anew.status == 0, "\(anew.errors)")
        // As many classes as before, so that the old classifier would have fitted.
        #expect(anew.errors.contains("started anew: classifier.weight"), "\(anew.errors)")
        let names = "\(pictures.folder)/labels.txt"
        try Data("oblique\nacross\n".utf8).write(to: URL(fileURLWithPath: names))
        let renamed = try Program.run("glenoid", arguments(["--labels", names]))
        #expect(
            renamed.status == 1 && renamed.errors.contains("--labels names other classes"),
            "\(renamed.errors)")
        let folder = "\(pictures.folder)/next"
        let shown = try Program.run("glenoid", ["model", "show", folder])
        #expect(shown.output.contains("oblique"), "\(shown.output)\(shown.errors)")
        #expect(shown.output.contains("images, data digest") && shown.output.contains("mirrored"))
        let further = try Program.run(
            "glenoid",
            [
                "train", pictures.data, "--base", folder, "--epochs", "1", "--batch", "4", "--output",
                "\(folder)-2",
            ])
        #expect(
            further.status == 0 && further.errors.contains("their statistics stay frozen"),
            "\(further.errors)")
        #expect(further.errors.contains("what is held back is not unseen"))
        let tested = try Program.run(
            "glenoid",
            ["cross-validate", pictures.data, "--base", folder, "--state", "\(pictures.folder)/state"])
        #expect(tested.status == 1 && tested.errors.contains("tested unseen"), "\(tested.errors)")
        #expect(try Program.run("glenoid", ["model", "show", "\(folder)-2"]).output.contains("mirrored"))
    }
}
