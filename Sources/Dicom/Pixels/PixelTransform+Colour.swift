extension Frame {
    /// The colours as red, green and blue, 0 to 1, interleaved; and what was done, in a short sentence.
    ///
    /// YBR becomes RGB by the equations of PS3.3 C.7.6.3.1.2, clipped. Throws `unsupported` where the samples
    /// are no colours that can be converted.
    func rgb() throws(DicomError) -> (values: [Double], step: String) {
        let scale = 1 / (Double(UInt64(1) << UInt64(min(bitsStored, 63))) - 1)
        let values = samples.mapped { $0 * scale }
        // The chroma is centred on half of the range's values: 128 of 255.
        let middle = Double(UInt64(1) << UInt64(max(min(bitsStored, 63) - 1, 0))) * scale
        switch photometricInterpretation {
        case .rgb: return (values, "Colours are RGB.")
        case .ybrFull, .ybrFull422:
            return (
                Self.converted(values) { y, b, r in
                    let (blue, red) = (b - middle, r - middle)
                    return (y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue)
                }, "Colours converted from YBR_FULL to RGB."
            )
        case .ybrPartial422, .ybrPartial420:
            return (
                Self.converted(values) { y, b, r in
                    // 16 to 235 and 16 to 240 of 255.
                    let (grey, blue, red) = (1.1644 * (y - 16.0 / 255), b - middle, r - middle)
                    return (grey + 1.596 * red, grey - 0.3917 * blue - 0.8129 * red, grey + 2.0173 * blue)
                }, "Colours converted from \(photometricInterpretation.rawValue) to RGB."
            )
        case .monochrome1, .monochrome2, .paletteColor, .ybrICT, .ybrRCT, .xyb:
            throw .unsupported("colours in \(photometricInterpretation.rawValue)")
        }
    }

    private static func converted(
        _ values: consuming [Double], _ transform: (Double, Double, Double) -> (Double, Double, Double)
    ) -> [Double] {
        for index in stride(from: 0, to: values.count - 2, by: 3) {
            let (red, green, blue) = transform(values[index], values[index + 1], values[index + 2])
            values[index] = min(max(red, 0), 1)
            values[index + 1] = min(max(green, 0), 1)
            values[index + 2] = min(max(blue, 0), 1)
        }
        return values
    }
}

extension Frame.Samples {
    /// The samples in double precision: exact for every type.
    package var doubles: [Double] { mapped { $0 } }

    /// What a function makes of the samples in double precision, which is exact for every type.
    func mapped(_ transform: (Double) -> Double) -> [Double] {
        switch self {
        case .uint8(let values): values.map { transform(Double($0)) }
        case .int8(let values): values.map { transform(Double($0)) }
        case .uint16(let values): values.map { transform(Double($0)) }
        case .int16(let values): values.map { transform(Double($0)) }
        case .uint32(let values): values.map { transform(Double($0)) }
        case .int32(let values): values.map { transform(Double($0)) }
        case .float32(let values): values.map { transform(Double($0)) }
        case .float64(let values): values.map(transform)
        }
    }
}
