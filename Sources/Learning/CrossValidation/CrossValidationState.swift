internal import Foundation
internal import Tensor

/// A cross-validation's folder: one file for each fold that is done, and the checkpoint of the one at hand.
struct CrossValidationState {
    let folder: String

    /// Where the trainer of a fold, from 0, keeps its checkpoint.
    func trainingFolder(fold: Int) -> String { "\(folder)/fold-\(Self.number(fold)).training" }

    private func path(fold: Int) -> String { "\(folder)/fold-\(Self.number(fold)).json" }

    private static func number(_ fold: Int) -> String { fold < 9 ? "0\(fold + 1)" : "\(fold + 1)" }

    /// Makes the folder if it is not there; throws `world` with what the system says.
    func make() throws(LearningError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .world("\(folder): \(error.localizedDescription)")
        }
    }

    /// The result of a fold, from 0; nil where it is not done.
    ///
    /// Throws `world` for a file that cannot be read or belongs to another cross-validation: nothing is overwritten.
    func result(fold: Int, fingerprint: String) throws(LearningError) -> FoldResult? {
        let path = path(fold: fold)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let found: FoldResult
        do {
            found = try JSONDecoder().decode(
                FoldResult.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .world("\(path): it is no result of a fold; remove it to repeat the fold")
        }
        guard found.fingerprint == fingerprint else {
            throw .world(
                "\(path) belongs to another cross-validation: data, recipe, start, folds or views differ; give another "
                    + "--state folder, or remove this one")
        }
        return found
    }

    /// Keeps a result, whole or not at all, on the disk when this returns; throws `world`.
    func write(_ result: FoldResult) throws(LearningError) {
        let path = path(fold: result.fold - 1)
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let bytes = [UInt8](try encoder.encode(result)) + [UInt8]("\n".utf8)
            try AtomicFile.write(to: path) { append throws(TensorError) in try append(bytes) }
            try AtomicFile.syncFolder(folder)
        } catch {
            throw .world("\(path): the fold's result could not be kept: \(error)")
        }
    }
}
