/// Where the bits of a sample lie in its cell, and how cells become samples (PS3.5 8.1.1).
struct SampleBits {
    /// The cell's size: 1, 8, 16 or 32.
    let allocated: Int
    /// The sample's size.
    let stored: Int
    /// The sample's most significant bit.
    let high: Int
    /// Whether the sample is two's complement.
    let isSigned: Bool

    /// Cells of `count` bytes-wide numbers, filled by `fill` with the bytes of this machine's order, as
    /// samples.
    func samples(
        count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) -> Result<Void, DicomError>
    ) throws(DicomError) -> Frame.Samples {
        switch (allocated, isSigned) {
        case (...8, false): .uint8(try unsafe cells(count, fill))
        case (...8, true): .int8(try unsafe cells(count, fill))
        case (16, false): .uint16(try unsafe cells(count, fill))
        case (16, true): .int16(try unsafe cells(count, fill))
        case (_, false): .uint32(try unsafe cells(count, fill))
        case (_, true): .int32(try unsafe cells(count, fill))
        }
    }

    private func cells<Cell: FixedWidthInteger>(
        _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Result<Void, DicomError>
    ) throws(DicomError) -> [Cell] {
        var result: Result<Void, DicomError> = .success(())
        var cells = unsafe [Cell](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            unsafe result = fill(
                UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count * Cell.bitWidth / 8))
            // Nothing was initialised if filling failed: the array is then empty and not used.
            initializedCount = (try? result.get()) == nil ? 0 : count
        }
        try result.get()
        align(&cells)
        return cells
    }

    /// Moves the sample to the cell's low end; what lies above and below it goes, the sign comes.
    private func align<Cell: FixedWidthInteger>(_ cells: inout [Cell]) {
        guard allocated >= 8, stored < allocated || high < allocated - 1 else { return }
        let left = Cell(truncatingIfNeeded: allocated - 1 - high)
        let right = Cell(truncatingIfNeeded: allocated - stored)
        for index in cells.indices { cells[index] = (cells[index] &<< left) &>> right }
    }
}
