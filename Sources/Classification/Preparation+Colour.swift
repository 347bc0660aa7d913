internal import Dicom

extension Preparation {
    /// The resized luminances of a colour or palette frame.
    ///
    /// Colours are for display already: nothing is windowed or stretched.
    func colourGreys(
        of frame: Frame, _ transform: PixelTransform, _ resampler: Resampler, _ steps: inout [String]
    ) throws(PreparationError) -> [Float] {
        if let palette = transform.palette, var table = GreyTable(frame.samples) {
            table.setGreys { stored in
                let (red, green, blue) = palette.rgb(ofStored: stored)
                return Luminance.of(red: Float(red), green: Float(green), blue: Float(blue))
            }
            steps.append("Palette colours reduced to luminance.")
            let used = zip(table.greys, table.counts).filter { $0.1 > 0 }.map(\.0)
            try Self.requireVariation(from: used.min() ?? 0, to: used.max() ?? 0)
            return resampler.resize(frame, greys: table)
        }
        steps.append("Colour (\(frame.photometricInterpretation.rawValue)) reduced to luminance.")
        return try Self.luminances(of: frame, resampler)
    }

    private static func luminances(of frame: Frame, _ resampler: Resampler) throws(PreparationError)
        -> [Float]
    {
        let luminance: (Float, Float, Float) -> Float
        switch frame.photometricInterpretation {
        case .rgb:
            luminance = { Luminance.of(red: $0, green: $1, blue: $2) }
        case .ybrFull, .ybrFull422:
            // Y is the luminance (PS3.3 C.7.6.3.1.2): going through RGB would only round it.
            luminance = { y, _, _ in y }
        case .ybrPartial422, .ybrPartial420:
            luminance = { y, _, _ in min(max((y * 255 - 16) / 219, 0), 1) }
        case .monochrome1, .monochrome2, .paletteColor, .ybrICT, .ybrRCT, .xyb:
            throw .dicom(.unsupported("colours in \(frame.photometricInterpretation.rawValue)"))
        }
        let scale = Float(1 / (Double(UInt64(1) << UInt64(min(frame.bitsStored, 32))) - 1))
        func resized<T: BinaryInteger>(_ values: [T]) throws(PreparationError) -> [Float] {
            try resizeChecked(resampler, rows: frame.rows, columns: frame.columns) { rowIndex, row in
                let start = rowIndex * frame.columns * 3
                for column in 0..<frame.columns {
                    let index = start + column * 3
                    row[column] = luminance(
                        Float(values[index]) * scale, Float(values[index + 1]) * scale,
                        Float(values[index + 2]) * scale)
                }
            }
        }
        switch frame.samples {
        case .uint8(let values): return try resized(values)
        case .uint16(let values): return try resized(values)
        case .uint32(let values): return try resized(values)
        case .int8, .int16, .int32, .float32, .float64:
            throw .dicom(.unsupported("signed or floating-point colours"))
        }
    }

    /// A resize that refuses an image of one value.
    static func resizeChecked(
        _ resampler: Resampler, rows: Int, columns: Int, fill: (Int, inout MutableSpan<Float>) -> Void
    ) throws(PreparationError) -> [Float] {
        var (lowest, highest) = (Float.infinity, -Float.infinity)
        let greys = resampler.resize(rowCount: rows, columnCount: columns) { rowIndex, row in
            fill(rowIndex, &row)
            for column in 0..<columns {
                lowest = min(lowest, row[column])
                highest = max(highest, row[column])
            }
        }
        try requireVariation(from: lowest, to: highest)
        return greys
    }

    private static func requireVariation(from lowest: Float, to highest: Float) throws(PreparationError) {
        guard lowest < highest else { throw .refused(.constant(isZero: highest == 0)) }
    }
}

/// The grey of a colour (ITU-R BT.601), as Pillow's mode L has it.
enum Luminance {
    /// Of components of 0 to 1.
    static func of(red: Float, green: Float, blue: Float) -> Float {
        0.299 * red + 0.587 * green + 0.114 * blue
    }

    /// Of eight-bit components: Pillow's fixed-point sum, to the bit.
    static func level(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
        let sum: UInt32 = UInt32(red) * 19595 + UInt32(green) * 38470 + UInt32(blue) * 7471
        return UInt8((sum + 0x8000) >> 16)
    }
}

extension RasterImage {
    /// The resized greys of an image file; one of eight bits becomes what Pillow makes of it, to the bit.
    func greys(with letterbox: Letterbox, filter: ResizeFilter) throws(PreparationError) -> [Float] {
        let resampler = letterbox.resampler(filter: filter)
        switch samples {
        case .uint8(let values):
            let levels = channels == 3 ? Self.luminances(values) : values
            guard let lowest = levels.min(), let highest = levels.max(), lowest < highest else {
                throw .refused(.constant(isZero: levels.first == 0))
            }
            return resampler.resize(bytes: levels, rowCount: rows, columnCount: columns).map {
                Float($0) / 255
            }
        case .uint16(let values):
            let (columns, channels) = (columns, channels)
            return try Preparation.resizeChecked(resampler, rows: rows, columns: columns) { rowIndex, row in
                for column in 0..<columns {
                    let index = (rowIndex * columns + column) * channels
                    row[column] = Self.grey(of: values[index..<index + channels]) / 65535
                }
            }
        }
    }

    private static func luminances(_ values: [UInt8]) -> [UInt8] {
        stride(from: 0, to: values.count, by: 3).map { index in
            Luminance.level(red: values[index], green: values[index + 1], blue: values[index + 2])
        }
    }

    private static func grey(of pixel: ArraySlice<UInt16>) -> Float {
        let values = pixel.map { Float($0) }
        return values.count == 3 ? Luminance.of(red: values[0], green: values[1], blue: values[2]) : values[0]
    }
}
