// How the offline commands read the images of a data set: the same files and the same preparation as `classify`.
import Classification
import Dicom
import Foundation
import Learning

/// Opens and prepares images for a recipe.
struct ImageRecords {
    let preparation: Preparation

    /// The largest image file of a data set, in bytes: its digest needs it whole.
    private static let fileBytesMax = 1 << 30

    /// Reads one file; throws with the reason in a sentence, without the file's name.
    func read(_ path: String) throws -> ImageRecord {
        let digest = try Self.digest(of: path)
        do {
            switch try ImageFile(path: path) {
            case .raster(let raster):
                return ImageRecord(
                    kind: try Self.kind(of: path), rows: raster.rows, columns: raster.columns, modality: nil,
                    patientKey: nil, digest: digest, image: try preparation.input(from: raster))
            case .dicom(let dataset):
                let image = try preparation.input(from: dataset, frameIndex: frameIndex(of: dataset))
                return ImageRecord(
                    kind: "DICOM", rows: image.letterbox.rows, columns: image.letterbox.columns,
                    modality: dataset.string(.modality), patientKey: Self.patientKey(of: dataset),
                    digest: digest,
                    image: image)
            }
        } catch let failure as CommandFailure {
            throw CommandFailure(failure.description.replacing("\(path): ", with: "", maxReplacements: 1))
        }
    }

    /// The frame that is shown and learned from: the one the recipe names, the first of all where it names all.
    private func frameIndex(of dataset: Dataset) -> Int {
        preparation.settings.frames == .middle ? max(dataset.frameCount, 1) / 2 : 0
    }

    private static func digest(of path: String) throws -> String {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
            throw CommandFailure("it cannot be read")
        }
        guard data.count <= fileBytesMax else {
            throw CommandFailure("it is larger than \(fileBytesMax) bytes")
        }
        return Digest(of: [UInt8](data)).hex
    }

    private static func kind(of path: String) throws -> String {
        let handle = FileHandle(forReadingAtPath: path)
        defer { try? handle?.close() }
        let start = [UInt8]((try? handle?.read(upToCount: 8)) ?? Data())
        return RasterImage.Format(startingWith: start) == .jpeg ? "JPEG" : "PNG"
    }

    /// Patient ID with its issuer (PS3.3 C.7.1.1) as a digest: it ties images together and names nobody.
    private static func patientKey(of dataset: Dataset) -> String? {
        guard let id = dataset.string(.patientID), !id.isEmpty else { return nil }
        return Digest(of: Array("\(dataset.string(.issuerOfPatientID) ?? "")\u{0}\(id)".utf8)).hex
    }
}

/// A line on standard error that says how far a command is; nothing where nobody looks at it.
struct ProgressLine {
    let total: Int
    let noun: String
    private let isShown = isatty(STDERR_FILENO) == 1

    init(total: Int, noun: String) {
        self.total = total
        self.noun = noun
    }

    /// Shows the number of things done; clears the line at the end.
    func show(_ done: Int) {
        guard isShown, done % 8 == 0 || done == total else { return }
        let text = done == total ? "\r\u{1B}[K" : "\r\(done) of \(total) \(noun)"
        FileHandle.standardError.write(Data(text.utf8))
    }
}

/// Writes a page into a folder, which is made if it is not there; returns the page's path.
func writePage(_ page: HTMLPage, named name: String, to folder: String) throws -> String {
    do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
        throw CommandFailure("\(folder): the folder cannot be made (\(error.localizedDescription))")
    }
    let path = folder + "/" + name
    try writeFile(Array(page.text.utf8), to: path)
    return path
}
