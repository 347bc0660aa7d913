package import Dicom

/// Why an image was not prepared: a recorded reason, never a wrong answer. An abstention is something else.
package enum PreparationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The object cannot be read or decoded. Its kind says whether trying again may help.
    case dicom(DicomError)
    /// The image file cannot be read or decoded.
    case file(RasterImageError)
    /// The sanity gate refused the frame.
    case refused(Refusal)

    /// What the sanity gate does not let through.
    package enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// Every pixel is padding or not a number.
        case empty
        /// Every pixel that is not padding has the same value.
        case constant(isZero: Bool)
        /// The image is too small or too elongated to be a radiograph.
        case absurdSize(rows: Int, columns: Int)
        /// There are more frames than are classified.
        case tooManyFrames(count: Int, countMax: Int)

        /// The reason in one sentence.
        package var description: String {
            switch self {
            case .empty: "the frame is empty: every pixel is padding or not a number"
            case .constant(true): "the frame is empty: every pixel is zero"
            case .constant(false): "the frame is constant: every pixel has the same value"
            case .absurdSize(let rows, let columns):
                "the frame's \(rows) rows and \(columns) columns are not those of a radiograph"
            case .tooManyFrames(let count, let countMax):
                "the image has \(count) frames; up to \(countMax) are classified"
            }
        }
    }

    /// The reason in one sentence.
    package var description: String {
        switch self {
        case .dicom(let error): error.description
        case .file(let error): error.description
        case .refused(let refusal): refusal.description
        }
    }
}
