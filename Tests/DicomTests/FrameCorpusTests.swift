import Dicom
import Foundation
import TestMaterial
import Testing

/// Every file of the corpus: stored values against the golden table, and clean refusals where nothing can
/// decode.
///
/// Rows that differ on purpose: none. Rows that the reference decoders could not decode and we can are in
/// ``decodedBeyondReference``.
struct FrameCorpusTests {
    private static let isPresent = Corpus.shared != nil
    private static let absence: Comment =
        "THE CORPUS IS ABSENT: no stored values are checked. Set GLENOID_CORPUS to its folder."
    private static let decodable = Corpus.paths(
        expecting: "decode", "decode-pydicom-only", "decode-dcmtk-only")

    @Test(.enabled(if: isPresent, absence), arguments: decodable)
    func storedValuesAreTheGoldenOnes(path: String) throws {
        let corpus = try #require(Corpus.shared)
        let golden = try #require(corpus.golden[path]?.first)
        let decoded = try DecodedObject(path: corpus.root + "/" + path)
        #expect(decoded.shape == golden["stored_shape"])
        #expect(decoded.type == golden["stored_dtype"])
        if golden["coding"] == "lossy" {
            // DCT decoders differ by one in grey; upsampled colour differences by up to six (the corpus
            // README).
            let tolerance = decoded.first.samplesPerPixel == 1 ? 1.0 : 6.0
            let expected = try numbers(golden["stored_at16"])
            for (index, (found, expected)) in zip(decoded.sixteenPoints, expected).enumerated() {
                #expect(
                    abs(found - expected) <= tolerance, "sample \(index): \(found) instead of \(expected)")
            }
            let mean = try #require(golden["stored_mean"].flatMap(Double.init))
            #expect(abs(decoded.mean - mean) <= 0.05, "mean \(decoded.mean) instead of \(mean)")
        } else {
            #expect(decoded.digest.hex == golden["stored_sha256"], "the samples are not the golden ones")
        }
    }

    @Test(.enabled(if: isPresent, absence), arguments: Corpus.paths(expecting: "reject-no-pixels", "error"))
    func whatCannotBeDecodedIsRefusedWithAReason(path: String) throws {
        let corpus = try #require(Corpus.shared)
        let error = #expect(throws: DicomError.self) {
            try Dataset(path: corpus.root + "/" + path).frame(at: 0)
        }
        #expect(error?.description.isEmpty == false)
    }

    /// Transfer syntaxes without a golden value: what comes out is compared with the object it was made from.
    private static let decodedBeyondReference = [
        "transfer-syntax/pydicom-data__liver_deflate.dcm": "pixel-model/pydicom-data__liver.dcm"
    ]

    @Test(.enabled(if: isPresent, absence), arguments: Corpus.paths(expecting: "unsupported-transfer-syntax"))
    func otherTransferSyntaxesAreRefusedOrDecodedRight(path: String) throws {
        let corpus = try #require(Corpus.shared)
        do {
            let decoded = try DecodedObject(path: corpus.root + "/" + path)
            if let original = Self.decodedBeyondReference[path].flatMap({ corpus.golden[$0]?.first }) {
                #expect(decoded.digest.hex == original["stored_sha256"])
            }
        } catch DicomError.unsupported(let reason) {
            #expect(reason.contains("JPEG XL"))
        }
    }

    private func numbers(_ json: String?) throws -> [Double] {
        let array = try JSONSerialization.jsonObject(with: Data((json ?? "").utf8)) as? [Any] ?? []
        return array.flatMap { element in (element as? [Any] ?? [element]).compactMap { $0 as? Double } }
    }
}

/// An object with all its frames decoded, summed up as the golden table does.
private struct DecodedObject {
    let first: Frame
    let digest: Digest
    let type: String
    let shape: String
    let mean: Double

    init(path: String) throws {
        let dataset = try Dataset(path: path)
        var builder = DigestBuilder()
        var sum = 0.0
        for frameIndex in 0..<dataset.frameCount {
            let samples = try dataset.frame(at: frameIndex).samples
            builder.update(samples.littleEndianBytes)
            sum += samples.numbers.reduce(0, +)
        }
        first = try dataset.frame(at: 0)
        digest = builder.digest()
        type = first.samples.typeName
        mean = sum / Double(dataset.frameCount * first.samples.count)
        let frames = dataset.frameCount > 1 ? "\(dataset.frameCount)x" : ""
        let colours = first.samplesPerPixel > 1 ? "x\(first.samplesPerPixel)" : ""
        shape = "\(frames)\(first.rows)x\(first.columns)\(colours)"
    }

    /// The samples at the sixteen positions of the corpus README.
    var sixteenPoints: [Double] {
        let numbers = first.samples.numbers
        return (0..<16).flatMap { point in
            let row = point / 4 * first.rows / 4 + first.rows / 8
            let column = point % 4 * first.columns / 4 + first.columns / 8
            let start = (row * first.columns + column) * first.samplesPerPixel
            return numbers[start..<start + first.samplesPerPixel]
        }
    }
}
