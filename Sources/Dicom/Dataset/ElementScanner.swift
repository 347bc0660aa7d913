/// Walks over a data set before DCMTK parses it: bounds nesting, counts and lengths, and finds the pixel
/// data.
///
/// DCMTK 3.6.7 recurses once for each level of nesting and overflows its stack on a small hostile file; it
/// also believes lengths. What this scanner lets through has bounded depth, and every value lies within the
/// object. Where it is unsure whether DCMTK will see a sequence, it looks inside as if it were one. And where DCMTK
/// would leave a value before its end, at a delimiter, the object is refused: the rest of the value, over which this
/// scanner steps, would be elements to DCMTK.
struct ElementScanner {
    private var cursor: ByteCursor
    private let limits: DatasetLimits
    private var elementCount = 0
    /// Whether the value just walked over must be kept from DCMTK.
    private var isUnreadable = false

    /// What was found.
    struct Layout {
        /// The parts of the source that hold elements for DCMTK, in order: everything but pixel data, values
        /// that are too long to be of use, and trailing garbage.
        var segments: [Range<Int>] = []
        /// The pixel data elements of the data set itself; those of icons are inside sequences and not
        /// listed.
        var pixelData: [PixelDataElement] = []
        /// Values that were left out because of their length, or because nobody can read them.
        var omitted: Set<Tag> = []
    }

    /// A scanner over `source`.
    init(_ source: ByteSource, limits: DatasetLimits) {
        cursor = ByteCursor(source)
        self.limits = limits
    }

    /// Walks over the data set that starts at `offset` and reaches to the end of the source.
    ///
    /// After pixel data, bytes that are no elements end the walk; before it they are an error.
    mutating func scan(from start: Int, encoding: ElementEncoding) throws(DicomError) -> Layout {
        var layout = Layout()
        var offset = start, segmentStart = start, count = 0
        func endSegment(at end: Int) {
            if end > segmentStart { layout.segments.append(segmentStart..<end) }
        }
        while offset < cursor.count {
            let next: Int
            do throws(DicomError) {
                try countOnLevel(&count)
                let header = try readHeader(at: offset, end: cursor.count, encoding: encoding)
                if PixelDataElement.tags.contains(header.tag) {
                    let element = try pixelData(header, encoding: encoding)
                    layout.pixelData.append(element)
                    endSegment(at: offset)
                    segmentStart = element.range.upperBound
                    next = segmentStart
                } else if let end = strayEnd(header) {
                    endSegment(at: offset)
                    segmentStart = end
                    next = end
                } else {
                    next = try skip(header, end: cursor.count, encoding: encoding, depth: 0)
                    if isUnreadable || next - header.valueOffset > limits.valueBytesMax {
                        isUnreadable = false
                        layout.omitted.insert(header.tag)
                        endSegment(at: offset)
                        segmentStart = next
                    }
                }
            } catch {
                if case .limit = error { throw error }
                guard !layout.pixelData.isEmpty || isPadding(from: offset) else { throw error }
                break
            }
            offset = next
        }
        endSegment(at: offset)
        let headerBytes = layout.segments.reduce(0) { $0 + $1.count }
        guard headerBytes <= limits.headerBytesMax else {
            throw .limit(
                "\(headerBytes) bytes of elements besides pixel data, at most \(limits.headerBytesMax)")
        }
        return layout
    }

    /// The end of an item or delimiter that stands in the data set itself, where it does not belong: what is
    /// left when a tool removed the sequence around it. It says nothing, so it is stepped over.
    private func strayEnd(_ header: ElementHeader) -> Int? {
        guard header.tag.group == 0xFFFE, let length = header.length,
            length <= cursor.count - header.valueOffset
        else { return nil }
        return header.valueOffset + length
    }

    // MARK: - Elements

