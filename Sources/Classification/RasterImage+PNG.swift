internal import CPNG

extension RasterImage {
    /// The samples as they are: palettes looked up, transparency dropped, no gamma applied.
    init(png bytes: [UInt8]) throws(RasterImageError) {
        var layout = cpng_layout()
        try unsafe Self.readPNG(bytes, layout: &layout, into: nil, byteCount: 0)
        let (rows, columns, channels) = (Int(layout.rows), Int(layout.columns), Int(layout.channels))
        try Self.check(rows: rows, columns: columns, channels: channels)
        let count = rows * columns * channels
        if layout.bits == 16 {
            var samples = [UInt16](repeating: 0, count: count)
            try unsafe Self.readPNG(bytes, layout: &layout, into: &samples, byteCount: count * 2)
            self.init(rows: rows, columns: columns, channels: channels, samples: .uint16(samples))
        } else {
            var samples = [UInt8](repeating: 0, count: count)
            try unsafe Self.readPNG(bytes, layout: &layout, into: &samples, byteCount: count)
            self.init(rows: rows, columns: columns, channels: channels, samples: .uint8(samples))
        }
    }

    /// Reads the header and, where there is room for them, the samples.
    private static func readPNG(
        _ bytes: [UInt8], layout: inout cpng_layout, into samples: UnsafeMutableRawPointer?, byteCount: Int
    ) throws(RasterImageError) {
        var reason = [CChar](repeating: 0, count: 128)
        let done = unsafe cpng_read(
            bytes, bytes.count, UInt32(sideMax), &layout, samples, byteCount, &reason)
        if done != 1 { throw .damaged(text(reason)) }
    }

    /// The image as the bytes of a PNG file: raw values, no gamma.
    package var pngFile: [UInt8] {
        var layout = cpng_layout(
            columns: UInt32(columns), rows: UInt32(rows), channels: Int32(channels), bits: 8)
        var output = unsafe cpng_output()
        let done: Int32
        switch samples {
        case .uint8(let values): done = unsafe cpng_write(&layout, values, &output)
        case .uint16(let values):
            layout.bits = 16
            done = unsafe cpng_write(&layout, values, &output)
        }
        defer { unsafe free(output.bytes) }
        // Only a lack of memory or a layout that the initialiser excludes can fail here.
        precondition(done == 1, "libpng failed to write an image")
        return unsafe Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
}

/// The characters up to the first zero.
private func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
