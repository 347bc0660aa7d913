/// A radiograph of a left shoulder with an anatomic arthroplasty, drawn from formulas: nobody's picture.
///
/// Everything is measured in millimetres from the upper left corner of the image, x to the patient's left, y to the
/// feet. A pixel is the sum of what the beam meets on its way (soft tissue, bone, metal), as a detector
/// with a logarithmic response shows it, and noise that depends on the pixel's place and the seed alone. Rows can
/// so be drawn one by one, in any order.
struct Phantom {
    /// Columns of the image.
    static let columns = 1024
    /// Rows of the image.
    static let rows = 1248
    /// Distance of two pixels' centres in millimetres.
    static let pixelSpacing = 0.2
    /// Stored values have 12 bits.
    static let valueMax = 4095

    /// Where the noise starts; another seed is another exposure of the same shoulder.
    let seed: UInt32

    /// The stored values of one row.
    func row(_ rowIndex: Int) -> [UInt16] {
        (0..<Self.columns).map { columnIndex in
            let point = Point(
                x: (Double(columnIndex) + 0.5) * Self.pixelSpacing,
                y: (Double(rowIndex) + 0.5) * Self.pixelSpacing)
            let absorbed = Shoulder(at: point).absorbed
            // Few quanta pass where much is absorbed: the noise grows there.
            let sigma = 0.0022 + 0.0045 * absorbed * absorbed
            let noisy = absorbed + sigma * Texture.gaussian(columnIndex, rowIndex, seed)
            let value = 180 + 3450 * noisy
            return UInt16(min(max(value.rounded(), 0), Double(Self.valueMax)))
        }
    }
}
