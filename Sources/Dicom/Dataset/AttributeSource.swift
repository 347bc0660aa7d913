internal import CDCMTK

/// What holds attributes: a data set or an item of a sequence.
///
/// Both answer in the same way.
///
/// Reading is tolerant: an accessor answers `nil` or nothing where the element is absent, empty, a sequence,
/// or its value cannot be read as what was asked for; whoever needs to tell these apart asks
/// ``contains(_:)``. Nothing here is `Sendable`: an object is read from one thread at a time.
package protocol AttributeSource {
    /// Whether the element is there, empty or not.
    func contains(_ tag: Tag) -> Bool

    /// The element's value as it stands there; `nil` if it is absent or a sequence.
    func value(_ tag: Tag) -> ElementValue?

    /// The items of the sequence `tag`; none where it is absent, empty or no sequence.
    func items(_ tag: Tag) -> [Item]

    /// The character set of the text in here (PS3.5 6.1.2).
    var characterSet: SpecificCharacterSet { get }
}

extension AttributeSource {
    /// The values of the element as text in UTF-8, without padding; empty ones in between are kept.
    ///
    /// Text is converted by Specific Character Set; numbers are written out.
    package func strings(_ tag: Tag) -> [String] {
        value(tag)?.strings(in: characterSet) ?? []
    }

    /// The value at `index` of the element as text; `nil` if there is none or it is empty.
    package func string(_ tag: Tag, at index: Int = 0) -> String? {
        let all = strings(tag)
        guard all.indices.contains(index), !all[index].isEmpty else { return nil }
        return all[index]
    }

    /// The values of the element as numbers, whatever its value representation; none if one of them is no
    /// number.
    package func doubles(_ tag: Tag) -> [Double] { value(tag)?.doubles ?? [] }

    /// The value at `index` of the element as a number.
    package func double(_ tag: Tag, at index: Int = 0) -> Double? {
        let all = doubles(tag)
        return all.indices.contains(index) ? all[index] : nil
    }

    /// The values of the element as whole numbers; none if one of them is no whole number.
    package func integers(_ tag: Tag) -> [Int] { value(tag)?.integers ?? [] }

    /// The value at `index` of the element as a whole number.
    package func integer(_ tag: Tag, at index: Int = 0) -> Int? {
        let all = integers(tag)
        return all.indices.contains(index) ? all[index] : nil
    }

    /// The identifier in the element, legal or merely well formed (``UID/init(received:)``).
    package func uid(_ tag: Tag) -> UID? { string(tag).flatMap { UID(received: $0) } }

    /// The element's value, text as it is, numbers in this machine's byte order; `nil` if absent or a
    /// sequence.
    package func bytes(_ tag: Tag) -> [UInt8]? { value(tag)?.bytes }
}

/// An item of a sequence; keeps its data set alive.
package struct Item: AttributeSource {
    private let dataset: Dataset
    private let handle: ItemHandle
    package let characterSet: SpecificCharacterSet

    init(_ dataset: Dataset, _ handle: ItemHandle, inherited: SpecificCharacterSet) {
        self.dataset = dataset
        self.handle = handle
        // PS3.5 6.1.2.1: an item may have its own; else that of the enclosing data set holds.
        let own = handle.value(.specificCharacterSet)?.characterSetTerms
        characterSet = own.map { SpecificCharacterSet($0) } ?? inherited
    }

    package func contains(_ tag: Tag) -> Bool { handle.contains(tag) }
    package func value(_ tag: Tag) -> ElementValue? { handle.value(tag) }
    package func items(_ tag: Tag) -> [Item] {
        handle.items(tag).map { Item(dataset, $0, inherited: characterSet) }
    }
}

/// The bridge's view of a data set or item.
///
/// Valid as long as the ``Dataset`` it comes from.
@safe struct ItemHandle {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    func contains(_ tag: Tag) -> Bool { unsafe cdcmtk_item_contains(pointer, tag.number) }

    func value(_ tag: Tag) -> ElementValue? {
        var found = unsafe cdcmtk_value()
        let status = unsafe cdcmtk_item_value(pointer, tag.number, &found)
        guard status.code == CDCMTK_OK else { return nil }
        let vr = unsafe String(
            decoding: [UInt8(bitPattern: found.vr.0), UInt8(bitPattern: found.vr.1)], as: UTF8.self)
        // Copied at once, since the bridge's bytes live only as long as the data set.
        let bytes = unsafe Array(UnsafeBufferPointer(start: found.bytes, count: found.count))
        return ElementValue(vr: vr, bytes: bytes)
    }

    func items(_ tag: Tag) -> [ItemHandle] {
        var items: [ItemHandle] = []
        var next = unsafe cdcmtk_item_next(pointer, tag.number, nil)
        while let item = unsafe next {
            items.append(unsafe ItemHandle(item))
            unsafe next = unsafe cdcmtk_item_next(pointer, tag.number, item)
        }
        return items
    }
}
