import Classification
import EfficientNet
import Foundation
import Learning
import Testing

@Suite struct CrossValidationTests {
    private struct Unknown: Error {}

    /// Tiny images as if they had been read from files.
    private func set(_ images: [LearningImage], patients: [String] = []) throws -> LearningSet {
        let preparation = Preparation(side: TinyTraining.side)
        let scale = InputScale(preparation.settings)
        let byName = Dictionary(images.map { ($0.name, $0) }) { first, _ in first }
        let items = images.enumerated().map { index, image in
            DataSet.Item(
                path: image.name, name: image.name, classIndex: image.classIndex,
                patient: patients.isEmpty ? nil : patients[index])
        }
        return try LearningSet(
            DataSet(source: "tiny", classes: ["rows", "columns"], items: items), preparation: preparation,
            read: { path in
                guard let image = byName[path] else { throw Unknown() }
                let side = TinyTraining.side
                return ImageRecord(
                    kind: "PNG", rows: side, columns: side, modality: nil, patientKey: nil,
                    digest: image.digest,
                    image: PreparedImage(
                        pixels: scale.pixels(image.grey),
                        letterbox: Letterbox(rows: side, columns: side, side: side), steps: []))
            })
    }

    private static var recipe: TrainingRecipe {
        var recipe = TinyTraining.recipe
        recipe.epochs = 1
        recipe.validationFraction = 0.3
        recipe.selection = .best
        return recipe
    }

    private func validation(
        _ folder: TemporaryFolder, recipe: TrainingRecipe = recipe,
        images: [LearningImage] = TinyTraining.images(20), patients: [String] = [], foldCount: Int = 2,
        choices: TemporaryFolder? = nil
    ) throws -> CrossValidation {
        try CrossValidation(
            set: set(images, patients: patients), start: TinyTraining.start.get(), recipe: recipe,
            foldCount: foldCount,
            stateFolder: folder.path, choicesFolder: choices?.path)
    }

    @Test func aStoppedRunGoesOnAndEndsAsTheUninterruptedOne() throws {
        let (whole, cut) = (TemporaryFolder(), TemporaryFolder())
        let first = try validation(whole)
        let expected = try (0..<2).map { try #require(try first.run(fold: $0, threadCount: 2)) }
        // The first fold is done, the second stopped before its first step.
        #expect(try validation(cut).run(fold: 0, threadCount: 1)?.cases == expected[0].cases)
        #expect(try validation(cut).run(fold: 1, threadCount: 2, shouldStop: { true }) == nil)
        let again = try validation(cut)
        #expect(try again.result(fold: 0)?.cases == expected[0].cases)
        #expect(try again.result(fold: 1) == nil)
        #expect(try again.run(fold: 1, threadCount: 2)?.cases == expected[1].cases)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: cut.path).sorted()
                == ["fold-01.json", "fold-02.json"])

        // Every image was tested once, by a fold that neither learned from it nor chose by it.
        #expect(Set(expected.flatMap { $0.cases.map(\.name) }).count == first.set.images.count)
        for fold in 0..<2 {
            let split = try first.split(fold: fold)
            let seen = Set((split.training + split.validation).map { first.set.images[$0].name })
            #expect(seen.isDisjoint(with: expected[fold].cases.map(\.name)))
            #expect(!split.validation.isEmpty && Set(split.validation).isDisjoint(with: split.training))
        }
    }

    /// The recipe with a second training, and the one without.
    private static var refitted: (with: TrainingRecipe, without: TrainingRecipe) {
        var recipe = recipe
        recipe.selection = .last
        let without = recipe
        recipe.refit = true
        return (recipe, without)
    }

