import Glibc

/// One block of floats on a 64-byte boundary (a cache line, and the widest vector register).
///
/// Owns its memory and frees it. Not copyable: a copy of megabytes should be visible where it happens.
/// Not `Sendable`; whoever shares it between threads says why that is right.
@safe package struct AlignedFloats: ~Copyable {
    /// The boundary in bytes.
    package static let alignment = 64

    /// How many floats the block holds.
    package let count: Int

    /// The first float.
    ///
    /// Valid as long as the block lives; only kernels should need it.
    package let baseAddress: UnsafeMutablePointer<Float>

    private let memory: UnsafeMutableRawPointer

    /// A block of `count` zeros.
    ///
    /// A large one takes up memory only where it is written to.
    package init(count: Int) {
        precondition(count >= 0 && count <= Int.max / MemoryLayout<Float>.stride - Self.alignment)
        // calloc knows which memory is zero already, aligned_alloc does not; a line more leaves room to align. At least one
        // line, so that an empty block has an address.
        let lines = max(1, (count * MemoryLayout<Float>.stride + Self.alignment - 1) / Self.alignment)
        guard let memory = unsafe calloc(lines + 1, Self.alignment) else {
            preconditionFailure("out of memory: \(count) floats")
        }
        self.count = count
        unsafe self.memory = memory
        unsafe baseAddress = memory.alignedUp(toMultipleOf: Self.alignment)
            .bindMemory(to: Float.self, capacity: max(1, count))
    }

    /// A block with a copy of `values`.
    package init(_ values: [Float]) {
        self.init(count: values.count)
        let baseAddress = unsafe baseAddress
        unsafe values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe baseAddress.update(from: start, count: source.count)
        }
    }

    deinit { unsafe free(memory) }

    /// Calls `body` with the floats, to read.
    package borrowing func withSpan<Result, Failure: Error>(
        _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe Span(_unsafeStart: UnsafePointer(baseAddress), count: count))
    }

    /// Calls `body` with the floats, to write.
    package mutating func withMutableSpan<Result, Failure: Error>(
        _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = unsafe MutableSpan(_unsafeStart: baseAddress, count: count)
        return try body(&span)
    }

    /// A copy as an array.
    package borrowing func array() -> [Float] {
        unsafe Array(UnsafeBufferPointer(start: baseAddress, count: count))
    }
}
