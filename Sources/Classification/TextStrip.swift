internal import Dicom

/// Lines of white text on black, broken to the width of a picture.
struct TextStrip {
    /// Rows of the strip.
    let rows: Int
    /// Rows × columns × 3 samples.
    let samples: [UInt8]

    /// The strip of these paragraphs; the letters grow with the picture.
    init(texts: [String], columns: Int) {
        let scale = max(1, columns / 340)
        let perLine = max(1, columns / (BitmapFont.advance * scale) - 1)
        let lines = texts.map(ReportText.line).flatMap { Self.broken($0, length: perLine) }
        let pitch = (BitmapFont.height + 2) * scale
        let count = lines.count * pitch + 2 * scale
        var samples = [UInt8](repeating: 0, count: count * columns * 3)
        for (lineIndex, line) in lines.enumerated() {
            for (characterIndex, character) in line.enumerated() {
                let (top, left) = (
                    2 * scale + lineIndex * pitch, (characterIndex * BitmapFont.advance + 3) * scale
                )
                for row in 0..<BitmapFont.height * scale {
                    for column in 0..<BitmapFont.advance * scale where left + column < columns {
                        guard BitmapFont.isInk(character, row: row / scale, column: column / scale) else {
                            continue
                        }
                        let start = ((top + row) * columns + left + column) * 3
                        for channel in 0..<3 { samples[start + channel] = 255 }
                    }
                }
            }
        }
        rows = count
        self.samples = samples
    }

    /// The text in lines of at most `length` characters, broken at spaces where there are any.
    static func broken(_ text: String, length: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > length {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
            while line.count > length {
                lines.append(String(line.prefix(length)))
                line.removeFirst(length)
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension RasterImage {
    /// A picture has at least this many columns, so that a notice fits; smaller ones are enlarged by whole factors.
    static let captionedColumnsMin = 128

    /// The picture, 8 bits and three channels, below a black strip with these paragraphs: they hide nothing.
    ///
    /// A picture of another kind is a fault of the caller and stops the process.
    func captioned(_ texts: [String]) -> RasterImage {
        guard channels == 3, case .uint8(let own) = samples else { preconditionFailure("not an RGB picture") }
        let factor = max(1, (Self.captionedColumnsMin + columns - 1) / columns)
        let strip = TextStrip(texts: texts, columns: columns * factor)
        var all = strip.samples
        all.reserveCapacity(all.count + own.count * factor * factor)
        for row in 0..<rows {
            let line = own[row * columns * 3..<(row + 1) * columns * 3]
            let wide = factor == 1 ? Array(line) : Self.widened(line, factor)
            for _ in 0..<factor { all += wide }
        }
        return RasterImage(
            rows: strip.rows + rows * factor, columns: columns * factor, channels: 3, samples: .uint8(all))
    }

    /// Every pixel of a line `factor` times.
    private static func widened(_ line: ArraySlice<UInt8>, _ factor: Int) -> [UInt8] {
        var wide: [UInt8] = []
        for start in stride(from: line.startIndex, to: line.endIndex, by: 3) {
            for _ in 0..<factor { wide += line[start..<start + 3] }
        }
        return wide
    }
}