    @Test func aSecondTrainingLearnsFromWhatTheFirstOneChoseBy() throws {
        let (folder, plainFolder) = (TemporaryFolder(), TemporaryFolder())
        let (with, without) = Self.refitted
        let plain = try #require(try validation(plainFolder, recipe: without).run(fold: 0, threadCount: 2))
        let refitted = try validation(folder, recipe: with)
        var parts: [CalibratedTraining.Part] = []
        var counts: [Int] = []
        let result = try #require(
            try refitted.run(
                fold: 0, threadCount: 2,
                began: {
                    parts.append($0.part)
                    counts.append($0.trainingCount)
                }))
        let split = try refitted.split(fold: 0)
        #expect(parts == [.choosing, .model])
        #expect(counts == [split.training.count, split.training.count + split.validation.count])
        #expect(
            result.trainingCount == 20 - result.cases.count && result.validationCount == plain.validationCount
        )
        // Chosen by the first training, answered by the second.
        #expect(result.temperature == plain.temperature && result.threshold == plain.threshold)
        #expect(result.distanceMax == plain.distanceMax)
        #expect(result.cases.map(\.name) == plain.cases.map(\.name))
        #expect(result.cases.map(\.logits) != plain.cases.map(\.logits))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["fold-01.json"])

        // What the fold without a second training has chosen can be taken over.
        let shorter = TemporaryFolder()
        var begun: [CalibratedTraining.Part] = []
        let taken = try validation(shorter, recipe: with, choices: plainFolder).run(
            fold: 0, threadCount: 2, began: { begun.append($0.part) })
        #expect(begun == [.model])
        #expect(taken?.cases == result.cases && taken?.threshold == result.threshold)
    }

    @Test func aSecondTrainingThatIsStoppedDoesNotRepeatTheFirst() throws {
        let (whole, cut) = (TemporaryFolder(), TemporaryFolder())
        let recipe = Self.refitted.with
        let expected = try validation(whole, recipe: recipe).run(fold: 0, threadCount: 2)
        var isInSecond = false
        let stopped = try validation(cut, recipe: recipe).run(
            fold: 0, threadCount: 2, began: { isInSecond = $0.part == .model }, shouldStop: { isInSecond })
        #expect(stopped == nil && isInSecond)
        var begun: [CalibratedTraining.Part] = []
        let result = try validation(cut, recipe: recipe).run(
            fold: 0, threadCount: 2, began: { begun.append($0.part) })
        #expect(begun == [.model])
        #expect(result?.cases == expected?.cases && result?.threshold == expected?.threshold)
    }

    @Test func choicesOfAnotherTrainingAreRefused() throws {
        let (folder, plainFolder) = (TemporaryFolder(), TemporaryFolder())
        let (with, without) = Self.refitted
        var other = without
        other.bodyRate *= 2
        _ = try validation(plainFolder, recipe: other).run(fold: 0, threadCount: 2)
        #expect(throws: LearningError.self) {
            try validation(folder, recipe: with, choices: plainFolder).run(fold: 0, threadCount: 2)
        }
        // Those of its own folder likewise: a first training of other images or another recipe.
        try Data(#"{"fingerprint": "0", "choice": {}}"#.utf8).write(
            to: URL(fileURLWithPath: folder.path + "/fold-01.training.choice.json"))
        let error = #expect(throws: LearningError.self) {
            try validation(folder, recipe: with).run(fold: 0, threadCount: 2)
        }
        #expect(error?.description.contains("choice.json") == true)
        #expect(throws: LearningError.self) { try validation(folder, recipe: without, choices: plainFolder) }
        let absent = #expect(throws: LearningError.self) {
            try validation(folder, recipe: with, choices: TemporaryFolder())
        }
        #expect(absent?.description.contains("no such folder") == true)
    }

    @Test func theStateOfAnotherCrossValidationIsRefused() throws {
        let folder = TemporaryFolder()
        _ = try validation(folder).run(fold: 0, threadCount: 2)
        var other = Self.recipe
        other.bodyRate *= 2
        let error = #expect(throws: LearningError.self) {
            try validation(folder, recipe: other).result(fold: 0)
        }
        #expect(error?.description.contains("another cross-validation") == true)
        // The same files, of which some are now known to be of one patient: the folds are cut otherwise.
        let tied = (0..<20).map { "patient \($0 / 4)" }
        #expect(throws: LearningError.self) { try validation(folder, patients: tied).result(fold: 0) }
        try Data("{".utf8).write(to: URL(fileURLWithPath: folder.path + "/fold-01.json"))
        let damaged = #expect(throws: LearningError.self) { try validation(folder).result(fold: 0) }
        #expect(damaged?.description.contains("fold-01.json") == true)
    }

    @Test func aResultThatCannotBeKeptIsAnErrorAndTheCheckpointStays() throws {
        let folder = TemporaryFolder()
        // A folder where the result should go: the disk does not take it.
        try FileManager.default.createDirectory(
            atPath: folder.path + "/fold-01.json/inside", withIntermediateDirectories: true)
        let error = #expect(throws: LearningError.self) {
            try validation(folder).run(fold: 0, threadCount: 2)
        }
        guard case .world(let reason) = error else {
            Issue.record("expected a complaint about the disk, got \(String(describing: error))")
            return
        }
        #expect(reason.contains("fold-01.json"))
        #expect(FileManager.default.fileExists(atPath: folder.path + "/fold-01.training"))
    }

    @Test func whatCannotBeMeasuredIsRefusedBeforeHoursAreSpent() throws {
        let folder = TemporaryFolder()
        var recipe = Self.recipe
        recipe.validationFraction = 0
        #expect(throws: LearningError.self) { try validation(folder, recipe: recipe) }
        #expect(throws: LearningError.self) { try validation(folder, foldCount: 1) }
        #expect(throws: LearningError.self) { try validation(folder, foldCount: 21) }
        let alike = TinyTraining.images(20).filter { $0.classIndex == 0 }
        let error = #expect(throws: LearningError.self) { try validation(folder, images: alike) }
        #expect(error?.description.contains("one class") == true)
    }

    @Test func aClassWithASingleImageIsTestedWithoutBeingLearned() throws {
        let folder = TemporaryFolder()
        let images = TinyTraining.images(20)
        let lonely = images.filter { $0.classIndex == 0 } + [images[1], images[3]]
        let validation = try validation(folder, images: lonely)
        for fold in 0..<2 {
            // The one of the other fold is learned from, never held back: nothing of its class would be left.
            let split = try validation.split(fold: fold)
            #expect(split.training.contains { validation.set.images[$0].classIndex == 1 })
        }
    }
}
