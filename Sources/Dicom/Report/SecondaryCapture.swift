internal import CDCMTK

/// A Secondary Capture (PS3.3 A.8.1) as a value: an 8-bit RGB image of ours in the study of another image.
///
/// As with ``StructuredReport``, patient and study are taken from the file at ``sourcePath`` when it is encoded.
package struct SecondaryCapture: Sendable, Equatable {
    /// SOP Instance UID.
    package var sopInstanceUID: UID
    /// Study Instance UID: that of the source.
    package var studyInstanceUID: UID
    /// Series Instance UID of the captures' own series.
    package var seriesInstanceUID: UID
    /// Series Number, 0 to 2147483647.
    package var seriesNumber: Int
    /// Instance Number within the series, 0 to 2147483647.
    package var instanceNumber: Int
    /// Series Description, at most 64 characters.
    package var seriesDescription: String
    /// What was made of the source: Derivation Description, at most 1024 characters.
    package var derivationDescription: String
    /// When the capture was made.
    package var composedAt: LocalTime
    /// What made it.
    package var equipment: StructuredReport.Equipment
    /// SOP Class UID of the image it shows.
    package var sourceClassUID: UID
    /// SOP Instance UID of the image it shows.
    package var sourceInstanceUID: UID
    /// The frames it shows, counted from 1; none means the whole image.
    package var sourceFrameNumbers: [Int]
    /// The file from which patient and study are taken.
    package var sourcePath: String
    /// Rows, 1 to 65535.
    package var rows: Int
    /// Columns, 1 to 65535.
    package var columns: Int
    /// The shape of a pixel where it is not square.
    package var pixelAspectRatio: PixelAspectRatio?
    /// Rows × columns × 3 samples, red, green and blue interleaved.
    package var samples: [UInt8]

    /// A capture from its parts; samples that do not fill it stop the process.
    package init(
        sopInstanceUID: UID, studyInstanceUID: UID, seriesInstanceUID: UID, seriesNumber: Int,
        instanceNumber: Int, seriesDescription: String, derivationDescription: String, composedAt: LocalTime,
        equipment: StructuredReport.Equipment, sourceClassUID: UID, sourceInstanceUID: UID,
        sourceFrameNumbers: [Int], sourcePath: String, rows: Int, columns: Int,
        pixelAspectRatio: PixelAspectRatio? = nil, samples: [UInt8]
    ) {
        let sides = 1...Int(UInt16.max)
        precondition(
            sides.contains(rows) && sides.contains(columns), "a capture has 1 to 65535 rows and columns")
        precondition(samples.count == rows * columns * 3, "samples fill a capture")
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.seriesNumber = seriesNumber
        self.instanceNumber = instanceNumber
        self.seriesDescription = seriesDescription
        self.derivationDescription = derivationDescription
        self.composedAt = composedAt
        self.equipment = equipment
        self.sourceClassUID = sourceClassUID
        self.sourceInstanceUID = sourceInstanceUID
        self.sourceFrameNumbers = sourceFrameNumbers
        self.sourcePath = sourcePath
        self.rows = rows
        self.columns = columns
        self.pixelAspectRatio = pixelAspectRatio
        self.samples = samples
    }

    /// SOP Class UID of every capture.
    package static let sopClassUID = UID(literal: "1.2.840.10008.5.1.4.1.1.7")
}

extension SecondaryCapture {
    /// The shape of a pixel (PS3.3 C.7.6.3.1.7).
    package struct PixelAspectRatio: Hashable, Sendable {
        /// The height of a pixel, as a whole number of the same unit as the width.
        package let vertical: Int
        /// The width of a pixel.
        package let horizontal: Int

        /// The ratio of height to width, kept to four decimals; nil for a square or a senseless one.
        package init?(_ ratio: Double) {
            guard ratio.isFinite, (0.01...100).contains(ratio), abs(ratio - 1) > 1e-4 else { return nil }
            vertical = Int((ratio * 10000).rounded())
            horizontal = 10000
        }
    }

