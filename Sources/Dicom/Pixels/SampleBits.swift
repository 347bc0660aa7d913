/// Where the bits of a sample lie in its cell (PS3.5 8.1.1).
struct SampleBits {
    /// The sample's size.
    let stored: Int
    /// The sample's most significant bit.
    let high: Int

    /// Moves the samples to their cells' low ends, in place; what lies above and below goes, the sign comes.
    func align<Cell: FixedWidthInteger>(_ cells: inout [Cell]) {
        guard stored < Cell.bitWidth || high < Cell.bitWidth - 1 else { return }
        let left = Cell(truncatingIfNeeded: Cell.bitWidth - 1 - high)
        let right = Cell(truncatingIfNeeded: Cell.bitWidth - stored)
        // Shifting to the right keeps the sign of signed cells and brings zeros into unsigned ones.
        for index in cells.indices { cells[index] = (cells[index] &<< left) &>> right }
    }
}

extension Frame.Samples {
    /// Writes cells into memory and says where in them the samples lie.
    typealias Filling = (UnsafeMutableRawBufferPointer) -> Result<SampleBits, DicomError>

    /// Samples of `count` cells of `cellBytes` that `fill` writes in this machine's byte order, without a
    /// copy.
    static func filled(
        count: Int, cellBytes: Int, isSigned: Bool, by fill: Filling
    ) throws(DicomError) -> Frame.Samples {
        switch (cellBytes, isSigned) {
        case (1, false): .uint8(try unsafe cells(count, fill))
        case (1, true): .int8(try unsafe cells(count, fill))
        case (2, false): .uint16(try unsafe cells(count, fill))
        case (2, true): .int16(try unsafe cells(count, fill))
        case (_, false): .uint32(try unsafe cells(count, fill))
        case (_, true): .int32(try unsafe cells(count, fill))
        }
    }

    private static func cells<Cell: FixedWidthInteger>(
        _ count: Int, _ fill: Filling
    ) throws(DicomError) -> [Cell] {
        var result: Result<SampleBits, DicomError> = .failure(.absent(nil, "nothing was filled"))
        let byteCount = count * Cell.bitWidth / 8
        var cells = unsafe [Cell](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            unsafe result = fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: byteCount))
            // Nothing was initialised if filling failed: the array is then empty and not used.
            initializedCount = (try? result.get()) == nil ? 0 : count
        }
        try result.get().align(&cells)
        return cells
    }
}
