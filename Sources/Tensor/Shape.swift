/// The extents of a tensor, outermost first.
///
/// Every extent is at least 0 and the product fits an `Int`.
package struct Shape: Hashable, Sendable, CustomStringConvertible, ExpressibleByArrayLiteral {
    /// The largest number of dimensions that a file may ask for.
    package static let rankMax = 8

    /// The extents, outermost first; empty for a scalar.
    package let extents: [Int]

    /// How many elements a tensor of this shape holds; 1 for a scalar.
    package let count: Int

    /// A shape from foreign numbers: nil when an extent is negative, the rank above `rankMax` or the product
    /// above `Int.max`.
    package init?(checking extents: [Int]) {
        guard extents.count <= Shape.rankMax else { return nil }
        var count = 1
        for extent in extents {
            guard extent >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            count = product
        }
        self.extents = extents
        self.count = count
    }

    /// A shape that this program made itself.
    package init(_ extents: [Int]) {
        guard let shape = Shape(checking: extents) else {
            preconditionFailure("a shape of our own making is impossible: \(extents)")
        }
        self = shape
    }

    package init(arrayLiteral elements: Int...) { self.init(elements) }

    package var description: String {
        "[" + extents.map(String.init).joined(separator: ", ") + "]"
    }
}
