/// An image that is no DICOM object: a JPEG or PNG file's samples, or what goes into a PNG file.
package struct RasterImage: Sendable, Equatable {
    /// Rows.
    package let rows: Int
    /// Columns.
    package let columns: Int
    /// 1 (grey) or 3 (red, green, blue, interleaved).
    package let channels: Int
    /// The samples in reading order.
    package let samples: Samples

    /// The samples by their width.
    package enum Samples: Sendable, Equatable {
        /// Eight bits each.
        case uint8([UInt8])
        /// Sixteen bits each.
        case uint16([UInt16])

        /// How many samples there are.
        package var count: Int {
            switch self {
            case .uint8(let values): values.count
            case .uint16(let values): values.count
            }
        }
    }

    /// Which of the two formats some bytes are.
    package enum Format: Sendable {
        /// ISO/IEC 10918-1.
        case jpeg
        /// ISO/IEC 15948.
        case png

        /// The format that the first bytes of a file tell; nil of anything else.
        package init?(startingWith bytes: [UInt8]) {
            if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
                self = .jpeg
            } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
                self = .png
            } else {
                return nil
            }
        }
    }

    /// The most rows or columns that are read, and together with `samplesMax` the bound on what a small file may claim.
    package static let sideMax = 32768
    /// The most samples that are read.
    package static let samplesMax = 1 << 28

    /// An image as given; samples that do not fill it stop the process.
    package init(rows: Int, columns: Int, channels: Int, samples: Samples) {
        precondition(
            rows > 0 && columns > 0 && (channels == 1 || channels == 3)
                && samples.count == rows * columns * channels, "samples fill an image")
        self.rows = rows
        self.columns = columns
        self.channels = channels
        self.samples = samples
    }

    /// The image in a file's bytes.
    ///
    /// Throws where they are neither format, damaged, cut short or too large.
    package init(file bytes: [UInt8]) throws(RasterImageError) {
        switch Format(startingWith: bytes) {
        case .jpeg: try self.init(jpeg: bytes)
        case .png: try self.init(png: bytes)
        case nil: throw .unknownFormat
        }
    }

    /// Throws unless an image of this size may be read.
    static func check(rows: Int, columns: Int, channels: Int) throws(RasterImageError) {
        guard rows > 0, columns > 0, rows <= sideMax, columns <= sideMax,
            rows * columns * channels <= samplesMax
        else { throw .tooLarge(rows: rows, columns: columns) }
    }
}

/// Why an image file was not read or written.
package enum RasterImageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes are neither JPEG nor PNG.
    case unknownFormat
    /// The file is broken, cut short or of a kind that is not read; what the decoder says.
    case damaged(String)
    /// The file claims more rows or columns than are read.
    case tooLarge(rows: Int, columns: Int)

    /// The reason in one sentence.
    package var description: String {
        switch self {
        case .unknownFormat: "it is neither JPEG nor PNG"
        case .damaged(let reason): "the image is damaged or of a kind that is not read (\(reason))"
        case .tooLarge(let rows, let columns):
            "it has \(rows) rows and \(columns) columns; up to \(RasterImage.sideMax) each are read"
        }
    }
}
