import Glibc

/// Writes a file beside its place and renames it when it is whole and on the disk.
package enum AtomicFile {
    /// Calls `content` with a function that appends bytes.
    ///
    /// On any failure the half-written file is removed and
    /// what was at `path` before stays.
    package static func write(
        to path: String,
        _ content: (_ append: ([UInt8]) throws(TensorError) -> Void) throws(TensorError) -> Void
    ) throws(TensorError) {
        func failure() -> TensorError {
            .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        let temporary = path + ".part-\(getpid())"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure() }
        do throws(TensorError) {
            defer { close(descriptor) }
            try content { bytes throws(TensorError) in
                var written = 0
                while written < bytes.count {
                    let result = unsafe bytes.withUnsafeBytes { buffer in
                        unsafe Glibc.write(
                            descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                    }
                    if result < 0, errno == EINTR { continue }
                    guard result >= 0 else { throw failure() }
                    written += result
                }
            }
            guard fsync(descriptor) == 0 else { throw failure() }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let error = failure()
            unsafe unlink(temporary)
            throw error
        }
    }

    /// Puts a folder's names on the disk: what was renamed into it then survives a power failure.
    package static func syncFolder(_ path: String) throws(TensorError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
        }
    }
}
