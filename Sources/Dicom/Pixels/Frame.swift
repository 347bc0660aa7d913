/// The stored values of one frame, decoded but otherwise untouched.
///
/// Colour is interleaved whatever the planar configuration was, and full size whatever the subsampling was.
/// Bits that do not belong to a sample (overlays above it, padding below it) are gone; signed values are sign
/// extended. Neither colours nor grey values are converted.
package struct Frame: Sendable {
    /// Height in pixels.
    package let rows: Int
    /// Width in pixels.
    package let columns: Int
    /// 1, or 3 for colour.
    package let samplesPerPixel: Int
    /// What the samples below are: where the coding itself transforms colours (YBR_RCT and YBR_ICT of JPEG
    /// 2000) or subsamples them (YBR_FULL_422), not what the object says but what came out (RGB, YBR_FULL).
    package let photometricInterpretation: PhotometricInterpretation
    /// How many bits of a sample are meaningful: 1 to 32, for floating point 32 or 64.
    package let bitsStored: Int
    /// The samples, row by row, top row first; the samples of a pixel together.
    package let samples: Samples

    /// Samples in the type that their bits allocated and pixel representation ask for.
    package enum Samples: Sendable, Equatable {
        case uint8([UInt8]), int8([Int8]), uint16([UInt16]), int16([Int16]), uint32([UInt32]), int32([Int32])
        case float32([Float]), float64([Double])

        /// How many samples there are.
        package var count: Int {
            switch self {
            case .uint8(let values): values.count
            case .int8(let values): values.count
            case .uint16(let values): values.count
            case .int16(let values): values.count
            case .uint32(let values): values.count
            case .int32(let values): values.count
            case .float32(let values): values.count
            case .float64(let values): values.count
            }
        }
    }

    /// A frame of these samples.
    ///
    /// - Precondition: there are rows × columns × samples per pixel of them.
    package init(
        rows: Int, columns: Int, samplesPerPixel: Int, photometricInterpretation: PhotometricInterpretation,
        bitsStored: Int, samples: Samples
    ) {
        precondition(samples.count == rows * columns * samplesPerPixel, "the samples do not fill the frame")
        self.rows = rows
        self.columns = columns
        self.samplesPerPixel = samplesPerPixel
        self.photometricInterpretation = photometricInterpretation
        self.bitsStored = bitsStored
        self.samples = samples
    }
}
