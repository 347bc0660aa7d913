/// The maxima that foreign bytes may not pass, all checked before DCMTK parses and before anything is
/// allocated.
package struct DatasetLimits: Sendable {
    /// The largest object, in bytes, as it stands in the file.
    package var objectBytesMax: Int
    /// The most bytes that a deflated data set may have, and may inflate to: both are held in memory.
    package var inflatedBytesMax: Int
    /// The most bytes of elements other than pixel data.
    package var headerBytesMax: Int
    /// Values of the data set itself, other than pixel data, that are longer are left out (documents,
    /// waveforms, spectra: nothing that this program reads).
    package var valueBytesMax: Int
    /// How deep sequences may stand in sequences.
    ///
    /// DCMTK 3.6.7 recurses once a level and overflows its stack.
    package var nestingDepthMax: Int
    /// The most elements, items and fragments, all levels together.
    package var elementCountMax: Int
    /// The most elements of one level: of the data set itself, or of one item.
    ///
    /// DCMTK 3.6.7 keeps them in a list and looks from its end for each one's place: elements in descending order take
    /// time with the square of their number.
    package var levelElementsMax: Int
    /// The most samples (rows × columns × samples per pixel) of one frame.
    package var frameSamplesMax: Int
    /// The most samples of all frames together, decoded or not.
    package var objectSamplesMax: Int

    /// Far above every real object, far below what hurts: frames of 11585 × 11585, sequences 64 deep.
    package static let standard = DatasetLimits(
        objectBytesMax: 4 << 30, inflatedBytesMax: 512 << 20, headerBytesMax: 256 << 20,
        valueBytesMax: 32 << 20,
        nestingDepthMax: 64, elementCountMax: 1_000_000, levelElementsMax: 4096, frameSamplesMax: 1 << 27,
        objectSamplesMax: 1 << 34)
}
