/// The colours of a PALETTE COLOR image (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9).
package struct Palette: Sendable, Equatable {
    /// The table of the red.
    package let red: LookupTable
    /// The table of the green.
    package let green: LookupTable
    /// The table of the blue.
    package let blue: LookupTable

    /// The tables as given.
    package init(red: LookupTable, green: LookupTable, blue: LookupTable) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The tables of the data set, expanded where they are written in segments.
    init(in dataset: Dataset) throws(DicomError) {
        red = try Self.table(
            .redPaletteColorLookupTableDescriptor, .redPaletteColorLookupTableData,
            .segmentedRedPaletteColorLookupTableData, in: dataset)
        green = try Self.table(
            .greenPaletteColorLookupTableDescriptor, .greenPaletteColorLookupTableData,
            .segmentedGreenPaletteColorLookupTableData, in: dataset)
        blue = try Self.table(
            .bluePaletteColorLookupTableDescriptor, .bluePaletteColorLookupTableData,
            .segmentedBluePaletteColorLookupTableData, in: dataset)
    }

    /// The colour of a stored value: red, green and blue, 0 to 1.
    package func rgb(ofStored value: Double) -> (red: Double, green: Double, blue: Double) {
        (
            min(red.output(for: value) / red.outputMax, 1),
            min(green.output(for: value) / green.outputMax, 1),
            min(blue.output(for: value) / blue.outputMax, 1)
        )
    }

    private static func table(
        _ descriptorTag: Tag, _ dataTag: Tag, _ segmentedTag: Tag, in dataset: Dataset
    ) throws(DicomError) -> LookupTable {
        let descriptor = dataset.integers(descriptorTag)
        guard descriptor.count == 3 else {
            throw .badData(descriptorTag, "a palette descriptor has \(descriptor.count) values instead of 3")
        }
        let isSigned = dataset.integer(.pixelRepresentation) == 1
        if let segments = dataset.bytes(segmentedTag), !segments.isEmpty {
            return try LookupTable(
                descriptor: descriptor, segments: segments, tag: segmentedTag, inputMayBeNegative: isSigned)
        }
        return try LookupTable(
            descriptor: descriptor, descriptorTag: descriptorTag, data: dataset.bytes(dataTag),
            dataTag: dataTag,
            inputMayBeNegative: isSigned
        ).withBitsInUse
    }
}

extension LookupTable {
    /// Some writers say eight bits and store sixteen (the eight, doubled): then sixteen are in use.
    fileprivate var withBitsInUse: LookupTable {
        guard bits <= 8, let largest = entries.max(), largest > 255 else { return self }
        return LookupTable(firstInput: firstInput, bits: 16, entries: entries)
    }

    /// A palette written in segments (PS3.3 C.7.9.2), expanded.
    package init(descriptor: [Int], segments: [UInt8], tag: Tag, inputMayBeNegative: Bool) throws(DicomError)
    {
        let isWide = descriptor[2] > 8
        let words = isWide ? Self.words(in: segments).map(Int.init) : segments.map(Int.init)
        let count = descriptor[0] & 0xFFFF == 0 ? 65536 : descriptor[0] & 0xFFFF
        var expansion = SegmentExpansion(words: words, isWide: isWide, entryCount: count, tag: tag)
        try expansion.run()
        let first = descriptor[1] & 0xFFFF
        self.init(
            firstInput: inputMayBeNegative && first >= 32768 ? first - 65536 : first, bits: isWide ? 16 : 8,
            entries: expansion.entries)
    }
}

/// The expansion of discrete, linear and indirect segments (PS3.3 C.7.9.2.2 to C.7.9.2.4).
private struct SegmentExpansion {
    let words: [Int]
    /// Whether values have sixteen bits; an indirect segment's offset takes two of them, else four.
    let isWide: Bool
    /// How many entries the descriptor promises; more are an error and none is made beyond them.
    let entryCount: Int
    let tag: Tag
    private(set) var entries: [UInt16] = []

    init(words: [Int], isWide: Bool, entryCount: Int, tag: Tag) {
        self.words = words
        self.isWide = isWide
        self.entryCount = entryCount
        self.tag = tag
    }

    /// Expands everything; throws unless exactly the promised entries come out.
    mutating func run() throws(DicomError) {
        var position = 0
        // An odd number of bytes is padded with one more, which is no segment.
        while position < words.count, entries.count < entryCount {
            position = try expandSegment(at: position, mayBeIndirect: true)
        }
        guard entries.count == entryCount else {
            throw .badData(
                tag, "segments make \(entries.count) entries, the descriptor promises \(entryCount)")
        }
    }

    /// Expands one segment and returns where the next one starts.
    private mutating func expandSegment(at start: Int, mayBeIndirect: Bool) throws(DicomError) -> Int {
        guard start >= 0, start + 2 <= words.count else { throw cut }
        let length = words[start + 1]
        // Each segment makes entries, which are counted: nothing else bounds how long this takes.
        guard length > 0 else { throw .badData(tag, "a segment is empty") }
        switch words[start] {
        case 0:
            guard start + 2 + length <= words.count else { throw cut }
            for word in words[start + 2..<start + 2 + length] { try append(word) }
            return start + 2 + length
        case 1:
            guard start + 3 <= words.count, let last = entries.last else { throw cut }
            let (from, to) = (Int(last), words[start + 2])
            for step in 0..<length {
                let share = Double(to - from) * Double(step + 1) / Double(length)
                try append(from + Int(share.rounded()))
            }
            return start + 3
        case 2 where mayBeIndirect:
            let offsetWords = isWide ? 2 : 4
            guard start + 2 + offsetWords <= words.count else { throw cut }
            var offset = 0
            for index in (0..<offsetWords).reversed() {
                offset = offset << (isWide ? 16 : 8) | words[start + 2 + index]
            }
            // The offset counts bytes; what it points to is never indirect itself (C.7.9.2.4), so this ends.
            var position = isWide ? offset / 2 : offset
            for _ in 0..<length { position = try expandSegment(at: position, mayBeIndirect: false) }
            return start + 2 + offsetWords
        default: throw .badData(tag, "a segment has an unknown type")
        }
    }

    private mutating func append(_ value: Int) throws(DicomError) {
        guard entries.count < entryCount else {
            throw .badData(tag, "segments make more entries than promised")
        }
        entries.append(UInt16(clamping: value))
    }

    private var cut: DicomError { .badData(tag, "a segment is cut short or has nothing to start from") }
}
