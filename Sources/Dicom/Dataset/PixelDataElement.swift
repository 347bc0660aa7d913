/// Where the pixel data of an object lies: Pixel Data, Float Pixel Data or Double Float Pixel Data (PS3.3
/// C.7.6.3).
///
/// DCMTK never sees it: frames are read straight from the source.
struct PixelDataElement {
    /// Which of the three it is.
    let tag: Tag
    /// The value representation, where it is explicit.
    let vr: String?
    /// The whole value, native, or all items, encapsulated; cut where the object ends.
    let range: Range<Int>
    /// How many bytes of the declared length are missing.
    let missingBytes: Int
    /// What an encapsulated value consists of; `nil` for a native one.
    let encapsulated: Encapsulation?

    /// The items of encapsulated pixel data (PS3.5 A.4).
    struct Encapsulation {
        /// The first item: empty, or the offset of each frame.
        let basicOffsetTable: Range<Int>
        /// The other items, without their headers.
        let fragments: [Range<Int>]
        /// Whether the object ends before the sequence delimiter.
        let isTruncated: Bool
    }

    /// The three tags under which pixel data may stand.
    static let tags: Set<Tag> = [.pixelData, .floatPixelData, .doubleFloatPixelData]
}
