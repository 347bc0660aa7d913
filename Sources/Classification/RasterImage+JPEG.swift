internal import CJPEG

extension RasterImage {
    /// Decodes with the accurate DCT and smooth chroma upsampling, which are what Pillow uses too.
    init(jpeg bytes: [UInt8]) throws(RasterImageError) {
        let decoder = try JPEGDecoder()
        let header = try decoder.header(of: bytes)
        try Self.check(rows: header.rows, columns: header.columns, channels: header.channels)
        self.init(
            rows: header.rows, columns: header.columns, channels: header.channels,
            samples: .uint8(try decoder.samples(of: bytes, header)))
    }
}

/// A TurboJPEG decompressor; owned here and freed with it.
@safe private struct JPEGDecoder: ~Copyable {
    private let handle: tjhandle

    /// The size and the samples of one pixel.
    struct Header {
        let rows: Int
        let columns: Int
        let channels: Int
    }

    init() throws(RasterImageError) {
        guard let handle = unsafe tjInitDecompress() else { throw .damaged("no memory for a decoder") }
        unsafe self.handle = handle
    }

    deinit { unsafe tjDestroy(handle) }

    /// What the file claims.
    ///
    /// CMYK is refused: no radiograph is one, and its inks have no defined grey.
    borrowing func header(of bytes: [UInt8]) throws(RasterImageError) -> Header {
        var (columns, rows, subsampling, colour) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let status = unsafe tjDecompressHeader3(
            handle, bytes, UInt(bytes.count), &columns, &rows, &subsampling, &colour)
        if status != 0 { throw .damaged(reason) }
        guard colour != TJCS_CMYK.rawValue, colour != TJCS_YCCK.rawValue else {
            throw .damaged("CMYK colours are not read")
        }
        return Header(
            rows: Int(rows), columns: Int(columns), channels: colour == TJCS_GRAY.rawValue ? 1 : 3)
    }

    /// The samples.
    ///
    /// A warning, such as a premature end, is an error here: a half picture would be a guess.
    borrowing func samples(of bytes: [UInt8], _ header: Header) throws(RasterImageError) -> [UInt8] {
        var samples = [UInt8](repeating: 0, count: header.rows * header.columns * header.channels)
        let format = header.channels == 1 ? TJPF_GRAY : TJPF_RGB
        let status = unsafe tjDecompress2(
            handle, bytes, UInt(bytes.count), &samples, Int32(header.columns), 0, Int32(header.rows),
            format.rawValue,
            TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
        if status != 0 { throw .damaged(reason) }
        return samples
    }

    /// What the decoder says.
    private var reason: String { unsafe String(cString: tjGetErrorStr2(handle)) }
}
