internal import Dicom
internal import Tensor

/// The stored values of a frame by their bit patterns: how often each occurs, and what grey each becomes.
///
/// A sample of up to sixteen bits has so few values that everything about the pipeline can be worked out once per
/// value instead of once per pixel, in Double, and looked up.
struct GreyTable {
    /// The grey of each bit pattern, 0 to 1.
    private(set) var greys: [Float]
    /// How often each bit pattern occurs.
    let counts: [UInt32]
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
            counts = unsafe values.withUnsafeBufferPointer { unsafe BitPatterns.counts(of: $0) }
            stored = { Double($0) }
        case .int16(let values):
            counts = unsafe values.withUnsafeBytes { bytes in
                unsafe BitPatterns.counts(of: bytes.assumingMemoryBound(to: UInt16.self))
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
                return (value, Int(counts[pattern]))
            })
    }

    /// Works out the grey of every stored value that occurs.
    mutating func setGreys(_ grey: (Double) -> Float) {
        for pattern in counts.indices where counts[pattern] > 0 { greys[pattern] = grey(stored(pattern)) }
    }

    private static func histogram(_ values: [UInt8]) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: 256)
        for value in values { counts[Int(value)] += 1 }
        return counts
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

    private func resize(_ frame: Frame, patterns: UnsafeBufferPointer<UInt16>, _ greys: [Float]) -> [Float] {
        resize(rowCount: frame.rows, columnCount: frame.columns) { rowIndex, row in
            let start = rowIndex * frame.columns
            unsafe BitPatterns.lookUp(
                UnsafeBufferPointer(rebasing: patterns[start..<start + frame.columns]), in: greys, into: &row)
        }
    }
}
