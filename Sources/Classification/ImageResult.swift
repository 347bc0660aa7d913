package import Dicom

/// What is known about one classified image: enough to report it without reading its pixels again.
///
/// The work queue stores it as JSON between classifying and reporting. It names the image by its UIDs and holds
/// no patient value.
package struct ImageResult: Codable, Sendable, Equatable {
    /// SOP Class UID of the image.
    package let sopClassUID: UID
    /// SOP Instance UID of the image.
    package let sopInstanceUID: UID
    /// Study Instance UID of the image.
    package let studyInstanceUID: UID
    /// Series Instance UID of the image.
    package let seriesInstanceUID: UID
    /// SHA-256 of the data set as it was received, without file meta information, in hexadecimal.
    package let digest: String
    /// The frames that were classified, counted from 1 as the standard does; nil for a single-frame image.
    package let frameNumbers: [Int]?
    /// "L" or "R" as the image says it; nil where the image does not say it.
    ///
    /// Never guessed.
    package let laterality: String?
    /// The network's answer or abstention.
    package let prediction: Prediction
    /// What was done to the pixels before the network saw them: short sentences in the order of the steps.
    package let steps: [String]

    /// All of the above, as given.
    package init(
        sopClassUID: UID, sopInstanceUID: UID, studyInstanceUID: UID, seriesInstanceUID: UID, digest: String,
        frameNumbers: [Int]?, laterality: String?, prediction: Prediction, steps: [String]
    ) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.digest = digest
        self.frameNumbers = frameNumbers
        self.laterality = laterality
        self.prediction = prediction
        self.steps = steps
    }
}
