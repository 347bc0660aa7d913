internal import Glibc

/// Frames that are coded as they are (PS3.5 8.1.1, 8.2 native format).
///
/// Usually all of them in the value of Pixel Data, one after the other; with the transfer syntaxes that put
/// native frames in fragments, one.
struct NativeFrame {
    private let description: PixelDescription
    private let source: ByteSource
    /// Where in the source the frames lie.
    private let range: Range<Int>
    private let frameCount: Int
    private let isBigEndian: Bool

    /// The frames in the value of the pixel data of `dataset`.
    init(_ dataset: Dataset, _ description: PixelDescription) {
        self.description = description
        source = dataset.source
        range = description.element.range
        frameCount = description.frameCount
        isBigEndian = dataset.encoding.isBigEndian
    }

    /// One little endian frame: `bytes`.
    init(bytes: [UInt8], _ description: PixelDescription) {
        self.description = description
        source = ByteSource(bytes: bytes)
        range = 0..<bytes.count
        frameCount = 1
        isBigEndian = false
    }

    /// PS3.3 C.7.6.3.1.2: two pixels of YBR_FULL_422 have two luminances and share the colour differences.
    private var isSubsampled: Bool {
        [.ybrFull422, .ybrPartial422].contains(description.photometricInterpretation)
    }

    /// Bits of one frame; frames follow one another without a gap, also where this is no whole number of
    /// bytes.
    private var frameBits: Int {
        let samples = isSubsampled ? description.rows * description.columns * 2 : description.sampleCount
        return samples * description.bitsAllocated
    }

    /// Refuses pixel data that is shorter than the attributes say, or longer by more than padding.
    private func checkLength() throws(DicomError) {
        let element = description.element
        guard element.missingBytes == 0 else {
            throw .badData(element.tag, "is cut off: the object ends \(element.missingBytes) bytes early")
        }
        let expected = (frameBits * frameCount + 7) / 8
        guard range.count >= expected else {
            throw .badData(element.tag, "has \(range.count) bytes; its \(frameCount) frames need \(expected)")
        }
        // A byte to make it even is the rule (PS3.5 8.1.1) and longer padding occurs. Where another frame
        // would fit, the size or number of frames is wrong, and nobody knows which.
        guard (range.count - expected) * 8 < max(frameBits, 16) else {
            throw .badData(
                element.tag, "has \(range.count) bytes where \(expected) belong: another frame would fit")
        }
    }

    /// Decodes the frame.
    func frame(at frameIndex: Int) throws(DicomError) -> Frame {
        try checkLength()
        if isSubsampled, description.columns % 2 == 1 {
            throw .badData(
                .columns, "is odd, which \(description.photometricInterpretation.rawValue) cannot have")
        }
        let stored = try samples(at: frameIndex)
        if isSubsampled {
            let interpretation: PhotometricInterpretation =
                description.photometricInterpretation == .ybrFull422 ? .ybrFull : .ybrPartial422
            return description.frame(stored.ordered(by: PairExpansionOrder()), as: interpretation)
        }
        let order = InterleavingOrder(planeCount: description.samplesPerPixel)
        return description.frame(description.isPlanar ? stored.ordered(by: order) : stored)
    }

    /// The samples of the frame, as they are stored: planes still planes.
    private func samples(at frameIndex: Int) throws(DicomError) -> Frame.Samples {
        let firstBit = frameIndex * frameBits
        switch description.element.tag {
        case .floatPixelData: return .float32(try floats(firstBit / 8))
        case .doubleFloatPixelData: return .float64(try floats(firstBit / 8))
        default: break
        }
        if description.bitsAllocated == 1 { return .uint8(try bits(from: firstBit)) }
        let start = range.lowerBound + firstBit / 8
        let cellBytes = description.bitsAllocated / 8
        let bits = SampleBits(stored: description.bitsStored, high: description.highBit)
        return try unsafe .filled(
            count: frameBits / description.bitsAllocated, cellBytes: cellBytes, isSigned: description.isSigned
        ) { buffer in
            unsafe read(at: start, cellBytes: cellBytes, into: buffer).map { bits }
        }
    }

    /// Reads cells and turns them into this machine's byte order.
    private func read(
        at start: Int, cellBytes: Int, into buffer: UnsafeMutableRawBufferPointer
    ) -> Result<Void, DicomError> {
        guard isBigEndian else { return unsafe source.read(at: start, into: buffer) }
        if cellBytes == 1 { return unsafe readBigEndianBytes(at: start, into: buffer) }
        let result = unsafe source.read(at: start, into: buffer)
        for offset in stride(from: 0, to: buffer.count, by: cellBytes) {
            unsafe buffer[offset..<offset + cellBytes].reverse()
        }
        return result
    }

    /// Bytes of a big endian object: in their order if the value is OB, swapped in pairs if it is OW, because
    /// then two of them are one word (PS3.5 8.2 and annex A.3).
    private func readBigEndianBytes(at start: Int, into buffer: UnsafeMutableRawBufferPointer) -> Result<
        Void, DicomError
    > {
        guard description.element.vr == "OW" else { return unsafe source.read(at: start, into: buffer) }
        do throws(DicomError) {
            // Whole words around the wanted bytes; an odd last byte has no partner and stays.
            let first = start - (start - range.lowerBound) % 2
            let end = min(
                range.upperBound, start + buffer.count + (start + buffer.count - range.lowerBound) % 2)
            var bytes = try source.bytes(first..<end)
            for index in stride(from: 0, to: bytes.count - 1, by: 2) { bytes.swapAt(index, index + 1) }
            for index in 0..<buffer.count { unsafe buffer[index] = bytes[start - first + index] }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func floats<Number: BinaryFloatingPoint>(_ firstByte: Int) throws(DicomError) -> [Number] {
        let start = range.lowerBound + firstByte
        let width = MemoryLayout<Number>.size
        var result: Result<Void, DicomError> = .success(())
        let numbers = unsafe [Number](unsafeUninitializedCapacity: description.sampleCount) {
            buffer, initializedCount in
            unsafe result = read(
                at: start, cellBytes: width,
                into: UnsafeMutableRawBufferPointer(
                    start: buffer.baseAddress, count: description.sampleCount * width))
            initializedCount = (try? result.get()) == nil ? 0 : description.sampleCount
        }
        try result.get()
        return numbers
    }

    /// Single bits, the first in the least significant bit of the first byte (PS3.5 8.2: bits fill words from
    /// the low end, words are little endian).
    private func bits(from firstBit: Int) throws(DicomError) -> [UInt8] {
        let firstByte = firstBit / 8 & ~1
        let start = range.lowerBound + firstByte
        let wanted = (firstBit + frameBits + 7) / 8 - firstByte
        var bytes = [UInt8](repeating: 0, count: wanted)
        let result = unsafe bytes.withUnsafeMutableBytes { unsafe read(at: start, cellBytes: 1, into: $0) }
        try result.get()
        return (0..<frameBits).map { index in
            let bit = firstBit - firstByte * 8 + index
            return bytes[bit / 8] >> UInt8(bit % 8) & 1
        }
    }
}

extension PixelDescription {
    /// The frame of these samples, which are in their final order.
    func frame(_ samples: Frame.Samples, as interpretation: PhotometricInterpretation? = nil) -> Frame {
        Frame(
            rows: rows, columns: columns, samplesPerPixel: samplesPerPixel,
            photometricInterpretation: interpretation ?? photometricInterpretation, bitsStored: bitsStored,
            samples: samples)
    }
}
