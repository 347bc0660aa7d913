import Classification
import Dicom
import Foundation
import Testing

/// The bundle that ships, and a small radiograph of noise: what it answers does not matter here, only how.
private enum Shipped {
    static let bundle = Result {
        try ModelBundle.load(
            folder: FileManager.default.currentDirectoryPath + "/conf/models/shoulder-implant")
    }

    static func classifier(_ frames: FramePolicy = .first) throws -> Classifier {
        try classifier { $0.preparation.frames = frames }
    }

    /// The shipped network with another description, without its statistics unless others are given.
    static func classifier(
        statistics: Familiarity? = nil, _ change: (inout ModelDescription) -> Void
    ) throws -> Classifier {
        let shipped = try bundle.get()
        var description = shipped.description
        description.familiarity = nil
        let folder = try TemporaryFolder()
        if let statistics {
            let reference = FamiliarityReference(sha256: "", distanceMax: 1, falseAlarmRate: 0.05)
            let path = folder.path + "/" + reference.file
            try statistics.write(to: path)
            description.familiarity = reference
            description.familiarity?.sha256 = try ModelBundle.fileDigest(path)
        }
        change(&description)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/" + description.weights.file, withDestinationPath: shipped.weightsPath)
        return try Classifier(bundle: ModelBundle.write(description, to: folder.path), threadCount: 1)
    }

    /// An object of some frames, each of another texture, with the identifiers that a report needs.
    static func object(frames: Int? = nil, laterality: String? = nil, without: Set<Dicom.Tag> = []) throws
        -> Dataset
    {
        var writer = Part10Writer()
        writer.image(
            Part10Writer.Image(rows: 48, columns: 48, frames: frames, bitsStored: 12, without: without))
        var identity = Part10Writer()
        for tag in [Dicom.Tag.studyInstanceUID, .seriesInstanceUID] where !without.contains(tag) {
            identity.text(tag, "UI", "2.25.2")
        }
        if let laterality { identity.text(.imageLaterality, "CS", laterality) }
        var samples: [UInt16] = []
        for frame in 0..<(frames ?? 1) {
            for pixel in 0..<48 * 48 {
                let value: Int = pixel * (31 + frame * 7) + pixel / 48 * 97
                samples.append(UInt16(value % 4096))
            }
        }
        writer.words(.pixelData, "OW", samples)
        return try Dataset(bytes: writer.inserting(identity).part10())
    }
}

extension Part10Writer {
    /// The elements in order: those of `other` belong before the image's own.
    fileprivate func inserting(_ other: Part10Writer) -> Part10Writer {
        // The image's two identifiers stand first, then the study's, then the pixels' description (0028).
        let description = Array([0x28, 0x00, 0x02, 0x00] as [UInt8])
        let index = bytes.indices.first { bytes[$0...].starts(with: description) } ?? bytes.count
        var writer = Part10Writer()
        writer.raw(Array(bytes[..<index]) + other.bytes + Array(bytes[index...]))
        return writer
    }
}

struct ClassifierTests {
    @Test func predictionDoesNotDependOnTheBatch() throws {
        let classifier = try Shipped.classifier()
        let images = try (0..<3).map { frame in
            try classifier.preparation.input(from: try Shipped.object(frames: 3), frameIndex: frame)
        }
        let together = classifier.classify(images)
        for (image, prediction) in zip(images, together) {
            let alone = classifier.classify([image])[0]
            for (one, other) in zip(alone.probabilities, prediction.probabilities) {
                #expect(abs(one - other) < 1e-5)
            }
        }
        #expect(classifier.classify([images[0]]) == classifier.classify([images[0]]))
    }

