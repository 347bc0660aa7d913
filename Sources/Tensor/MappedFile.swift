import Glibc

/// A whole file mapped read-only: its pages are read when they are touched and shared with the page cache.
///
/// The file must not be cut short while it is mapped (reading a vanished page ends the process); bundles are
/// written beside their place and renamed, never changed in place, so that does not happen to them.
@safe package final class MappedFile: Sendable {
    /// The path it was opened by, for error texts.
    package let path: String

    /// The bytes.
    ///
    /// Sharing is safe: nobody writes to them and they live as long as this object.
    package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    /// Maps the file; throws `unreadable` when it cannot be opened or is not a regular file.
    package init(path: String) throws(TensorError) {
        func failure() -> TensorError {
            .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "not a regular file")
        }
        self.path = path
        if status.st_size == 0 {
            unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let size = Int(status.st_size)
        let mapped = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start = unsafe mapped, unsafe start != MAP_FAILED else { throw failure() }
        unsafe bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    /// A copy of some of the bytes.
    package func copy(_ range: Range<Int>) -> [UInt8] {
        let part = unsafe bytes[range]
        return unsafe [UInt8](part)
    }

    /// Takes the pages that lie whole within a range out of the process; they are read again when they are touched.
    package func giveBack(_ range: Range<Int>) {
        let count = unsafe bytes.count
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let (first, end) = ((range.lowerBound + page - 1) / page * page, range.upperBound / page * page)
        guard first < end, let start = unsafe bytes.baseAddress else { return }
        _ = unsafe madvise(UnsafeMutableRawPointer(mutating: start + first), end - first, MADV_DONTNEED)
    }

    deinit {
        if let start = unsafe bytes.baseAddress {
            unsafe munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }
}