    /// The capture as a Part 10 file, explicit little endian.
    ///
    /// Burned In Annotation is YES. Throws as ``StructuredReport/encoded(as:)`` does.
    package func encoded() throws(DicomError) -> [UInt8] {
        let source = try Dataset(path: sourcePath)
        let writer = try CaptureWriter()
        try writer.attributes.sign()
        try SubjectAttributes.copy(from: source, to: writer.attributes)
        try write(to: writer.attributes, source: source)
        try writer.addSource(
            sopClassUID: sourceClassUID, sopInstanceUID: sourceInstanceUID, frameNumbers: sourceFrameNumbers)
        return try writer.encode(rows: rows, columns: columns, samples: samples)
    }

    private func write(to header: Composition, source: Dataset) throws(DicomError) {
        let zone = SubjectAttributes.zone(of: source)
        let composed = zone.map { composedAt.inZone(minutesFromUTC: $0) } ?? composedAt
        try header.set(.sopClassUID, Self.sopClassUID.text)
        try header.set(.sopInstanceUID, sopInstanceUID.text)
        try header.set(.studyInstanceUID, studyInstanceUID.text)
        try header.set(.seriesInstanceUID, seriesInstanceUID.text)
        try header.set(.seriesNumber, String(seriesNumber))
        try header.set(.instanceNumber, String(instanceNumber))
        try header.set(.seriesDescription, ReportText.line(seriesDescription))
        try header.set(.derivationDescription, ReportText.line(derivationDescription))
        try header.set(.imageType, "DERIVED\\SECONDARY")
        // WSD, workstation: neither scanned nor taken from a screen. OT: the pixels come from no modality.
        try header.set(.conversionType, "WSD")
        try header.set(.modality, "OT")
        try header.set(.burnedInAnnotation, "YES")
        for tag in [Tag.contentDate, .seriesDate, .instanceCreationDate] {
            try header.set(tag, composed.dicomDate)
        }
        for tag in [Tag.contentTime, .seriesTime, .instanceCreationTime] {
            try header.set(tag, composed.dicomTime)
        }
        try header.set(equipment)
        if let ratio = pixelAspectRatio {
            try header.set(.pixelAspectRatio, "\(ratio.vertical)\\\(ratio.horizontal)")
        }
        try writeCompression(to: header, source: source)
        try writePosition(to: header, source: source)
    }

    /// What was lost once stays lost (PS3.3 C.7.6.1.1.5).
    private func writeCompression(to header: Composition, source: Dataset) throws(DicomError) {
        guard source.string(.lossyImageCompression) == "01" || source.transferSyntax.alwaysLoses else {
            return try header.set(.lossyImageCompression, "00")
        }
        try header.set(.lossyImageCompression, "01")
        try header.copy(.lossyImageCompressionRatio, of: source, onlyIfLegal: true)
        try header.copy(.lossyImageCompressionMethod, of: source, onlyIfLegal: true)
    }

    /// The capture lies as its source does.
    private func writePosition(to header: Composition, source: Dataset) throws(DicomError) {
        try header.copy(.patientOrientation, of: source, onlyIfLegal: true)
        try header.addEmpty(.patientOrientation)
        try header.copy(.bodyPartExamined, of: source, onlyIfLegal: true)
        // Laterality of the series or of the image (C.7.3.1, C.10.7); present where neither is known.
        try header.copy(.imageLaterality, of: source, onlyIfLegal: true)
        if source.string(.imageLaterality) == nil {
            try header.copy(.laterality, of: source, onlyIfLegal: true)
            try header.addEmpty(.laterality)
        }
    }
}

extension TransferSyntax {
    /// Whether a sender who writes this has certainly lost something, whatever Lossy Image Compression says.
    fileprivate var alwaysLoses: Bool {
        if case .jpeg(isLossless: false) = coding { return true }
        // JPEG-LS near-lossless; those of JPEG 2000 and later may be either.
        return uid.text == "1.2.840.10008.1.2.4.81"
    }
}
