internal import Dicom

/// The stored values of a frame by their bit patterns: how often each occurs, and what grey each becomes.
///
/// A sample of up to sixteen bits has so few values that everything about the pipeline can be worked out once per
/// value instead of once per pixel, in Double, and looked up.
struct GreyTable {
    /// The grey of each bit pattern, 0 to 1.
    private(set) var greys: [Float]
    /// How often each bit pattern occurs.
    let counts: [Int]
    /// The stored value of a bit pattern.
    private let stored: @Sendable (Int) -> Double

    /// The frame's table with no greys yet; nil where its samples are wider than sixteen bits.
    init?(_ samples: Frame.Samples) {
        switch samples {
        case .uint8(let values):
            counts = Self.histogram(values)
            stored = { Double($0) }
        case .int8(let values):
            counts = Self.histogram(values.map { UInt8(bitPattern: $0) })
            stored = { Double(Int8(truncatingIfNeeded: $0)) }
        case .uint16(let values):
            counts = unsafe values.withUnsafeBufferPointer { unsafe Self.histogram(patterns: $0) }
            stored = { Double($0) }
        case .int16(let values):
            counts = unsafe values.withUnsafeBytes { bytes in
                unsafe Self.histogram(patterns: bytes.assumingMemoryBound(to: UInt16.self))
            }
            stored = { Double(Int16(truncatingIfNeeded: $0)) }
        case .uint32, .int32, .float32, .float64: return nil
        }
        greys = [Float](repeating: 0, count: counts.count)
    }

    /// The values that occur, as `value` makes them of the stored ones; nil leaves one out (padding).
    func distribution(_ value: (Double) -> Double?) -> ValueDistribution {
        ValueDistribution(
            counts.indices.compactMap { pattern in
                guard counts[pattern] > 0, let value = value(stored(pattern)) else { return nil }
                return (value, counts[pattern])
            })
    }

    /// Works out the grey of every stored value that occurs.
    mutating func setGreys(_ grey: (Double) -> Float) {
        for pattern in counts.indices where counts[pattern] > 0 { greys[pattern] = grey(stored(pattern)) }
    }

    private static func histogram(_ values: [UInt8]) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for value in values { counts[Int(value)] += 1 }
        return counts
    }

    /// Four tables in turn: neighbours are often equal, and adding to one place again waits for the first to be done.
    private static func histogram(patterns: UnsafeBufferPointer<UInt16>) -> [Int] {
        let binCount = 65536
        var bins = [UInt32](repeating: 0, count: 4 * binCount)
        unsafe bins.withUnsafeMutableBufferPointer { bins in
            let whole = patterns.count / 4 * 4
            for index in stride(from: 0, to: whole, by: 4) {
                unsafe bins[Int(patterns[index])] += 1
                unsafe bins[binCount + Int(patterns[index + 1])] += 1
                unsafe bins[2 * binCount + Int(patterns[index + 2])] += 1
                unsafe bins[3 * binCount + Int(patterns[index + 3])] += 1
            }
            for index in whole..<patterns.count { unsafe bins[Int(patterns[index])] += 1 }
        }
        return (0..<binCount).map { bin in
            Int(bins[bin]) + Int(bins[binCount + bin]) + Int(bins[2 * binCount + bin])
                + Int(bins[3 * binCount + bin])
        }
    }
}

extension Resampler {
    /// Resizes a frame whose greys are looked up while its rows are read.
    func resize(_ frame: Frame, greys table: GreyTable) -> [Float] {
        switch frame.samples {
        case .uint8(let values):
            return resize(frame, patterns: values, table.greys)
        case .int8(let values):
            return resize(frame, patterns: values.map { UInt8(bitPattern: $0) }, table.greys)
        case .uint16(let values):
            return unsafe values.withUnsafeBufferPointer { unsafe resize(frame, patterns: $0, table.greys) }
        case .int16(let values):
            return unsafe values.withUnsafeBytes { bytes in
                unsafe resize(frame, patterns: bytes.assumingMemoryBound(to: UInt16.self), table.greys)
            }
        case .uint32, .int32, .float32, .float64:
            preconditionFailure("a frame of this width has no table")
        }
    }

    private func resize(_ frame: Frame, patterns: [UInt8], _ greys: [Float]) -> [Float] {
        resize(rowCount: frame.rows, columnCount: frame.columns) { rowIndex, row in
            let start = rowIndex * frame.columns
            for column in 0..<frame.columns { row[column] = greys[Int(patterns[start + column])] }
        }
    }

    /// Bounds: a table has an entry for each of the 65536 patterns, a frame has rows × columns of them (its
    /// initialiser checks), and `row` has at least as many places as the frame has columns.
    private func resize(_ frame: Frame, patterns: UnsafeBufferPointer<UInt16>, _ greys: [Float]) -> [Float] {
        precondition(greys.count == 65536)
        return unsafe greys.withUnsafeBufferPointer { greys in
            resize(rowCount: frame.rows, columnCount: frame.columns) { rowIndex, row in
                let start = rowIndex * frame.columns
                unsafe row.withUnsafeMutableBufferPointer { row in
                    for column in 0..<frame.columns {
                        unsafe row[column] = greys[Int(patterns[start + column])]
                    }
                }
            }
        }
    }
}
