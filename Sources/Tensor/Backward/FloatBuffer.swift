/// A block of floats that training keeps and hands around: an activation, a gradient, scratch memory.
///
/// A class, because layers, tasks and optimisers all point to the same memory. Not `Sendable`: a training belongs to one
/// thread, and the pool's tasks within a step write to regions that do not overlap.
@safe package final class FloatBuffer {
    private let floats: AlignedFloats
    /// How many floats it holds.
    package let count: Int

    /// A block of `count` zeros.
    package init(count: Int) {
        floats = AlignedFloats(count: count)
        self.count = count
    }

    /// A block with a copy of `values`.
    package convenience init(_ values: [Float]) {
        self.init(count: values.count)
        region.set(values)
    }

    /// All of it.
    package var region: FloatRegion { unsafe FloatRegion(base: floats.baseAddress, count: count) }

    /// A part of it, checked.
    package subscript(range: Range<Int>) -> FloatRegion { region[range] }
}

/// Some floats of a buffer, by address: what the kernels work on.
///
/// Bounds are checked when a region is cut and again when it is given to a kernel, so that a wrong size stops the
/// process instead of writing elsewhere. What is not checked is the life of the buffer: a region must not outlive it.
/// Layers keep their buffers as properties and make regions for one call only.
@safe package struct FloatRegion {
    let base: UnsafeMutablePointer<Float>
    /// How many floats.
    package let count: Int

    init(base: UnsafeMutablePointer<Float>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    /// A part of the region.
    package subscript(range: Range<Int>) -> FloatRegion {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a region within its buffer")
        return unsafe FloatRegion(base: base + range.lowerBound, count: range.count)
    }

    /// One float.
    package subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "an index within its region")
            return unsafe base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "an index within its region")
            unsafe base[index] = newValue
        }
    }

    /// A copy as an array.
    package var array: [Float] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

    /// Copies an array of the same length into the region.
    package func set(_ values: [Float]) {
        precondition(values.count == count)
        unsafe values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe base.update(from: start, count: count)
        }
    }

    /// Copies a region of the same length; the two may overlap.
    package func copy(_ other: FloatRegion) {
        precondition(other.count == count)
        unsafe base.update(from: other.base, count: count)
    }

    /// Sets every float.
    package func fill(_ value: Float) { unsafe base.update(repeating: value, count: count) }

    /// Adds a region of the same length, element by element.
    package func add(_ other: FloatRegion) {
        precondition(other.count == count)
        for index in 0..<count { unsafe base[index] += other.base[index] }
    }

    /// Moves every float by this share of its distance to another region's: a moving average.
    package func move(towards other: FloatRegion, by share: Float) {
        precondition(other.count == count)
        for index in 0..<count { unsafe base[index] += share * (other.base[index] - base[index]) }
    }

    /// The sum of the squares, in double and in order.
    package var squaredLength: Double {
        // Eight lanes: a single sum would wait for each addition.
        var lanes = SIMD8<Double>.zero
        let whole = count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            for lane in 0..<8 {
                let value = Double(unsafe base[start + lane])
                lanes[lane] += value * value
            }
        }
        var sum = lanes.sum()
        for index in whole..<count { sum += Double(unsafe base[index]) * Double(unsafe base[index]) }
        return sum
    }

    /// Multiplies every float.
    package func scale(by factor: Float) { for index in 0..<count { unsafe base[index] *= factor } }
}
