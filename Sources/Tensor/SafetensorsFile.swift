/// A safetensors file, mapped, its header checked whole before any tensor is given out.
///
/// Format: 8 bytes little-endian header length N; N bytes of JSON, an object that maps tensor names to
/// `{"dtype", "shape", "data_offsets": [begin, end]}` relative to byte 8 + N, and `__metadata__` to strings; then
/// the data (huggingface/safetensors README, "Format"). As there: the data must be covered without holes or overlaps.
package struct SafetensorsFile: Sendable {
    /// The longest header that is read. A B7's is a fiftieth of it; parsed, JSON takes many times the memory of its text.
    /// The reference implementation's limit is 100 MB.
    package static let headerBytesMax = 8 << 20

    /// One tensor as the header describes it.
    package struct Entry: Equatable, Sendable {
        /// Number format in the file.
        package let type: ElementType
        /// Extents, outermost first.
        package let shape: Shape
        /// Where its bytes lie in the file.
        package let bytes: Range<Int>
    }

    /// The path, for error texts.
    package var path: String { file.path }

    /// The tensors whose number format this program reads.
    package let entries: [String: Entry]

    /// Tensors in other formats, name to format: counters such as `num_batches_tracked` are 64-bit integers.
    package let foreign: [String: String]

    /// What the writer said about the file.
    package let metadata: [String: String]

    private let file: MappedFile

    /// Opens and checks; throws `unreadable` or `malformed`, which names the tensor at fault.
    package init(path: String) throws(TensorError) {
        try self.init(MappedFile(path: path))
    }

    private init(_ file: MappedFile) throws(TensorError) {
        let header = try SafetensorsHeader(of: file)
        self.file = file
        entries = header.entries
        foreign = header.foreign
        metadata = header.metadata
    }

    /// The elements of a tensor, decoded to Float32 (exact); throws `absent`.
    ///
    /// The file's own bytes do not stay in memory: a network would lie there twice.
    package func floats(_ name: String) throws(TensorError) -> [Float] {
        guard let entry = entries[name] else { throw .absent(tensor: name, path: path) }
        defer { file.giveBack(entry.bytes) }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: file.bytes[entry.bytes])
        return unsafe entry.type.decode(bytes, count: entry.shape.count)
    }
}

/// The header, read and checked.
private struct SafetensorsHeader {
    var entries: [String: SafetensorsFile.Entry] = [:]
    var foreign: [String: String] = [:]
    var metadata: [String: String] = [:]
    private let path: String

    /// Bytes of one element of the formats that we do not decode but whose extent we must check all the same.
    private static let foreignBytes = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "I32": 4, "U32": 4,
        "F64": 8,
        "I64": 8, "U64": 8,
    ]

    init(of file: MappedFile) throws(TensorError) {
        path = file.path
        let size = unsafe file.bytes.count
        guard size >= 8 else { throw malformed("\(size) bytes are too few for a safetensors file") }
        let length = UInt64(littleEndian: unsafe file.bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(SafetensorsFile.headerBytesMax), Int(length) <= size - 8 else {
            throw malformed(
                "the header claims \(length) bytes of a file of \(size): truncated, or not safetensors")
        }
        let text = file.copy(8..<8 + Int(length))
        let root: JSON
        do { root = try JSON(parsing: text) } catch { throw malformed("header: \(error)") }
        guard let members = root.object else { throw malformed("the header is not a JSON object") }
        let data = 8 + Int(length)..<size
        var extents: [(range: Range<Int>, name: String)] = []
        for (name, value) in members {
            if name == "__metadata__" {
                try readMetadata(value)
            } else {
                extents.append((try readEntry(name, value, data: data), name))
            }
        }
        try checkCover(extents, data: data)
    }

    private func malformed(_ reason: String) -> TensorError { .malformed(path: path, reason: reason) }

    private mutating func readMetadata(_ value: JSON) throws(TensorError) {
        guard let members = value.object else { throw malformed("__metadata__ is not an object") }
        for (key, value) in members {
            guard let string = value.string else { throw malformed("__metadata__: '\(key)' is not a string") }
            metadata[key] = string
        }
    }

    private mutating func readEntry(
        _ name: String, _ value: JSON, data: Range<Int>
    ) throws(TensorError) -> Range<Int> {
        guard let type = value["dtype"]?.string else { throw malformed("tensor '\(name)' has no dtype") }
        guard let list = value["shape"]?.array, let offsets = value["data_offsets"]?.array,
            offsets.count == 2,
            let begin = offsets[0].integer, let end = offsets[1].integer
        else { throw malformed("tensor '\(name)' has no shape or no pair of data_offsets") }
        let extents = list.compactMap(\.integer)
        guard extents.count == list.count, let shape = Shape(checking: extents) else {
            throw malformed("tensor '\(name)': impossible shape")
        }
        guard begin >= 0, begin <= end, end <= data.count else {
            throw malformed(
                "tensor '\(name)' lies at bytes \(begin)..<\(end) of \(data.count) bytes of data: truncated")
        }
        let known = ElementType(rawValue: type)
        guard let width = known?.bytes ?? Self.foreignBytes[type] else {
            throw malformed("tensor '\(name)': unknown dtype '\(type)'")
        }
        let (bytes, overflow) = shape.count.multipliedReportingOverflow(by: width)
        guard !overflow, bytes == end - begin else {
            throw malformed("tensor '\(name)': shape \(shape) of \(type) does not fill \(end - begin) bytes")
        }
        let range = data.lowerBound + begin..<data.lowerBound + end
        if let known {
            entries[name] = SafetensorsFile.Entry(type: known, shape: shape, bytes: range)
        } else {
            foreign[name] = type
        }
        return range
    }

    private func checkCover(
        _ extents: [(range: Range<Int>, name: String)], data: Range<Int>
    ) throws(TensorError) {
        var position = data.lowerBound
        for (range, name) in extents.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < (
                $1.range.lowerBound, $1.range.upperBound, $1.name
            )
        }) {
            guard range.lowerBound >= position else { throw malformed("tensor '\(name)' overlaps another") }
            guard range.lowerBound == position else {
                throw malformed("a hole of \(range.lowerBound - position) bytes before tensor '\(name)'")
            }
            position = range.upperBound
        }
        guard position == data.upperBound else {
            throw malformed("\(data.upperBound - position) bytes after the last tensor")
        }
    }
}
