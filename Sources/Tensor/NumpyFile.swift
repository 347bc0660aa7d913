/// Reads and writes NumPy's `.npy` for float32 (numpy.lib.format, versions 1.0 to 3.0).
package struct NumpyFile: Sendable {
    /// Extents, outermost first.
    package let shape: Shape
    /// The elements in C order.
    package let values: [Float]

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// An array as given.
    package init(shape: Shape, values: [Float]) {
        precondition(values.count == shape.count)
        self.shape = shape
        self.values = values
    }

    /// Reads a file; throws `malformed` when it is not little-endian float32 in C order.
    package init(path: String) throws(TensorError) {
        let file = try MappedFile(path: path)
        func malformed(_ reason: String) -> TensorError { .malformed(path: path, reason: reason) }
        let size = unsafe file.bytes.count
        guard size >= 10, file.copy(0..<6) == Self.magic else { throw malformed("not a .npy file") }
        let isLong = unsafe file.bytes[6] >= 2  // from version 2.0 on the header length takes four bytes
        guard !isLong || size >= 12 else { throw malformed("truncated header") }
        let length =
            isLong
            ? Int(UInt32(littleEndian: unsafe file.bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
            : Int(UInt16(littleEndian: unsafe file.bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
        let start = isLong ? 12 : 10
        guard length <= size - start else { throw malformed("truncated header") }
        let header = String(decoding: file.copy(start..<start + length), as: UTF8.self)
        guard let type = Self.field("descr", of: header), type.contains("<f4") else {
            throw malformed("the elements are not little-endian float32")
        }
        guard Self.field("fortran_order", of: header)?.hasPrefix("False") == true else {
            throw malformed("the elements are in Fortran order; save numpy.ascontiguousarray of them")
        }
        guard let tuple = Self.field("shape", of: header), tuple.hasPrefix("("),
            let close = tuple.firstIndex(of: ")")
        else { throw malformed("no shape") }
        let parts = tuple[tuple.index(after: tuple.startIndex)..<close].split(separator: ",")
            .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        let extents = parts.compactMap { Int($0) }
        guard extents.count == parts.count, let shape = Shape(checking: extents) else {
            throw malformed("impossible shape")
        }
        let data = start + length
        guard shape.count <= (size - data) / 4, size - data == shape.count * 4 else {
            throw malformed("shape \(shape) does not fill \(size - data) bytes of data")
        }
        self.shape = shape
        values = unsafe ElementType.float32.decode(
            UnsafeRawBufferPointer(rebasing: file.bytes[data..<size]), count: shape.count)
    }

    /// Writes version 1.0, whole or not at all.
    package func write(to path: String) throws(TensorError) {
        let extents = shape.extents.map { "\($0), " }.joined()
        var header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
        header += Array(repeating: UInt8(ascii: " "), count: (64 - (10 + header.count + 1) % 64) % 64)
        header.append(UInt8(ascii: "\n"))
        let start: [UInt8] = Self.magic + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)]
        try AtomicFile.write(to: path) { write throws(TensorError) in
            try write(start + header)
            try write(ElementType.float32.encode(values))
        }
    }

    /// The text after `'key':`, spaces dropped.
    private static func field(_ key: String, of header: String) -> Substring? {
        guard let found = header.firstRange(of: "'\(key)':") else { return nil }
        return header[found.upperBound...].drop { $0 == " " }
    }
}
