package import Dicom

/// Why results cannot be reported; facts about the results, so trying again does not help.
package enum ResultDocumentError: Error, Equatable, Sendable {
    /// There is no result to report.
    case noResults
    /// The results are of more than one study.
    case severalStudies
    /// Two different results are about the same frames of this image.
    case contradictoryResults(UID)
    /// The result of this image does not fit the model; with the reason.
    case foreignResult(UID, String)
    /// The model's description cannot be written down; with the reason.
    case improperModel(String)
}

extension ResultDocumentError: CustomStringConvertible {
    /// One line for a log or a dead letter.
    package var description: String {
        switch self {
        case .noResults: "there is no result to report"
        case .severalStudies: "the results are of several studies; a report is about one"
        case .contradictoryResults(let uid): "two results of image \(uid) contradict each other"
        case .foreignResult(let uid, let reason):
            "the result of image \(uid) is not one of this model: \(reason)"
        case .improperModel(let reason): "the model's description cannot be used: \(reason)"
        }
    }
}