    /// The header at `offset`, counted.
    private mutating func readHeader(
        at offset: Int, end: Int, encoding: ElementEncoding
    ) throws(DicomError) -> ElementHeader {
        elementCount += 1
        guard elementCount <= limits.elementCountMax else {
            throw .limit("more than \(limits.elementCountMax) elements")
        }
        guard let header = try ElementHeader.read(&cursor, at: offset, end: end, encoding: encoding) else {
            throw .badData(nil, "the object ends inside an element's header, after byte \(offset)")
        }
        return header
    }

    private func countOnLevel(_ count: inout Int) throws(DicomError) {
        count += 1
        guard count <= limits.levelElementsMax else {
            throw .limit("more than \(limits.levelElementsMax) elements in one data set or item")
        }
    }

    /// Walks over one element's value and gives the offset behind it.
    private mutating func skip(
        _ header: ElementHeader, end: Int, encoding: ElementEncoding, depth: Int
    ) throws(DicomError) -> Int {
        guard header.tag.group != 0xFFFE else {
            throw .badData(
                nil, "an item or delimiter stands outside a sequence, at byte \(header.valueOffset - 8)")
        }
        guard let length = header.length else {
            // OB and OW of undefined length are fragments (PS3.5 A.4), everything else is a sequence; UN is
            // one in implicit little endian (PS3.5 6.2.2 note 2).
            if header.tag == .pixelData || header.vr == "OB" || header.vr == "OW" {
                return try fragments(from: header.valueOffset, end: end, encoding: encoding, tag: header.tag)
                    .end
            }
            let inner = header.vr == "SQ" || header.vr == nil ? encoding : .implicitLittle
            return try skipItems(
                from: header.valueOffset, end: end, isBounded: false, encoding: inner, tag: header.tag,
                depth: depth)
        }
        guard length <= end - header.valueOffset else {
            let there = end - header.valueOffset
            throw .badData(header.tag, "says it has \(length) bytes, but only \(there) are there")
        }
        let valueEnd = header.valueOffset + length
        if header.vr == "SQ" {
            _ = try skipItems(
                from: header.valueOffset, end: valueEnd, isBounded: true, encoding: encoding, tag: header.tag,
                depth: depth)
        } else if header.vr == nil || header.vr == "UN" {
            try inspect(header.valueOffset..<valueEnd, encoding: encoding, header: header, depth: depth)
        }
        return valueEnd
    }

    /// Looks into a value that DCMTK may take for a sequence by its dictionary.
    ///
    /// What begins like one and goes on otherwise is refused: DCMTK would read past the value's end. A private value of
    /// the data set itself that is said to be unknown is left out instead: tools put sequences there as they were.
    private mutating func inspect(
        _ value: Range<Int>, encoding: ElementEncoding, header: ElementHeader, depth: Int
    ) throws(DicomError) {
        let inner: ElementEncoding = header.vr == "UN" ? .implicitLittle : encoding
        guard value.count >= 8 else { return }
        let first = try cursor.tag(at: value.lowerBound, bigEndian: inner.isBigEndian)
        guard first == ElementHeader.item || first == ElementHeader.sequenceDelimitation else { return }
        do throws(DicomError) {
            _ = try skipItems(
                from: value.lowerBound, end: value.upperBound, isBounded: true, encoding: inner,
                tag: header.tag,
                depth: depth)
        } catch {
            guard case .badData = error, header.vr == "UN", header.tag.group % 2 == 1, depth == 0 else {
                throw error
            }
            isUnreadable = true
        }
    }

    // MARK: - Sequences

    /// Walks over the items of a sequence and gives the offset behind it.
    private mutating func skipItems(
        from start: Int, end: Int, isBounded: Bool, encoding: ElementEncoding, tag: Tag, depth: Int
    ) throws(DicomError) -> Int {
        guard depth < limits.nestingDepthMax else {
            throw .limit("sequences nested more than \(limits.nestingDepthMax) deep")
        }
        var offset = start
        while offset < end {
            let header = try readHeader(at: offset, end: end, encoding: encoding)
            if header.tag == ElementHeader.sequenceDelimitation {
                try requireEnd(of: tag, at: header.valueOffset, expected: isBounded ? end : nil)
                return header.valueOffset
            }
            guard header.tag == ElementHeader.item else {
                throw .badData(tag, "has something other than an item at byte \(offset)")
            }
            offset = try skipItem(header, end: end, encoding: encoding, tag: tag, depth: depth)
        }
        guard isBounded else { throw .badData(tag, "has no end") }
        return end
    }

