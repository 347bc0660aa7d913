/// A lookup table of the grayscale or palette pipeline (PS3.3 C.11.1.1, C.11.2.1.1, C.7.6.3.1.5).
package struct LookupTable: Sendable, Equatable {
    /// The input that the first entry answers; smaller inputs get the first entry, larger ones the last.
    package let firstInput: Int
    /// How many bits an entry has, by the descriptor: 1 to 16. An output is relative to 2^bits − 1.
    package let bits: Int
    /// The entries; at least one.
    package let entries: [UInt16]

    /// A table as given. Without entries or with bits outside 1 to 16 the process stops.
    package init(firstInput: Int, bits: Int, entries: [UInt16]) {
        precondition(
            !entries.isEmpty && (1...16).contains(bits), "a lookup table has entries of 1 to 16 bits")
        self.firstInput = firstInput
        self.bits = bits
        self.entries = entries
    }

    /// The largest output that the descriptor allows.
    package var outputMax: Double { Double((1 << bits) - 1) }

    /// The entry for an input. A fraction is dropped, as pydicom does; not a number gets the first entry.
    package func output(for input: Double) -> Double {
        let offset = input - Double(firstInput)
        guard offset >= 1 else { return Double(entries[0]) }
        guard offset < Double(entries.count) else { return Double(entries[entries.count - 1]) }
        return Double(entries[Int(offset)])
    }
}

extension LookupTable {
    /// The table in a sequence item with LUT Descriptor and LUT Data.
    ///
    /// - Parameter inputMayBeNegative: decides how a first input value of 32768 or more is meant. Its VR is
    ///   "US or SS",   and what the file says is not trusted: PS3.3 C.11.1.1 and C.11.2.1.1 make it depend on
    ///   the input's range.
    init(in item: some AttributeSource, inputMayBeNegative: Bool) throws(DicomError) {
        try self.init(
            descriptor: item.integers(.lutDescriptor), descriptorTag: .lutDescriptor,
            data: item.bytes(.lutData), dataTag: .lutData, inputMayBeNegative: inputMayBeNegative)
    }

    /// The table that a descriptor and its data in machine byte order make.
    ///
    /// Data of eight bits is read packed, one byte an entry, if there are too few bytes for words: PS3.3
    /// C.7.6.3.1.5 allows both, and C.11 files use both.
    package init(
        descriptor: [Int], descriptorTag: Tag, data: [UInt8]?, dataTag: Tag, inputMayBeNegative: Bool
    ) throws(DicomError) {
        guard descriptor.count == 3 else {
            throw .badData(descriptorTag, "a LUT descriptor has \(descriptor.count) values instead of 3")
        }
        // The standard writes 65536 as 0, since the value has 16 bits.
        let entryCount = descriptor[0] & 0xFFFF == 0 ? 65536 : descriptor[0] & 0xFFFF
        let first = descriptor[1] & 0xFFFF
        let bits = descriptor[2]
        guard (1...16).contains(bits) else {
            throw .badData(descriptorTag, "a LUT has \(bits) bits an entry; 1 to 16 are possible")
        }
        guard let data else { throw .absent(dataTag, "a LUT descriptor without LUT data") }
        self.init(
            firstInput: inputMayBeNegative && first >= 32768 ? first - 65536 : first, bits: bits,
            entries: try Self.entries(in: data, count: entryCount, bits: bits, tag: dataTag))
    }

    /// The entries, packed or in words. Bytes beyond the last entry are ignored (a value has an even length).
    private static func entries(in data: [UInt8], count: Int, bits: Int, tag: Tag) throws(DicomError)
        -> [UInt16]
    {
        if data.count >= 2 * count {
            return Array(words(in: data).prefix(count))
        }
        guard bits <= 8, data.count >= count else {
            throw .badData(
                tag, "LUT data has \(data.count) bytes, too few for the \(count) entries of its descriptor")
        }
        return data[..<count].map(UInt16.init)
    }

    /// The sixteen-bit words in a value in machine byte order; an odd last byte is left out.
    static func words(in data: [UInt8]) -> [UInt16] {
        unsafe data.withUnsafeBytes { bytes in
            (0..<bytes.count / 2).map { unsafe bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
        }
    }
}
