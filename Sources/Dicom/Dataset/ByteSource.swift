internal import Glibc

/// The bytes of one object: a file that is read piece by piece, or memory.
///
/// Immutable but for the file itself; a file that shrinks under us gives an error, never a fault, because it
/// is read and not mapped. Closes its file when it goes.
final class ByteSource {
    /// How many bytes there are; a file's size when it was opened.
    let count: Int
    private let content: Content

    private enum Content {
        case memory([UInt8])
        case file(descriptor: Int32)
    }

    /// These bytes.
    init(bytes: [UInt8]) {
        count = bytes.count
        content = .memory(bytes)
    }

    /// The file at `path`, opened now.
    init(path: String) throws(DicomError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw .world("cannot open the file: \(Self.errorText())") }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            _ = close(descriptor)
            throw .world("not a regular file")
        }
        count = Int(status.st_size)
        content = .file(descriptor: descriptor)
    }

    deinit {
        if case .file(let descriptor) = content { _ = close(descriptor) }
    }

    /// Copies `range` to a new array; the range must lie within the source.
    func bytes(_ range: Range<Int>) throws(DicomError) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the object")
        if case .memory(let bytes) = content { return Array(bytes[range]) }
        var copy = [UInt8](repeating: 0, count: range.count)
        let result = unsafe copy.withUnsafeMutableBytes { unsafe read(at: range.lowerBound, into: $0) }
        try result.get()
        return copy
    }

    /// Copies the bytes from `offset` on into `buffer`, filling it; they must lie within the source.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Result<Void, DicomError> {
        precondition(offset >= 0 && offset + buffer.count <= count, "range outside the object")
        switch content {
        case .memory(let bytes):
            unsafe bytes.withUnsafeBytes {
                unsafe buffer.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
            }
            return .success(())
        case .file(let descriptor):
            return unsafe Self.readFile(descriptor, at: offset, into: buffer)
        }
    }

    private static func readFile(
        _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) -> Result<Void, DicomError> {
        var done = 0
        while done < buffer.count {
            guard let base = buffer.baseAddress else { break }
            let read = unsafe pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
            if read < 0 && errno == EINTR { continue }
            if read < 0 { return .failure(.world("cannot read the file: \(errorText())")) }
            if read == 0 { return .failure(.world("the file became shorter while it was read")) }
            done += read
        }
        return .success(())
    }

    private static func errorText() -> String { unsafe String(cString: strerror(errno)) }
}

/// Reads small numbers of a source through a window, so that a scan costs few system calls.
struct ByteCursor {
    private let source: ByteSource
    private var window: [UInt8] = []
    private var windowOffset = 0
    private static let windowBytes = 1 << 14

    /// A cursor over all of `source`.
    init(_ source: ByteSource) { self.source = source }

    /// How many bytes the source has.
    var count: Int { source.count }

    /// The byte at `offset`, which must lie within the source.
    mutating func byte(at offset: Int) throws(DicomError) -> UInt8 {
        if offset < windowOffset || offset >= windowOffset + window.count {
            window = try source.bytes(offset..<min(offset + Self.windowBytes, source.count))
            windowOffset = offset
        }
        return window[offset - windowOffset]
    }

    /// The 16-bit number at `offset`.
    mutating func uint16(at offset: Int, bigEndian: Bool) throws(DicomError) -> UInt16 {
        let first = UInt16(try byte(at: offset)), second = UInt16(try byte(at: offset + 1))
        return bigEndian ? first << 8 | second : second << 8 | first
    }

    /// The 32-bit number at `offset`.
    mutating func uint32(at offset: Int, bigEndian: Bool) throws(DicomError) -> UInt32 {
        let first = UInt32(try uint16(at: offset, bigEndian: bigEndian))
        let second = UInt32(try uint16(at: offset + 2, bigEndian: bigEndian))
        return bigEndian ? first << 16 | second : second << 16 | first
    }

    /// The tag at `offset`: group, then element, each in the byte order.
    mutating func tag(at offset: Int, bigEndian: Bool) throws(DicomError) -> Tag {
        Tag(
            try uint16(at: offset, bigEndian: bigEndian),
            try uint16(at: offset + 2, bigEndian: bigEndian))
    }
}
