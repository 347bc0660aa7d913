// What `classify` and `render` open: DICOM, JPEG and PNG alike.
import Classification
import Dicom
import Foundation

/// An opened image file.
enum ImageFile {
    case dicom(Dataset)
    case raster(RasterImage)

    /// The largest JPEG or PNG file that is read, in bytes.
    private static let rasterBytesMax = 1 << 30

    /// Opens a file by what is in it, not by its name.
    ///
    /// - Throws: `CommandFailure` with the file's name and what can be done.
    init(path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure("\(path): it cannot be read; is there such a file, and may you read it?")
        }
        defer { try? handle.close() }
        let beginning = [UInt8]((try? handle.read(upToCount: 132)) ?? Data())
        do {
            // Part 10's preamble may hold anything, the beginning of an image file too (PS3.10 7.1).
            let isPart10 = beginning.count == 132 && beginning.suffix(4) == Array("DICM".utf8)
            guard !isPart10, RasterImage.Format(startingWith: beginning) != nil else {
                self = .dicom(try Dataset(path: path))
                return
            }
            let rest = try handle.read(upToCount: Self.rasterBytesMax) ?? Data()
            guard rest.count < Self.rasterBytesMax else {
                throw CommandFailure("\(path): it is larger than \(Self.rasterBytesMax) bytes")
            }
            self = .raster(try RasterImage(file: beginning + rest))
        } catch let error as DicomError {
            throw CommandFailure(
                "\(path): \(error); give a DICOM, JPEG or PNG file (dcmdump shows what is in a DICOM file)")
        } catch let error as RasterImageError {
            throw CommandFailure("\(path): \(error); export the image again")
        }
    }
}
