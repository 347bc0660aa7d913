// The Structured Report that `classify --report` writes.
import Classification
import Dicom
import Foundation
import Tensor

/// A report about some files of one study.
struct FileReport {
    let results: [(file: String, result: ImageResult)]
    let bundle: ModelBundle

    /// Writes the report; nothing where a file of the study is missing from it, since a report must name what was asked.
    func write(to path: String, fileCount: Int) throws {
        guard results.count == fileCount, let source = results.first?.file else {
            throw CommandFailure(
                "\(path): no report, because not every file could be classified as a DICOM image")
        }
        let installation = ResultDocument.Installation(
            name: "glenoid classify", serialNumber: "", softwareVersion: programVersion)
        do {
            let document = try ResultDocument(
                results: results.map(\.result), model: bundle.description, installation: installation)
            let now = Date()
            let moment = LocalTime(
                secondsSince1970: Int64(now.timeIntervalSince1970),
                minutesFromUTC: TimeZone.current.secondsFromGMT(for: now) / 60)
            let bytes = try document.report(source: source, composedAt: moment).encoded()
            try writeFile(bytes, to: path)
        } catch let error as ResultDocumentError {
            throw CommandFailure("\(path): \(error)")
        } catch let error as DicomError {
            throw CommandFailure("\(path): \(error)")
        }
    }

    /// SHA-256 of the data set in a file, without its meta information: the digest that the daemon takes while it
    /// receives, so that a file and its push are the same source.
    static func digest(ofDatasetIn path: String) throws -> String {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
            throw CommandFailure("\(path): it cannot be read")
        }
        var builder = DigestBuilder()
        for offset in stride(from: datasetOffset(in: data), to: data.count, by: 1 << 20) {
            builder.update([UInt8](data[offset..<min(offset + 1 << 20, data.count)]))
        }
        return builder.digest().hex
    }

    /// Where the data set begins: after preamble, prefix and the group whose length (0002,0000) tells (PS3.10 7.1).
    private static func datasetOffset(in data: Data) -> Int {
        let groupLengthEnd = 144
        guard data.count >= groupLengthEnd, data[128..<132].elementsEqual("DICM".utf8),
            data[132..<140].elementsEqual([2, 0, 0, 0, 0x55, 0x4C, 4, 0])
        else { return 0 }
        let length = (0..<4).reduce(0) { $0 | Int(data[140 + $1]) << (8 * $1) }
        return min(groupLengthEnd + length, data.count)
    }
}

/// Writes a file whole or not at all.
func writeFile(_ bytes: [UInt8], to path: String) throws {
    do {
        try AtomicFile.write(to: path) { append throws(TensorError) in try append(bytes) }
    } catch {
        throw CommandFailure("\(path): it cannot be written (\(error))")
    }
}
