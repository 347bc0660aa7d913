/// Which fragments of encapsulated pixel data belong to which frame (PS3.5 A.4).
///
/// In the order of trust: a single frame owns all fragments; the extended offset table; the basic offset
/// table; one fragment for each frame; fragments that begin as codestreams begin. What none of these decides
/// is refused.
struct FrameFragments {
    /// The fragments of each frame, without padding where the extended table tells the length.
    private let frames: [[Range<Int>]]

    /// Assigns the fragments of `dataset` to its frames.
    init(_ dataset: Dataset, _ description: PixelDescription) throws(DicomError) {
        guard let encapsulation = description.element.encapsulated else {
            throw .badData(
                description.element.tag, "is not in fragments, as \(dataset.transferSyntax) demands")
        }
        let tag = description.element.tag
        guard !encapsulation.isTruncated else {
            throw .badData(tag, "is cut off: its sequence of fragments has no end")
        }
        let fragments = encapsulation.fragments
        guard !fragments.isEmpty else { throw .badData(tag, "has no fragment") }
        let frameCount = description.frameCount
        if frameCount == 1 {
            frames = [fragments]
        } else if let extended = try Self.byExtendedTable(dataset, fragments, frameCount) {
            frames = extended
        } else if let basic = try Self.byBasicTable(dataset, encapsulation, frameCount) {
            frames = basic
        } else if fragments.count == frameCount {
            frames = fragments.map { [$0] }
        } else if let found = try Self.byBeginnings(dataset, fragments, frameCount) {
            frames = found
        } else {
            throw .badData(
                tag, "has \(fragments.count) fragments, which cannot be told apart into \(frameCount) frames")
        }
    }

    /// The fragments of the frame, to be read one after the other.
    func ranges(ofFrame frameIndex: Int) -> [Range<Int>] {
        frames[frameIndex]
    }

    // MARK: - Tables

    /// Extended Offset Table and its lengths (PS3.3 C.7.6.3.1.8): one fragment for each frame.
    private static func byExtendedTable(
        _ dataset: Dataset, _ fragments: [Range<Int>], _ frameCount: Int
    ) throws(DicomError) -> [[Range<Int>]]? {
        let offsets = dataset.integers(.extendedOffsetTable),
            lengths = dataset.integers(.extendedOffsetTableLengths)
        guard offsets.count == frameCount, lengths.count == frameCount, let first = fragments.first else {
            return nil
        }
        let byStart = Dictionary(uniqueKeysWithValues: fragments.map { ($0.lowerBound, $0) })
        var frames: [[Range<Int>]] = []
        for (offset, length) in zip(offsets, lengths) {
            // Offsets count from the first byte of the first fragment's item, lengths are without padding.
            let (start, overflow) = first.lowerBound.addingReportingOverflow(offset)
            guard !overflow, let fragment = byStart[start], (0...fragment.count).contains(length) else {
                return nil
            }
            frames.append([fragment.lowerBound..<fragment.lowerBound + length])
        }
        return frames
    }

    /// The Basic Offset Table (PS3.5 A.4): where the first fragment of each frame begins.
    private static func byBasicTable(
        _ dataset: Dataset, _ encapsulation: PixelDataElement.Encapsulation, _ frameCount: Int
    ) throws(DicomError) -> [[Range<Int>]]? {
        let table = encapsulation.basicOffsetTable, fragments = encapsulation.fragments
        guard table.count == 4 * frameCount, let first = fragments.first else { return nil }
        let bytes = try dataset.source.bytes(table)
        let offsets = stride(from: 0, to: bytes.count, by: 4).map { position in
            (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
        }
        let byStart = Dictionary(uniqueKeysWithValues: fragments.enumerated().map { ($1.lowerBound, $0) })
        let starts = offsets.compactMap { byStart[first.lowerBound + $0] }
        return grouped(fragments, startingAt: starts, frameCount)
    }

    /// Frames begin where a fragment begins like a codestream: JPEG and JPEG-LS with SOI and another marker,
    /// JPEG 2000 with SOC and SIZ. Neither can stand inside entropy-coded data.
    private static func byBeginnings(
        _ dataset: Dataset, _ fragments: [Range<Int>], _ frameCount: Int
    ) throws(DicomError) -> [[Range<Int>]]? {
        let beginning: [UInt8]
        switch dataset.transferSyntax.coding {
        case .jpeg, .jpegLS: beginning = [0xFF, 0xD8, 0xFF]
        case .jpeg2000: beginning = [0xFF, 0x4F, 0xFF, 0x51]
        default: return nil
        }
        var starts: [Int] = []
        for (index, fragment) in fragments.enumerated() {
            let end = min(fragment.lowerBound + beginning.count, fragment.upperBound)
            if try dataset.source.bytes(fragment.lowerBound..<end) == beginning { starts.append(index) }
        }
        return grouped(fragments, startingAt: starts, frameCount)
    }

    /// The fragments in groups that begin at these indices; `nil` unless that is every frame, in order.
    private static func grouped(
        _ fragments: [Range<Int>], startingAt starts: [Int], _ frameCount: Int
    ) -> [[Range<Int>]]? {
        guard starts.count == frameCount, starts.first == 0,
            zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
        let ends = starts.dropFirst() + [fragments.count]
        return zip(starts, ends).map { Array(fragments[$0..<$1]) }
    }
}
