import Classification
import EfficientNet
import Foundation
import Learning
import Tensor
import Testing

/// Trainings small enough for a test: B0 at 64 × 64, two classes that differ in the direction of their stripes.
enum TinyTraining {
    static let side = 64

    static var recipe: TrainingRecipe {
        var recipe = TrainingRecipe()
        recipe.architecture = "b0"
        recipe.side = side
        recipe.epochs = 2
        recipe.batch = 4
        recipe.warmUp = 0
        recipe.averageDecay = 0.9
        return recipe
    }

    static func images(_ count: Int, seed: UInt64 = 7) -> [LearningImage] {
        (0..<count).map { index in
            var generator = SeededGenerator(seed: seed, path: [UInt64(index)])
            let phase = generator.uniform(0...6)
            let grey = (0..<side * side).map { pixel in
                let place = index % 2 == 0 ? pixel / side : pixel % side
                return Float(0.5 + 0.4 * sin(Double(place) / 3 + phase))
            }
            return LearningImage(
                name: "\(index)", classIndex: index % 2, digest: "\(seed)-\(index)", grey: grey)
        }
    }

    /// Drawn once: four million weights take a while.
    static let start = Result { try TrainingStart(random: recipe, classCount: 2) }

    static func trainer(
        _ recipe: TrainingRecipe = recipe, start: TrainingStart? = nil, images: [LearningImage] = images(6),
        validation: [LearningImage] = images(2, seed: 8), stateFolder: String? = nil, resuming: Bool = false,
        threadCount: Int = 2
    ) throws -> Trainer {
        try Trainer(
            recipe: recipe, start: start ?? Self.start.get(), training: images,
            validation: validation, stateFolder: stateFolder, resuming: resuming, threadCount: threadCount)
    }

    static func finish(_ trainer: Trainer) throws -> TrainedModel {
        guard case .finished(let model) = try trainer.run() else { throw Stopped() }
        return model
    }

    struct Stopped: Error {}
}

