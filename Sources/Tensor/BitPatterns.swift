internal import CKernels

/// Samples of sixteen bits by their bit patterns: how often each occurs, and what a table has for each.
package enum BitPatterns {
    /// How many bit patterns there are.
    package static let count = CK_PATTERNS

    /// How often each pattern occurs, `count` numbers.
    ///
    /// - Parameter patterns: fewer than 2³².
    package static func counts(of patterns: UnsafeBufferPointer<UInt16>) -> [UInt32] {
        precondition(patterns.count <= UInt32.max, "the counters hold so many")
        return unsafe [UInt32](unsafeUninitializedCapacity: CK_PATTERN_COUNTERS) { counters, size in
            if let counters = counters.baseAddress {
                unsafe ck_count_patterns(patterns.baseAddress, patterns.count, counters)
            }
            size = count
        }
    }

    /// Writes the table's value for each pattern to the front of `values`.
    ///
    /// - Parameters:
    ///   - patterns: no more than `values` has places.
    ///   - table: `count` values.
    package static func lookUp(
        _ patterns: UnsafeBufferPointer<UInt16>, in table: [Float], into values: inout MutableSpan<Float>
    ) {
        precondition(table.count == count, "the table has a value for every pattern")
        precondition(patterns.count <= values.count, "there is room for every value")
        unsafe values.withUnsafeMutableBufferPointer { values in
            guard let first = patterns.baseAddress, let values = values.baseAddress else { return }
            unsafe ck_look_up_patterns(first, patterns.count, table, values)
        }
    }
}
