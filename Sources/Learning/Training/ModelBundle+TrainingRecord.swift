package import Classification
internal import Foundation

extension ModelBundle {
    /// What its training has recorded beside it; nil of bundles that were not trained by this program.
    ///
    /// Throws `world` where there is a record that cannot be read.
    package func trainingRecord() throws(LearningError) -> TrainingRecord? {
        let path = "\(folder)/\(TrainingRecord.file)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(
                TrainingRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .world("\(path) is no record of a training: \(error)")
        }
    }
}
