package import Classification

/// One image file that was read: its facts, and its pixels as the network would see them.
package struct ImageRecord: Sendable {
    /// "DICOM", "JPEG" or "PNG".
    package let kind: String
    /// Rows as stored.
    package let rows: Int
    /// Columns as stored.
    package let columns: Int
    /// Modality (0008,0060); nil where the file does not say it.
    package let modality: String?
    /// Equal for images of one patient: a digest, never the identifier itself; nil where the file does not say it.
    package let patientKey: String?
    /// SHA-256 of the file in hexadecimal.
    package let digest: String
    /// The input stage.
    package let image: PreparedImage

    /// A record as given.
    package init(
        kind: String, rows: Int, columns: Int, modality: String?, patientKey: String?, digest: String,
        image: PreparedImage
    ) {
        self.kind = kind
        self.rows = rows
        self.columns = columns
        self.modality = modality
        self.patientKey = patientKey
        self.digest = digest
        self.image = image
    }
}

/// Reads one image file; the error's description says in a sentence what is wrong with it.
package typealias ImageReader = (_ path: String) throws -> ImageRecord