/// A folder that is gone when the test ends.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("glenoid-\(UUID().uuidString)")
        .path

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct TrainerTests {
    private func floats(_ model: TrainedModel) -> [String: [Float]] {
        model.tensors.tensors.mapValues(\.values)
    }

    @Test func theSameBitsWhateverTheThreads() throws {
        var recipe = TinyTraining.recipe
        recipe.epochs = 1
        let one = try TinyTraining.finish(TinyTraining.trainer(recipe, threadCount: 1))
        let three = try TinyTraining.finish(TinyTraining.trainer(recipe, threadCount: 3))
        #expect(floats(one) == floats(three))
        #expect(one.history == three.history && one.history.count == 1)
        recipe.seed = 2
        let other = try TinyTraining.finish(TinyTraining.trainer(recipe))
        #expect(floats(one) != floats(other))
    }

    @Test func aResumedTrainingEndsAsTheUninterruptedOne() throws {
        let folder = TemporaryFolder()
        let whole = try TinyTraining.finish(TinyTraining.trainer())
        var steps = 0
        let first = try TinyTraining.trainer(stateFolder: folder.path)
        // In the middle of the second epoch: what it did there is given up.
        let outcome = try first.run(shouldStop: { steps > 2 }, progress: { _ in steps += 1 })
        guard case .stopped(let epochs) = outcome else { throw TinyTraining.Stopped() }
        #expect(epochs == 1)
        #expect(throws: LearningError.self) { try TinyTraining.trainer(stateFolder: folder.path) }
        let second = try TinyTraining.trainer(stateFolder: folder.path, resuming: true, threadCount: 1)
        #expect(second.epoch == 1)
        let resumed = try TinyTraining.finish(second)
        #expect(floats(whole) == floats(resumed))
        #expect(whole.history == resumed.history)
        second.removeState()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func mixedStepsLearnSomethingElseAndTheSameWhenResumed() throws {
        var recipe = TinyTraining.recipe
        recipe.mixup = 1
        let whole = try TinyTraining.finish(TinyTraining.trainer(recipe))
        #expect(floats(whole) != floats(try TinyTraining.finish(TinyTraining.trainer())))
        let folder = TemporaryFolder()
        var steps = 0
        _ = try TinyTraining.trainer(recipe, stateFolder: folder.path)
            .run(shouldStop: { steps > 2 }, progress: { _ in steps += 1 })
        let resumed = try TinyTraining.finish(
            TinyTraining.trainer(recipe, stateFolder: folder.path, resuming: true, threadCount: 1))
        #expect(floats(whole) == floats(resumed))
    }

    @Test func imagesAreMixedWithTheNextOneOfTheirStep() throws {
        var recipe = TinyTraining.recipe
        (recipe.augmentation, recipe.mixup) = (.none, 1)
        let images = TinyTraining.images(3)
        let start = try TinyTraining.start.get()
        let batches = BatchMaker(
            recipe: recipe, images: images, settings: start.settings, start.preparation)
        let pool = ForkJoinPool(threadCount: 1)
        func pixels(_ share: Double) -> [Float] {
            batches.pixels([2, 0, 1], epoch: 1, side: TinyTraining.side, ownShare: share, pool: pool)
        }
        let (plain, mixed) = (pixels(1), pixels(0.75))
        let count = plain.count / 3
        for index in mixed.indices {
            let expected = 0.75 * plain[index] + 0.25 * plain[(index + count) % plain.count]
            #expect(abs(mixed[index] - expected) < 1e-5, "\(index)")
        }
        let shares = (0..<100).map { batches.ownShare(epoch: 1, step: $0) }
        #expect(shares.allSatisfy { $0 >= 0.5 && $0 <= 1 } && Set(shares).count == 100)
        recipe.mixup = nil
        let unmixed = BatchMaker(
            recipe: recipe, images: images, settings: start.settings, start.preparation)
        #expect((0..<100).allSatisfy { unmixed.ownShare(epoch: 1, step: $0) == 1 })
    }

    @Test func aCheckpointOfAnotherTrainingIsRefused() throws {
        let folder = TemporaryFolder()
        var recipe = TinyTraining.recipe
        recipe.epochs = 1
        _ = try TinyTraining.finish(TinyTraining.trainer(recipe, stateFolder: folder.path))
        recipe.bodyRate *= 2
        #expect(throws: LearningError.self) {
            try TinyTraining.trainer(recipe, stateFolder: folder.path, resuming: true)
        }
    }

    /// Two files of one name.
    @Test func aCheckpointFromOtherWeightsIsRefused() throws {
        let (folder, first, second) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
        var recipe = TinyTraining.recipe
        recipe.epochs = 1
        var starts: [TrainingStart] = []
        for (place, seed) in [(first, UInt64(1)), (second, 2)] {
            recipe.seed = seed
            let random = try TrainingStart(random: recipe, classCount: 2)
            let path = place.path + "/weights.safetensors"
            try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
            try ImportedNetwork.repacked(
                random.tensors, settings: random.settings, isFolded: false, isHalf: false
            )
            .write(to: path)
            recipe.seed = TinyTraining.recipe.seed
            starts.append(
                try TrainingStart(weights: path, recipe: recipe, classCount: 2, padding: .same, epsilon: 1e-3)
            )
        }
        #expect(starts[0].source == starts[1].source && starts[0].digest != starts[1].digest)
        _ = try TinyTraining.finish(TinyTraining.trainer(recipe, start: starts[0], stateFolder: folder.path))
        #expect(throws: LearningError.self) {
            try TinyTraining.trainer(recipe, start: starts[1], stateFolder: folder.path, resuming: true)
        }
    }

    @Test func whatIsFrozenStaysAndTheRestLearns() throws {
        var recipe = TinyTraining.recipe
        (recipe.epochs, recipe.averageDecay) = (1, 0)
        recipe.frozen = ["conv_stem*", "bn1.*", "blocks.0.*", "blocks.3.1.conv_pw.weight", "*.se.*"]
        recipe.batchStatisticsFrom = "blocks.6"
        let start = try TinyTraining.start.get().tensors.tensors.mapValues(\.values)
        let model = floats(try TinyTraining.finish(TinyTraining.trainer(recipe)))
        // The normalisations are stated anew at the end, frozen or not: `RestatedStatisticsTests`.
        for (name, values) in model where !name.contains("bn") {
            // Zero at the start, and so without a gradient for what lies before it.
            if recipe.isFrozen(name) { #expect(values == start[name], "\(name)") }
        }
        #expect(model["classifier.weight"] != start["classifier.weight"])
        #expect(model["blocks.3.1.bn3.weight"] != start["blocks.3.1.bn3.weight"])
    }

    @Test func whatIsWrittenHasTheStatisticsOfItsImages() throws {
        var recipe = TinyTraining.recipe
        (recipe.epochs, recipe.batchStatisticsFrom) = (1, "never")
        let start = try TinyTraining.start.get().tensors.tensors.mapValues(\.values)
        let trainer = try TinyTraining.trainer(recipe)
        let model = try TinyTraining.finish(trainer)
        for (name, values) in floats(model) where name.contains("running_") {
            #expect(values != start[name], "\(name)")
        }
        // Asked again, it is the same model: stating it anew has not touched the training.
        #expect(floats(try TinyTraining.finish(trainer)) == floats(model))
    }

    @Test func earlierPhasesSeeSmallerImages() throws {
        var recipe = TinyTraining.recipe
        (recipe.side, recipe.earlierSides, recipe.epochs) = (96, [64, 80], 5)
        #expect((1...5).map(recipe.side) == [64, 64, 80, 80, 96])
        (recipe.earlierSides, recipe.epochs) = ([64], 1)
        #expect(recipe.side(epoch: 1) == 64)
        recipe.earlierSides = [128]
        #expect(throws: LearningError.self) { try recipe.check() }
    }

    @Test func aTrainingThatGrowsResumesAtItsSize() throws {
        var recipe = TinyTraining.recipe
        (recipe.side, recipe.earlierSides, recipe.epochs) = (80, [64], 2)
        let start = try TrainingStart(random: recipe, classCount: 2)
        let images = TinyTraining.images(6).map { image in
            LearningImage(
                name: image.name, classIndex: image.classIndex, digest: image.digest,
                grey: (0..<80 * 80).map { image.grey[$0 / 80 * 64 / 80 * 64 + $0 % 80 * 64 / 80] })
        }
        func trainer(_ folder: String?, resuming: Bool = false) throws -> Trainer {
            try Trainer(
                recipe: recipe, start: start, training: images, validation: [], stateFolder: folder,
                resuming: resuming, threadCount: 2)
        }
        let whole = try TinyTraining.finish(trainer(nil))
        let folder = TemporaryFolder()
        var steps = 0
        _ = try trainer(folder.path).run(shouldStop: { steps > 2 }, progress: { _ in steps += 1 })
        let resumed = try TinyTraining.finish(trainer(folder.path, resuming: true))
        #expect(floats(whole) == floats(resumed))
    }

    @Test func aTrainingLearnsWhatItIsShown() throws {
        var recipe = TinyTraining.recipe
        (recipe.epochs, recipe.averageDecay, recipe.stochasticDepth, recipe.dropout) = (6, 0, 0, 0)
        (recipe.bodyRate, recipe.augmentation) = (2e-3, .none)
        let model = try TinyTraining.finish(TinyTraining.trainer(recipe, images: TinyTraining.images(8)))
        let (first, last) = (try #require(model.history.first), try #require(model.history.last))
        #expect(last.loss < first.loss * 0.7, "\(model.history)")
        let outputs = try model.outputs(for: TinyTraining.images(4), threadCount: 2)
        #expect(
            outputs.count == 4 && outputs.allSatisfy { $0.logits.count == 2 && $0.features.count == 1280 })
    }

    @Test func patienceStopsAndTheBestEpochIsTaken() throws {
        var recipe = TinyTraining.recipe
        (recipe.epochs, recipe.patience, recipe.selection) = (6, 1, .best)
        // Rates that make it worse soon.
        (recipe.bodyRate, recipe.classifierRate, recipe.averageDecay) = (0.05, 0.5, 0)
        let model = try TinyTraining.finish(TinyTraining.trainer(recipe))
        let losses = model.history.compactMap(\.validationLoss)
        let smallest = try #require(losses.min())
        #expect(model.history.count < 6 && losses[model.epoch - 1] == smallest)
        #expect(model.history.count == model.epoch + 1)
    }

    @Test func imagesThatCannotBeLearnedFromAreRefused() throws {
        let ones = TinyTraining.images(6).filter { $0.classIndex == 1 }
        #expect(
            throws: LearningError.data(
                "all images to learn from are of one class: there is nothing to tell apart")
        ) {
            try TinyTraining.trainer(images: ones)
        }
        let foreign = LearningImage(
            name: "x", classIndex: 2, digest: "", grey: [Float](repeating: 0, count: 64 * 64))
        #expect(throws: LearningError.self) {
            try TinyTraining.trainer(images: TinyTraining.images(4) + [foreign])
        }
        let small = LearningImage(name: "x", classIndex: 1, digest: "", grey: [0])
        #expect(throws: LearningError.self) {
            try TinyTraining.trainer(images: TinyTraining.images(4) + [small])
        }
        var recipe = TinyTraining.recipe
        recipe.frozen = ["block.0.*"]
        let misspelt = #expect(throws: LearningError.self) { try TinyTraining.trainer(recipe) }
        #expect(misspelt?.description.contains("\"block.0.*\"") == true)
        recipe.frozen = ["*"]
        #expect(throws: LearningError.self) { try TinyTraining.trainer(recipe) }
    }

    @Test func aCheckpointThatCannotBeWrittenIsAClearError() throws {
        let folder = TemporaryFolder()
        // A file where the folder should be: as on a disk that takes nothing.
        try Data().write(to: URL(fileURLWithPath: folder.path))
        let trainer = try TinyTraining.trainer(stateFolder: folder.path)
        let error = #expect(throws: LearningError.self) { try trainer.run() }
        #expect(error?.description.contains("the checkpoint could not be written") == true)
    }

    @Test func whatAKilledProcessLeftHalfWrittenIsRemoved() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        for name in ["checkpoint.safetensors.part-1", "notes.txt"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
        }
        _ = try TinyTraining.trainer(stateFolder: folder.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["notes.txt"])
    }

    /// The loss of the only step is finite, the classifier being nought; features of 10³⁷ make its gradient, and so the
    /// weights, overflow.
    @Test func weightsThatTheLastStepBlowsUpAreRefusedAtTheEpochsEnd() throws {
        var recipe = TinyTraining.recipe
        (recipe.epochs, recipe.batch, recipe.optimiser, recipe.clipping) = (1, 6, .momentum, 0)
        (recipe.classifierRate, recipe.averageDecay) = (100, 0)
        let random = try TinyTraining.start.get()
        var set = random.tensors
        for (name, value) in [("bn2.weight", Float(1e37)), ("classifier.weight", 0)] {
            let old = try #require(set.tensors[name])
            set.tensors[name] = (shape: old.shape, values: old.values.map { _ in value })
        }
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/weights.safetensors"
        try ImportedNetwork.repacked(
            set, settings: random.settings, isFolded: false, isHalf: false
        ).write(to: path)
        let start = try TrainingStart(
            weights: path, recipe: recipe, classCount: 2, padding: .same, epsilon: 1e-3)
        let trainer = try TinyTraining.trainer(recipe, start: start, validation: [])
        let error = #expect(throws: LearningError.self) { try trainer.run() }
        #expect(error?.description.contains("at the end of epoch 1") == true, "\(error as Any)")
    }

    @Test func aLossThatIsNoNumberEndsTheTraining() throws {
        var recipe = TinyTraining.recipe
        (recipe.bodyRate, recipe.clipping, recipe.optimiser, recipe.epochs) = (100, 0, .momentum, 4)
        // Batch statistics would bring back to size whatever the weights are.
        (recipe.classifierRate, recipe.batchStatisticsFrom) = (100, "never")
        let trainer = try TinyTraining.trainer(recipe)
        let error = #expect(throws: LearningError.self) { try trainer.run() }
        #expect(error?.description.contains("not finite") == true)
    }

    /// One step of plain gradient descent: its length is the rate times the clipped gradient's, and the average goes the
    /// young average's share of it.
    @Test(arguments: [0, 0.99]) func aStepIsAsLongAsClippingAndAverageAllow(averageDecay: Double) throws {
        var recipe = TinyTraining.recipe
        (recipe.epochs, recipe.batch, recipe.optimiser, recipe.momentum) = (1, 6, .momentum, 0)
        (recipe.bodyRate, recipe.classifierRate, recipe.weightDecay) = (0.5, 0.5, 0)
        (recipe.clipping, recipe.averageDecay) = (0.01, averageDecay)
        // Normalisations are stated anew at the end.
        recipe.frozen = ["*bn*"]
        let start = try TinyTraining.start.get().tensors.tensors
        let model = try TinyTraining.finish(TinyTraining.trainer(recipe, validation: []))
        var sum = 0.0
        for (name, tensor) in model.tensors.tensors where !name.contains("bn") {
            for (after, before) in zip(tensor.values, start[name]?.values ?? []) {
                sum += Double(after - before) * Double(after - before)
            }
        }
        let expected = 0.5 * 0.01 * (averageDecay > 0 ? 9.0 / 11 : 1)
        #expect(
            abs(sum.squareRoot() - expected) < 0.01 * expected, "\(sum.squareRoot()), expected \(expected)")
        #expect((model.history.first?.gradientLength ?? 0) > 0.01)
    }
}
