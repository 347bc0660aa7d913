internal import EfficientNet
internal import Foundation
internal import Tensor

/// Everything that a training needs to go on after an epoch as if it had never stopped.
struct TrainingState: Codable {
    /// SHA-256 over recipe, data and start: a checkpoint belongs to one training.
    var fingerprint: String
    /// Epochs that are done.
    var epoch = 0
    /// Steps that the optimiser has taken.
    var stepCount = 0
    /// One record an epoch.
    var history: [EpochRecord] = []
    /// The epoch with the smallest validation loss, from 1; 0 before there is one.
    var bestEpoch = 0
}

/// A checkpoint on disk: one safetensors file, written beside its place, synced and renamed, then the folder synced, so
/// that there is always a whole one.
struct Checkpoint {
    let folder: String

    private static let file = "checkpoint.safetensors"
    private static let stateKey = "glenoid.training"

    private var path: String { "\(folder)/\(Self.file)" }

    /// Whether there is one.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Replaces the checkpoint; on any failure the one before stays.
    ///
    /// Throws `world` with what the system says.
    func write(_ state: TrainingState, _ buffers: [(name: String, buffer: FloatBuffer)]) throws(LearningError)
    {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let text = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
            let tensors = buffers.filter { $0.buffer.count > 0 }.map { name, buffer in
                SafetensorsWriter.LazyItem(
                    name: name, type: .float32, shape: [buffer.count], values: { buffer.region.array })
            }
            try SafetensorsWriter.write(lazily: tensors, metadata: [Self.stateKey: text], to: path)
            try AtomicFile.syncFolder(folder)
        } catch {
            throw .world(
                "the checkpoint could not be written, the one before stays: \(error)"
                    + (error is TensorError ? "" : " (\(folder))"))
        }
    }

    /// Reads the checkpoint into buffers of the same sizes; returns its state.
    ///
    /// Throws `settings` where it is another training's, and `world` where it cannot be read.
    func read(
        fingerprint: String, into buffers: [(name: String, buffer: FloatBuffer)]
    ) throws(LearningError) -> TrainingState {
        do throws(TensorError) {
            let file = try SafetensorsFile(path: path)
            guard let text = file.metadata[Self.stateKey],
                let state = try? JSONDecoder().decode(TrainingState.self, from: Data(text.utf8))
            else { throw TensorError.malformed(path: path, reason: "it is no checkpoint of a training") }
            guard state.fingerprint == fingerprint else {
                throw TensorError.malformed(
                    path: path,
                    reason:
                        "it belongs to another training: recipe, images or starting weights differ; "
                        + "remove the folder to start anew")
            }
            for (name, buffer) in buffers where buffer.count > 0 {
                guard file.entries[name]?.shape.count == buffer.count else {
                    throw TensorError.absent(tensor: name, path: path)
                }
                buffer.region.set(try file.floats(name))
            }
            return state
        } catch {
            throw .world("\(error)")
        }
    }

    /// Removes what a killed process left of a checkpoint it was writing.
    func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(Self.file + ".part-") {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    /// Removes it, and its folder if nothing else is in there.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        // Fails, rightly, where somebody else's files lie beside it.
        unsafe rmdir(folder)
    }
}
