/// An array as the bytes of a NumPy `.npy` file, version 1.0: little endian, C order.
package struct ArrayFile: Sendable {
    /// The extents, outermost first.
    package let shape: [Int]
    /// The elements by their type.
    package let elements: Elements

    /// The elements by their type.
    package enum Elements: Sendable {
        /// NumPy's `|u1`.
        case uint8([UInt8])
        /// NumPy's `|i1`.
        case int8([Int8])
        /// NumPy's `<u2`.
        case uint16([UInt16])
        /// NumPy's `<i2`.
        case int16([Int16])
        /// NumPy's `<u4`.
        case uint32([UInt32])
        /// NumPy's `<i4`.
        case int32([Int32])
        /// NumPy's `<f4`.
        case float32([Float])
        /// NumPy's `<f8`.
        case float64([Double])
    }

    /// An array as given.
    ///
    /// Elements that do not fill the shape stop the process.
    package init(shape: [Int], elements: Elements) {
        self.shape = shape
        self.elements = elements
        precondition(shape.reduce(1, *) == content.elementCount, "elements fill the shape")
    }

    /// The file's bytes (numpy.lib.format): magic, header padded to 64 bytes, elements.
    package var bytes: [UInt8] {
        let (type, _, payload) = content
        let extents = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        var header = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
        let prefixBytes = 10
        let paddingBytes = (64 - (prefixBytes + header.count + 1) % 64) % 64
        header += [UInt8](repeating: UInt8(ascii: " "), count: paddingBytes) + [UInt8(ascii: "\n")]
        let lengthBytes = [UInt8(header.count & 0xFF), UInt8(header.count >> 8)]
        return [0x93] + Array("NUMPY".utf8) + [1, 0] + lengthBytes + header + payload
    }

    /// NumPy's name of the type, how many elements there are, and their bytes.
    private var content: (type: String, elementCount: Int, bytes: [UInt8]) {
        switch elements {
        case .uint8(let values): ("|u1", values.count, values)
        case .int8(let values): ("|i1", values.count, values.map { UInt8(bitPattern: $0) })
        case .uint16(let values): ("<u2", values.count, littleEndian(values))
        case .int16(let values): ("<i2", values.count, littleEndian(values))
        case .uint32(let values): ("<u4", values.count, littleEndian(values))
        case .int32(let values): ("<i4", values.count, littleEndian(values))
        case .float32(let values): ("<f4", values.count, littleEndian(values.map(\.bitPattern)))
        case .float64(let values): ("<f8", values.count, littleEndian(values.map(\.bitPattern)))
        }
    }
}

/// The bytes of some integers, least significant first.
private func littleEndian<T: FixedWidthInteger>(_ values: [T]) -> [UInt8] {
    unsafe values.map(\.littleEndian).withUnsafeBytes { unsafe Array($0) }
}