    @Test func framesFollowThePolicy() throws {
        let object = try Shipped.object(frames: 4)
        #expect(try Shipped.classifier(.first).result(of: object, digest: "d").frameNumbers == [1])
        #expect(try Shipped.classifier(.middle).result(of: object, digest: "d").frameNumbers == [3])
        let all = try Shipped.classifier(.all)
        let result = try all.result(of: object, digest: "d")
        #expect(result.frameNumbers == [1, 2, 3, 4])
        let single = try (0..<4).map { frame in
            all.classify([try all.preparation.input(from: object, frameIndex: frame)])[0]
        }
        for (index, probability) in result.prediction.probabilities.enumerated() {
            let mean = single.reduce(0) { $0 + $1.probabilities[index] } / 4
            #expect(abs(probability - mean) < 1e-5)
        }
        #expect(result.steps.contains("Mean of the probabilities of 4 frames."))
        #expect(throws: PreparationError.refused(.tooManyFrames(count: 5000, countMax: 1024))) {
            try all.frameIndices(frameCount: 5000)
        }
    }

    /// Objects of one frame, of several, and of more than go through the network at once.
    @Test func objectsClassifiedTogetherHaveTheirOwnResults() throws {
        let all = try Shipped.classifier(.all)
        let objects = try [nil, 3, 2 * Classifier.batchMax + 1, nil].map { try Shipped.object(frames: $0) }
        let together = all.results(
            of: try objects.map { try all.prepare($0, digest: "d", decodingThreads: 1) })
        #expect(together.count == objects.count)
        for (object, result) in zip(objects, together) {
            let alone = try all.result(of: object, digest: "d")
            #expect(alone.frameNumbers == result.frameNumbers && alone.steps == result.steps)
            for (one, other) in zip(alone.prediction.probabilities, result.prediction.probabilities) {
                #expect(abs(one - other) < 1e-5)
            }
        }
        #expect(all.results(of: []).isEmpty)
    }

    @Test func resultNamesTheImage() throws {
        let result = try Shipped.classifier().result(of: Shipped.object(laterality: "L"), digest: "abc")
        #expect(result.sopInstanceUID.text == "2.25.1")
        #expect(result.studyInstanceUID.text == "2.25.2")
        #expect(result.digest == "abc")
        #expect(result.frameNumbers == nil)
        #expect(result.laterality == "L")
        #expect(abs(result.prediction.probabilities.reduce(0, +) - 1) < 1e-9)
        let json = try JSONEncoder().encode(result)
        #expect(try JSONDecoder().decode(ImageResult.self, from: json) == result)
    }

    @Test(arguments: [nil, "B", "U", "X"] as [String?])
    func lateralityIsNeverGuessed(said: String?) throws {
        #expect(
            try Shipped.classifier().result(of: Shipped.object(laterality: said), digest: "d").laterality
                == nil)
    }

    @Test func imageWithoutIdentifiersCannotBeReported() throws {
        let object = try Shipped.object(without: [.studyInstanceUID])
        let error = #expect(throws: PreparationError.self) {
            try Shipped.classifier().result(of: object, digest: "d")
        }
        #expect(error?.description.contains("StudyInstanceUID") == true)
    }

    @Test func heatMapIsAsLargeAsTheImage() throws {
        let classifier = try Shipped.classifier()
        let object = try Shipped.object()
        let image = try classifier.preparation.input(from: object, frameIndex: 0)
        let map = classifier.map(of: image, for: classifier.classify([image])[0])
        let display = try PixelTransform(dataset: object, frameIndex: 0).display(object.frame(at: 0))
        let picture = HeatMap.image(over: display, map: map, letterbox: image.letterbox)
        #expect(picture.rows == 48 && picture.columns == 48 && picture.channels == 3)
    }

    @Test func featureStatisticsOfAnotherNetworkAreRefused() throws {
        #expect(throws: ModelBundleError.self) {
            try Shipped.classifier(statistics: Familiarity(mean: [0], deviation: [1], factor: [1])) { _ in }
        }
    }

    @Test func anImageBeyondTheDistanceIsAbstainedOn() throws {
        let shipped = try Shipped.classifier()
        let image = try shipped.preparation.input(from: Shipped.object(), frameIndex: 0)
        let features = shipped.observations(of: [image])[0].features
        // Statistics whose mean is the image itself, and others whose mean is far from it.
        func doubting(mean: [Float]) throws -> Classifier {
            let count = features.count
            let identity = (0..<count).flatMap { row in (0...row).map { $0 == row ? Float(1) : 0 } }
            return try Shipped.classifier(
                statistics: Familiarity(
                    mean: mean, deviation: [Float](repeating: 1, count: count), factor: identity)
            ) { $0.threshold = 0 }
        }
        #expect(try doubting(mean: features).classify([image])[0].answerIndex != nil)
        let far = try doubting(mean: features.map { $0 + 2 }).classify([image])[0]
        #expect(far.abstention == "The image is unlike those the model was trained on.")
    }

    @Test func viewsAreAveraged() throws {
        let plain = try Shipped.classifier { $0.views = nil }
        let image = try plain.preparation.input(from: Shipped.object(), frameIndex: 0)
        let mirror = View(isMirrored: true, zoom: 1).applied(to: image.pixels, side: plain.preparation.side)
        let mirrored = PreparedImage(pixels: mirror, letterbox: image.letterbox, steps: [])
        let apart = plain.classify([image, mirrored]).map(\.probabilities)
        let both = try Shipped.classifier { $0.views = ViewSettings(mirrored: true, zooms: [1]) }
        for (index, mean) in both.classify([image])[0].probabilities.enumerated() {
            #expect(abs(mean - (apart[0][index] + apart[1][index]) / 2) < 1e-5)
        }
        let steps = try both.result(of: Shipped.object(), digest: "d").steps
        #expect(steps.last == "Mean of the probabilities of 2 views of each frame.")
    }
}

struct HeatMapTests {
    @Test func heatIsWhereTheMapIsAndTheLetterboxIsUndone() throws {
        // A wide image: the square's upper and lower quarters are letterbox.
        let display = DisplayImage(
            rows: 8, columns: 16, samplesPerPixel: 1, values: [Double](repeating: 0, count: 128), steps: [])
        var values = [Float](repeating: 0, count: 16)
        values[1 * 4 + 3] = 5  // second row of four, last column: the upper right of the image
        let picture = HeatMap.image(
            over: display, map: ActivationMap(side: 4, values: values),
            letterbox: Letterbox(rows: 8, columns: 16, side: 64))
        guard case .uint8(let samples) = picture.samples else {
            Issue.record("eight bits expected")
            return
        }
        func red(_ row: Int, _ column: Int) -> UInt8 { samples[(row * 16 + column) * 3] }
        #expect(red(1, 14) > 100)
        #expect(red(7, 0) == 0 && red(1, 1) == 0)
        #expect(red(7, 14) < red(1, 14))
    }

    @Test func mapThatSpeaksAgainstTheClassIsCold() {
        let display = DisplayImage(
            rows: 2, columns: 2, samplesPerPixel: 1, values: [0, 0.2, 0.4, 1], steps: [])
        let picture = HeatMap.image(
            over: display, map: ActivationMap(side: 2, values: [-1, -2, -3, -4]),
            letterbox: Letterbox(rows: 2, columns: 2, side: 2))
        #expect(picture.samples == .uint8([0, 0, 0, 51, 51, 51, 102, 102, 102, 255, 255, 255]))
    }
}
