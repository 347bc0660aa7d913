/// The tag of a data element: group and element number (PS3.5 7.1).
package struct Tag: Hashable, Sendable {
    /// The group number; odd for private elements.
    package let group: UInt16
    /// The element number within the group.
    package let element: UInt16

    /// The tag (group, element).
    package init(_ group: UInt16, _ element: UInt16) {
        self.group = group
        self.element = element
    }

    /// The tag from `group << 16 | element`.
    package init(number: UInt32) {
        group = UInt16(truncatingIfNeeded: number >> 16)
        element = UInt16(truncatingIfNeeded: number)
    }

    /// `group << 16 | element`: the order of elements in a data set.
    package var number: UInt32 { UInt32(group) << 16 | UInt32(element) }

    /// Whether the element is private (PS3.5 7.8): an odd group number.
    package var isPrivate: Bool { group & 1 == 1 }
}

extension Tag: Comparable {
    /// The order in which elements stand in a data set.
    package static func < (left: Tag, right: Tag) -> Bool { left.number < right.number }
}

extension Tag: CustomStringConvertible {
    /// The keyword where this program uses the element, and the number: `Rows (0028,0010)`.
    package var description: String {
        let number = "(\(Self.hexadecimal(group)),\(Self.hexadecimal(element)))"
        return keyword.map { "\($0) \(number)" } ?? number
    }

    private static func hexadecimal(_ half: UInt16) -> String {
        let digits = String(half, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
