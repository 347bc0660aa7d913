/// What the samples of a pixel mean (PS3.3 C.7.6.3.1.2); the raw values are the defined terms.
package enum PhotometricInterpretation: String, Sendable, CaseIterable {
    /// Grey, the smallest value is white.
    case monochrome1 = "MONOCHROME1"
    /// Grey, the smallest value is black.
    case monochrome2 = "MONOCHROME2"
    /// One index into three colour tables.
    case paletteColor = "PALETTE COLOR"
    case rgb = "RGB"
    /// Luminance and two colour differences, one of each for every pixel.
    case ybrFull = "YBR_FULL"
    /// As ``ybrFull``, the differences shared by two pixels in a row.
    case ybrFull422 = "YBR_FULL_422"
    /// As ``ybrFull422`` with the reduced ranges of ITU-R BT.601 (retired).
    case ybrPartial422 = "YBR_PARTIAL_422"
    /// The differences shared by four pixels; only of JPEG 2000 and MPEG.
    case ybrPartial420 = "YBR_PARTIAL_420"
    /// The irreversible colour transform of JPEG 2000.
    case ybrICT = "YBR_ICT"
    /// The reversible colour transform of JPEG 2000.
    case ybrRCT = "YBR_RCT"
    /// X, Y and B channels of JPEG XL.
    case xyb = "XYB"

    /// Whether it is grey: what the grayscale pipeline works on.
    package var isMonochrome: Bool { self == .monochrome1 || self == .monochrome2 }

    /// How many samples a pixel has by this interpretation.
    package var samplesPerPixel: Int { isMonochrome || self == .paletteColor ? 1 : 3 }
}
