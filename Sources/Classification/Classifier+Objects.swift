package import Dicom

/// An image object that waits for the network: decided, decoded, prepared.
package struct PreparedObject: Sendable {
    let identity: ImageIdentity
    let digest: String
    let frameNumbers: [Int]?
    let laterality: String?
    var steps: [String]
    /// What the network gave for frames that went ahead: a long object is never held whole.
    var evaluations: [Evaluation]
    /// The frames that still wait, at most ``Classifier/batchMax``.
    var waiting: [PreparedImage]
}

extension Classifier {
    /// The result about an image object: the frames that the bundle's policy names, prepared, classified, averaged.
    ///
    /// - Parameter digest: SHA-256 of the data set as it was received, in hexadecimal.
    package func result(of dataset: Dataset, digest: String) throws(PreparationError) -> ImageResult {
        let object = try prepare(dataset, digest: digest, decodingThreads: threadCount)
        return result(of: object, evaluations: object.evaluations + evaluations(of: object.waiting).joined())
    }

    /// Everything about an image object but the network.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the data set as it was received, in hexadecimal.
    ///   - decodingThreads: what one frame's decoder may use; 1 where several objects are prepared at a time.
    package func prepare(
        _ dataset: Dataset, digest: String, decodingThreads: Int
    ) throws(PreparationError) -> PreparedObject {
        let identity = try ImageIdentity(dataset)
        dataset.decodingThreads = decodingThreads
        let frameIndices = try frameIndices(frameCount: dataset.frameCount)
        var object = PreparedObject(
            identity: identity, digest: digest,
            frameNumbers: dataset.frameCount > 1 ? frameIndices.map { $0 + 1 } : nil,
            laterality: Laterality.of(dataset), steps: [], evaluations: [],
            waiting: [])
        for frameIndex in frameIndices {
            if object.waiting.count == Self.batchMax {
                object.evaluations += evaluations(of: object.waiting).joined()
                object.waiting = []
            }
            let image = try preparation.input(from: dataset, frameIndex: frameIndex)
            for step in image.steps where !object.steps.contains(step) { object.steps.append(step) }
            object.waiting.append(image)
        }
        if frameIndices.count > 1 {
            object.steps.append("Mean of the probabilities of \(frameIndices.count) frames.")
        }
        if views.count > 1 {
            object.steps.append("Mean of the probabilities of \(views.count) views of each frame.")
        }
        return object
    }

    /// The results about several objects, whose frames go through the network together.
    package func results(of objects: [PreparedObject]) -> [ImageResult] {
        var evaluations = evaluations(of: objects.flatMap(\.waiting))[...]
        return objects.map { object in
            let own = evaluations.prefix(object.waiting.count)
            evaluations = evaluations.dropFirst(object.waiting.count)
            return result(of: object, evaluations: object.evaluations + own.joined())
        }
    }

    private func result(of object: PreparedObject, evaluations: [Evaluation]) -> ImageResult {
        ImageResult(
            sopClassUID: object.identity.sopClassUID, sopInstanceUID: object.identity.sopInstanceUID,
            studyInstanceUID: object.identity.studyInstanceUID,
            seriesInstanceUID: object.identity.seriesInstanceUID, digest: object.digest,
            frameNumbers: object.frameNumbers, laterality: object.laterality,
            prediction: prediction(from: evaluations), steps: object.steps)
    }
}

/// The identifiers without which an image cannot be reported.
struct ImageIdentity {
    let sopClassUID: UID
    let sopInstanceUID: UID
    let studyInstanceUID: UID
    let seriesInstanceUID: UID

    init(_ dataset: Dataset) throws(PreparationError) {
        sopClassUID = try Self.required(.sopClassUID, in: dataset)
        sopInstanceUID = try Self.required(.sopInstanceUID, in: dataset)
        studyInstanceUID = try Self.required(.studyInstanceUID, in: dataset)
        seriesInstanceUID = try Self.required(.seriesInstanceUID, in: dataset)
    }

    private static func required(_ tag: Dicom.Tag, in dataset: Dataset) throws(PreparationError) -> UID {
        guard let uid = dataset.uid(tag) else {
            throw .dicom(.badData(tag, "is absent or no unique identifier: the image cannot be reported"))
        }
        return uid
    }
}

/// The side of the body that an image says it shows.
enum Laterality {
    /// "L" or "R"; nil where the image says neither, or both.
    static func of(_ dataset: Dataset) -> String? {
        let anatomy = dataset.items(.sharedFunctionalGroupsSequence).first?.items(.frameAnatomySequence).first
        let said = [
            dataset.string(.imageLaterality), anatomy?.string(.frameLaterality), dataset.string(.laterality),
        ]
        guard let side = said.compactMap({ $0?.uppercased() }).first, side == "L" || side == "R" else {
            return nil
        }
        return side
    }
}
