internal import CDCMTK

/// Frames that are compressed, each in its fragments (PS3.5 A.4, 8.2).
struct EncapsulatedFrame {
    private let dataset: Dataset
    private let description: PixelDescription

    /// The frames of `dataset`, whose transfer syntax encapsulates.
    init(_ dataset: Dataset, _ description: PixelDescription) {
        self.dataset = dataset
        self.description = description
    }

    /// Decodes the frame.
    func frame(at frameIndex: Int) throws(DicomError) -> Frame {
        guard description.element.tag == .pixelData else {
            throw .badData(description.element.tag, "cannot be encapsulated")
        }
        let coding = dataset.transferSyntax.coding
        guard coding != .unsupported else { throw .unsupported("pixel data in \(dataset.transferSyntax)") }
        let bytes = try compressed(frameIndex)
        switch coding {
        case .encapsulatedNative:
            return try NativeFrame(bytes: bytes, description).frame(at: 0)
        case .deflatedFrame:
            let limit = description.sampleCount * 4 + 16
            return try NativeFrame(bytes: Inflation.inflated(bytes, bytesMax: limit), description).frame(
                at: 0)
        default:
            return try decoded(bytes, coding)
        }
    }

    /// The frame's bytes: its fragments one after the other.
    private func compressed(_ frameIndex: Int) throws(DicomError) -> [UInt8] {
        let ranges = try FrameFragments(dataset, description).ranges(ofFrame: frameIndex)
        let byteCount = ranges.reduce(0) { $0 + $1.count }
        guard byteCount <= compressedBytesMax else {
            throw .limit("\(byteCount) bytes of a compressed frame, at most \(compressedBytesMax)")
        }
        guard ranges.count > 1 else { return try dataset.source.bytes(ranges[0]) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for range in ranges { bytes += try dataset.source.bytes(range) }
        return bytes
    }

    /// The most bytes of a compressed frame: twice what it decodes to, which no coding needs, and room for headers.
    private var compressedBytesMax: Int {
        2 * Int(description.shape.cell_bytes) * description.sampleCount + 1 << 20
    }

    // MARK: - Codecs

    private typealias Decoder = (
        UnsafePointer<UInt8>?, Int, cdcmtk_frame_shape, UnsafeMutablePointer<UInt8>?,
        UnsafeMutablePointer<cdcmtk_codestream>?
    ) -> cdcmtk_status

    private func decoded(_ bytes: [UInt8], _ coding: TransferSyntax.PixelCoding) throws(DicomError) -> Frame {
        let decoder: Decoder
        switch coding {
        case .rle:
            guard description.bitsAllocated >= 8 else {
                // PS3.5 G.2 divides samples into bytes.
                throw .badData(.bitsAllocated, "is 1, for which RLE is not defined")
            }
            unsafe decoder = cdcmtk_decode_rle
        case .jpeg: unsafe decoder = cdcmtk_decode_jpeg
        case .jpegLS: unsafe decoder = cdcmtk_decode_jpegls
        case .jpeg2000:
            let threads = Int32(clamping: dataset.decodingThreads)
            unsafe decoder = {
                unsafe cdcmtk_decode_jpeg2000($0, $1, $2, threads, $3, $4)
            }
        default: throw .unsupported("pixel data in \(dataset.transferSyntax)")
        }
        var codestream = cdcmtk_codestream()
        let shape = description.shape
        let samples = try unsafe Frame.Samples.filled(
            count: description.sampleCount, cellBytes: Int(shape.cell_bytes), isSigned: description.isSigned
        ) { output in
            let start = unsafe output.assumingMemoryBound(to: UInt8.self).baseAddress
            let status = unsafe decoder(bytes, bytes.count, shape, start, &codestream)
            return DicomError(status).map { .failure($0) } ?? .success(bits(codestream))
        }
        return description.frame(samples, as: interpretation(codestream))
    }

    /// Where the bits of a sample lie in what the codec gave.
    private func bits(_ codestream: cdcmtk_codestream) -> SampleBits {
        let allocated = Int(description.shape.cell_bytes) * 8, precision = Int(codestream.precision)
        // Signed samples of the codestream come sign extended. Lossy coding has no unused bits, and what it
        // makes of a sample may lie a little outside its range, which is no reason to cut bits off.
        if codestream.is_signed || codestream.is_lossy || dataset.transferSyntax.permitsLoss {
            // Where the object says unsigned, its word counts, as in the opposite case: the sign is a bit like others.
            let bits = codestream.is_signed && description.isSigned ? allocated : precision
            return SampleBits(stored: bits, high: bits - 1)
        }
        // Lossless coding gives back whole cells, overlays and all, if its precision reaches to the high bit.
        let high = precision > description.highBit ? description.highBit : description.bitsStored - 1
        return SampleBits(stored: description.bitsStored, high: high)
    }

    /// What the samples are after the codec, which undoes subsampling and the transforms of JPEG 2000.
    ///
    /// Where a JPEG stream says itself what its colours are, the object's word against it does not count.
    private func interpretation(_ codestream: cdcmtk_codestream) -> PhotometricInterpretation {
        if codestream.colours == CDCMTK_COLOURS_RGB { return .rgb }
        if codestream.colours == CDCMTK_COLOURS_YBR, description.photometricInterpretation == .rgb {
            return .ybrFull
        }
        return switch description.photometricInterpretation {
        case .ybrFull422: .ybrFull
        case .ybrICT, .ybrRCT: codestream.colours_transformed ? .rgb : description.photometricInterpretation
        case let other: other
        }
    }
}

extension PixelDescription {
    /// What the codecs must give.
    var shape: cdcmtk_frame_shape {
        cdcmtk_frame_shape(
            rows: UInt32(rows), columns: UInt32(columns), samples_per_pixel: UInt32(samplesPerPixel),
            cell_bytes: UInt32(max(1, bitsAllocated / 8)))
    }
}