    /// Walks over the elements of one item and gives the offset behind it.
    private mutating func skipItem(
        _ item: ElementHeader, end: Int, encoding: ElementEncoding, tag: Tag, depth: Int
    ) throws(DicomError) -> Int {
        if let length = item.length, length > end - item.valueOffset {
            throw .badData(tag, "has an item of \(length) bytes where \(end - item.valueOffset) are left")
        }
        let itemEnd = item.length.map { item.valueOffset + $0 } ?? end
        var offset = item.valueOffset, count = 0
        while offset < itemEnd {
            let header = try readHeader(at: offset, end: itemEnd, encoding: encoding)
            if header.tag == ElementHeader.itemDelimitation {
                try requireEnd(of: tag, at: header.valueOffset, expected: item.length == nil ? nil : itemEnd)
                return header.valueOffset
            }
            try countOnLevel(&count)
            offset = try skip(header, end: itemEnd, encoding: encoding, depth: depth + 1)
        }
        guard item.length != nil else { throw .badData(tag, "has an item without an end") }
        return itemEnd
    }

    /// A delimiter is superfluous where a length is given (PS3.5 7.5), and harmless only at the very end.
    private func requireEnd(of tag: Tag, at offset: Int, expected: Int?) throws(DicomError) {
        guard let expected, offset != expected else { return }
        throw .badData(tag, "is delimited at byte \(offset), before the end that its length gives")
    }

    // MARK: - Pixel data

    private mutating func pixelData(
        _ header: ElementHeader, encoding: ElementEncoding
    ) throws(DicomError) -> PixelDataElement {
        if let length = header.length {
            let available = min(length, cursor.count - header.valueOffset)
            return PixelDataElement(
                tag: header.tag, vr: header.vr, range: header.valueOffset..<header.valueOffset + available,
                missingBytes: length - available, encapsulated: nil)
        }
        let found = try fragments(
            from: header.valueOffset, end: cursor.count, encoding: encoding, tag: header.tag)
        let items = found.items
        let encapsulation = PixelDataElement.Encapsulation(
            basicOffsetTable: items.first ?? header.valueOffset..<header.valueOffset,
            fragments: Array(items.dropFirst()), isTruncated: found.isTruncated)
        return PixelDataElement(
            tag: header.tag, vr: header.vr, range: header.valueOffset..<found.end, missingBytes: 0,
            encapsulated: encapsulation)
    }

    /// The items of encapsulated pixel data up to their delimiter. Without a delimiter (PS3.5 A.4 demands
    /// one) the object is cut off, wherever that happened.
    private mutating func fragments(
        from start: Int, end: Int, encoding: ElementEncoding, tag: Tag
    ) throws(DicomError) -> (items: [Range<Int>], end: Int, isTruncated: Bool) {
        var items: [Range<Int>] = []
        var offset = start
        while end - offset >= 8 {
            let header = try readHeader(at: offset, end: end, encoding: encoding)
            if header.tag == ElementHeader.sequenceDelimitation { return (items, header.valueOffset, false) }
            guard header.tag == ElementHeader.item, let length = header.length else {
                throw .badData(tag, "has something other than a fragment at byte \(offset)")
            }
            let available = min(length, end - header.valueOffset)
            items.append(header.valueOffset..<header.valueOffset + available)
            guard available == length else { return (items, end, true) }
            offset = header.valueOffset + length
        }
        return (items, end, true)
    }

    /// Whether everything from `offset` on is zero: files padded to a block size end so.
    private mutating func isPadding(from offset: Int) -> Bool {
        for position in offset..<cursor.count {
            guard let byte = try? cursor.byte(at: position), byte == 0 else { return false }
        }
        return true
    }
}
