package import Dicom

/// The picture of an answer as an object of the archive: what the report says, on the image it says it about.
extension ResultDocument {
    /// What is burned into every capture first.
    package static let captureNotice = "AI, unverified"

    /// A Secondary Capture for one of the document's results: the image in its display stage, the map of activations
    /// blended in, and above it "AI, unverified", the conclusion and the model.
    ///
    /// It stands in the study of the image, in a series of such captures. Its identifiers are derived: the same result
    /// in the same document is the same capture. A result that is not the document's stops the process, as does an image
    /// that is too large for a capture (65535 rows or columns).
    /// - Parameter source: the image's file, from which patient and study are taken.
    package func capture(
        of result: ImageResult, inspection: Inspection, source: String, composedAt: LocalTime
    ) -> SecondaryCapture {
        guard let index = results.firstIndex(of: result) else {
            preconditionFailure("not a result of this document")
        }
        let image = inspection.picture.captioned(captureTexts(of: result))
        guard case .uint8(let samples) = image.samples else { preconditionFailure("a picture has 8 bits") }
        return SecondaryCapture(
            sopInstanceUID: captureUID(of: result), studyInstanceUID: studyInstanceUID,
            seriesInstanceUID: captureSeriesUID, seriesNumber: seriesNumber + 1000, instanceNumber: index + 1,
            seriesDescription: ReportText.shortened("AI, unverified: \(model.name), heat maps"),
            derivationDescription: "Class activation map of \(model.name) \(model.version) blended in",
            composedAt: composedAt, equipment: equipment, sourceClassUID: result.sopClassUID,
            sourceInstanceUID: result.sopInstanceUID,
            sourceFrameNumbers: Array((result.frameNumbers ?? []).prefix(1)),  // the one that `inspect` shows
            sourcePath: source, rows: image.rows, columns: image.columns,
            pixelAspectRatio: SecondaryCapture.PixelAspectRatio(inspection.letterbox.pixelAspect),
            samples: samples)
    }

    /// The texts below the notice: what the report concludes, and who says it.
    private func captureTexts(of result: ImageResult) -> [String] {
        // The strip begins with the notice already.
        let sentence = conclusion(of: result.prediction)
        let start = Self.captureNotice + ": "
        let rest = sentence.hasPrefix(start) ? String(sentence.dropFirst(start.count)) : sentence
        return [Self.captureNotice, rest, "\(model.name) \(model.version), \(installation.name)"]
    }
}
