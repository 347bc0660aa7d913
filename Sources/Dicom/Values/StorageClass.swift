/// A Storage SOP class of the standard (PS3.4 B.5): what kind of object a SOP Class UID says it is.
///
/// Objects of every class are received and kept; which of them a model looks at is decided by their kind first.
package struct StorageClass: Hashable, Sendable {
    /// Its UID.
    package let uid: UID
    /// Its name in PS3.6 table A-1, without the word Storage.
    package let name: String
    /// What its objects are.
    package let kind: Kind

    /// What the objects of a class are.
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// An image that a person reads.
        case image
        /// An image of the detector's values, for programs.
        case imageForProcessing
        /// No image, or values that are arranged like one: a segmentation, a dose.
        case other
    }

    /// The class with this UID; nil of private classes and of those that are newer than the table.
    package init?(uid: UID) {
        guard let known = Self.byUID[uid] else { return nil }
        self = known
    }

    private init(_ row: Row, _ kind: Kind) {
        guard let uid = UID("1.2.840.10008.5.1.4.1.1." + row.suffix) else {
            preconditionFailure("the table has a UID that is none")
        }
        self.uid = uid
        name = row.name
        self.kind = kind
    }

    /// Every Storage SOP class of the standard, retired ones included.
    package static let all: [StorageClass] =
        images.map { StorageClass($0, .image) }
        + imagesForProcessing.map { StorageClass($0, .imageForProcessing) }
        + others.map { StorageClass($0, .other) }

    private static let byUID = Dictionary(uniqueKeysWithValues: all.map { ($0.uid, $0) })
}
