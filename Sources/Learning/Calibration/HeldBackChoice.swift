internal import Foundation
internal import Tensor

/// What a training has chosen by the images that it held back: all that stays of it where a second one, on all images,
/// makes the model (`TrainingRecipe.refit`).
package struct HeldBackChoice: Codable, Sendable, Equatable {
    /// Logits are divided by it.
    package let temperature: Double
    /// The smallest probability of an answer.
    package let threshold: Double
    /// The largest distance of an answered image.
    package let distanceMax: Double
    /// How many images were held back.
    package let imageCount: Int
    /// The share of them that the training's last epoch named right.
    package let accuracy: Double
}

/// A choice on disk, so that a training that is killed in its second part does not repeat the first.
struct HeldBackChoiceFile {
    private struct Content: Codable {
        /// SHA-256 of what decides the first training and what it chooses by.
        let fingerprint: String
        let choice: HeldBackChoice
    }

    let path: String

    /// The choice; nil where none was made yet. Throws `world` for another training's, or a file that is none.
    func read(fingerprint: String) throws(LearningError) -> HeldBackChoice? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path),
            let content = try? JSONDecoder().decode(Content.self, from: data),
            content.fingerprint == fingerprint
        else {
            throw .world(
                "\(path) is not of this training: recipe, images, start or views differ; remove it to start anew"
            )
        }
        return content.choice
    }

    /// Keeps it, whole or not at all, on the disk when this returns; throws `world`.
    func write(_ choice: HeldBackChoice, fingerprint: String) throws(LearningError) {
        do {
            let bytes = [UInt8](try JSONEncoder().encode(Content(fingerprint: fingerprint, choice: choice)))
            try AtomicFile.write(to: path) { append throws(TensorError) in try append(bytes) }
            try AtomicFile.syncFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        } catch {
            throw .world("\(path): what was chosen could not be kept: \(error)")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
