import Classification
import Dicom
import EfficientNet
import Foundation
import Learning
import Testing

/// What lies between the images of a data set and a bundle on disk.
@Suite struct TrainedModelTests {
    private struct Broken: Error, CustomStringConvertible { let description = "it is broken" }

    private func record(_ image: LearningImage) -> ImageRecord {
        ImageRecord(
            kind: "PNG", rows: 64, columns: 64, modality: nil, patientKey: nil, digest: image.digest,
            image: PreparedImage(
                pixels: InputScale(PreparationSettings()).pixels(image.grey),
                letterbox: Letterbox(rows: 64, columns: 64, side: 64), steps: []))
    }

    private func set(_ images: [LearningImage]) throws -> LearningSet {
        let items = (images.map { ($0.name, $0.classIndex) } + [("broken", 0)]).map {
            DataSet.Item(path: $0.0, name: $0.0, classIndex: $0.1)
        }
        return try LearningSet(
            DataSet(source: "set", classes: ["a", "b"], items: items),
            preparation: Preparation(side: 64),
            read: { path in
                guard let image = images.first(where: { $0.name == path }) else { throw Broken() }
                return record(image)
            })
    }

    @Test func imagesInMemoryAreWhatThePreparationMade() throws {
        let images = TinyTraining.images(4)
        let set = try set(images)
        #expect(set.images.map(\.name) == images.map(\.name) && set.survey.damaged.count == 1)
        for (found, expected) in zip(set.images, images) {
            let pairs = zip(found.grey, expected.grey)
            #expect(pairs.allSatisfy { abs($0 - $1) < 1e-6 })
        }
        let scale = InputScale(PreparationSettings())
        #expect(
            zip(scale.pixels([0, 1]), [-2.1179, -2.0357, -1.8044, 2.2489, 2.4286, 2.64]).allSatisfy {
                abs($0 - $1) < 1e-4
            })
    }

    @Test func theDigestIsThatOfNamesClassesAndFiles() throws {
        let images = TinyTraining.images(4)
        let same = try set(images)
        #expect(try set(images).digest == same.digest && same.digest.count == 64)
        var other = images
        other[1] = LearningImage(name: "1", classIndex: 1, digest: "another file", grey: images[1].grey)
        #expect(try set(other).digest != same.digest)
        other[1] = LearningImage(name: "1", classIndex: 0, digest: images[1].digest, grey: images[1].grey)
        #expect(try set(other).digest != same.digest)
    }

    @Test func aSetOfWhichNothingCanBeReadIsRefused() {
        #expect(
            throws: LearningError.data("none of its 1 images can be read; the first: broken: it is broken")
        ) {
            try set([])
        }
    }

    @Test(arguments: [(false, false), (true, true)])
    func theBundleAnswersAsTheTrainedNetwork(isFolded: Bool, isHalf: Bool) throws {
        var recipe = TinyTraining.recipe
        recipe.epochs = 1
        let model = try TinyTraining.finish(TinyTraining.trainer(recipe))
        let folder = TemporaryFolder()
        let labels = ["a", "b"].map { Label(name: $0, code: CodedEntry($0.uppercased(), "99GLENOID", $0)) }
        let description = ModelDescription(
            name: "tiny", version: "1", architecture: "b7", side: 100, padding: .symmetric,
            batchNormEpsilon: 0.5,
            batchNormFolded: false, labels: labels, provenance: Provenance(source: "test"),
            weights: WeightsReference(sha256: ""))
        let record = TrainingRecord(
            program: "test", commit: nil, recipe: recipe, start: "random", notes: [], dataDigest: "",
            trainingCount: 6, validation: ["v"], history: model.history, epoch: model.epoch,
            stoppedEarly: false)
        let written = try model.write(
            description, record: record, form: .init(isFolded: isFolded, isHalf: isHalf), to: folder.path)
        let bundle = try ModelBundle.load(folder: folder.path)
        #expect(bundle.description == written.description && bundle.description.batchNormFolded == isFolded)
        #expect(bundle.description.architecture == "b0" && bundle.description.side == 64)
        let images = TinyTraining.images(2, seed: 9)
        let pixels = images.flatMap { InputScale(PreparationSettings()).pixels($0.grey) }
        let found = try bundle.network(threadCount: 2).evaluate(pixels).logits
        let expected = try model.outputs(for: images, threadCount: 2).flatMap(\.logits)
        for (found, expected) in zip(found, expected) {
            #expect(abs(Double(found) - expected) < (isHalf ? 0.02 : 1e-4), "\(found), \(expected)")
        }
        let text = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(TrainingRecord.file)"))
        #expect(try JSONDecoder().decode(TrainingRecord.self, from: text) == record)
        // And one can train on: with the statistics frozen where they were folded in.
        let start = try TrainingStart(bundle: bundle, recipe: recipe, classCount: 2)
        let next = try Trainer(
            recipe: recipe, start: start, training: TinyTraining.images(4), validation: [], threadCount: 2)
        let again = try TinyTraining.finish(next)
        #expect(again.isFolded == isFolded && again.history.count == 1)
    }

    @Test func aBaseOfAnotherShapeIsRefused() throws {
        var recipe = TinyTraining.recipe
        recipe.epochs = 1
        let model = try TinyTraining.finish(TinyTraining.trainer(recipe))
        let folder = TemporaryFolder()
        let description = ModelDescription(
            name: "tiny", version: "1", architecture: "b0", side: 64, padding: .same, batchNormEpsilon: 1e-3,
            batchNormFolded: false,
            labels: ["a", "b"].map { Label(name: $0, code: CodedEntry($0.uppercased(), "99GLENOID", $0)) },
            provenance: Provenance(source: "test"), weights: WeightsReference(sha256: ""))
        let bundle = try model.write(description, record: nil, to: folder.path)
        recipe.architecture = "b1"
        #expect(throws: LearningError.settings("the recipe is for b1, tiny is b0")) {
            try TrainingStart(bundle: bundle, recipe: recipe, classCount: 2)
        }
        recipe.architecture = "b0"
        #expect(throws: LearningError.self) {
            try TrainingStart(bundle: bundle, recipe: recipe, classCount: 3)
        }
        #expect(throws: LearningError.self) {
            try TrainingStart(weights: "\(folder.path)/model.json", recipe: recipe, classCount: 2)
        }
    }
}
