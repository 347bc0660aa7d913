internal import Glibc
package import WorkQueue

/// The disk of this machine, by system calls.
package struct LinuxDisk: SpoolDisk {
    /// This machine's disk.
    package init() {}

    package func makeFolder(_ path: String) throws(SpoolError) -> Bool {
        do {
            // Images are patients' data: nobody but the daemon's user and group may look.
            _ = try retrying("mkdir", path) { unsafe mkdir(path, 0o750) }
            return true
        } catch SpoolError.world(_, _, EEXIST) {
            return false
        } catch {
            throw error
        }
    }

    package func write(_ bytes: [UInt8], to path: String) throws(SpoolError) {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL)
        var offset = 0
        while offset < bytes.count {
            offset += try retrying("write", path) {
                unsafe bytes.withUnsafeBytes { buffer in
                    // The pointer is used within this closure only; the slice is never empty here.
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
                    return unsafe Glibc.write(file.descriptor, rest.baseAddress, rest.count)
                }
            }
        }
    }

    package func read(_ path: String) throws(SpoolError) -> [UInt8]? {
        let file: OpenFile
        do {
            file = try OpenFile(path, O_RDONLY)
        } catch SpoolError.world(_, _, ENOENT) {
            return nil
        } catch {
            throw error
        }
        var bytes: [UInt8] = []
        var portion = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try retrying("read", path) {
                unsafe portion.withUnsafeMutableBytes { buffer in
                    unsafe Glibc.read(file.descriptor, buffer.baseAddress, buffer.count)
                }
            }
            if count == 0 { return bytes }
            bytes += portion.prefix(count)
        }
    }

    package func sync(file path: String) throws(SpoolError) -> Int64 {
        let file = try OpenFile(path, O_RDONLY)
        // fdatasync(2) also syncs "metadata … needed in order to allow a subsequent data retrieval", the size
        // among them; times may be lost.
        _ = try retrying("fdatasync", path) { fdatasync(file.descriptor) }
        var status = stat()
        _ = try retrying("fstat", path) { unsafe fstat(file.descriptor, &status) }
        return Int64(status.st_size)
    }

    package func release(_ range: Range<Int64>, of path: String) {
        guard let file = try? OpenFile(path, O_RDONLY) else { return }
        _ = posix_fadvise(
            file.descriptor, off_t(range.lowerBound), off_t(range.upperBound - range.lowerBound),
            POSIX_FADV_DONTNEED)
    }

    package func sync(folder path: String) throws(SpoolError) {
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        _ = try retrying("fsync", path) { fsync(folder.descriptor) }
    }

    package func rename(_ path: String, to newPath: String) throws(SpoolError) {
        _ = try retrying("rename", path) { unsafe Glibc.rename(path, newPath) }
    }

    package func remove(_ path: String) throws(SpoolError) {
        do {
            _ = try retrying("unlink", path) { unsafe unlink(path) }
        } catch SpoolError.world(_, _, ENOENT) {
            return
        } catch {
            throw error
        }
    }

    package func names(in folder: String) throws(SpoolError) -> [String] {
        guard let stream = unsafe opendir(folder) else { throw failure("opendir", folder, errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            // d_name is a NUL-terminated array within the entry (readdir(3)), valid until the next readdir.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw failure("readdir", folder, errno) }
        return names
    }

    package func lastChange(of path: String) throws(SpoolError) -> Timestamp? {
        var status = stat()
        do {
            _ = try retrying("stat", path) { unsafe stat(path, &status) }
        } catch SpoolError.world(_, _, ENOENT) {
            return nil
        } catch {
            throw error
        }
        // The time of status change, which a rename sets; the time of modification is that of the content.
        return Timestamp(microseconds: Int64(status.st_ctim.tv_sec) * 1_000_000)
    }

    package func space(at path: String) throws(SpoolError) -> SpoolSpace {
        var status = statvfs()
        _ = try retrying("statvfs", path) { unsafe statvfs(path, &status) }
        let block = Int64(status.f_frsize)
        return SpoolSpace(
            freeBytes: Int64(status.f_bavail) * block, totalBytes: Int64(status.f_blocks) * block)
    }

    package func lock(_ path: String) throws(SpoolError) -> (any SpoolLock)? {
        // flock(2) needs no right to write, and a file open for writing would keep an administrator from mounting the
        // file system read-only.
        let file = try OpenFile(path, O_RDONLY | O_CREAT)
        do {
            // The kernel drops the lock with the descriptor, so a killed process leaves none behind.
            _ = try retrying("flock", path) { flock(file.descriptor, LOCK_EX | LOCK_NB) }
            return file
        } catch SpoolError.world(_, _, EWOULDBLOCK) {
            return nil
        } catch {
            throw error
        }
    }
}

/// An open file, closed when this goes. A class, since a lock keeps one alive.
private final class OpenFile: SpoolLock {
    let descriptor: Int32

    init(_ path: String, _ flags: Int32) throws(SpoolError) {
        descriptor = try retrying("open", path) { unsafe open(path, flags | O_CLOEXEC, 0o640) }
    }

    deinit {
        // Nothing is lost if this fails: whatever matters was synced before.
        close(descriptor)
    }
}

/// The one place where system calls are made again after a signal (EINTR) and their errors get their names.
private func retrying<Result: BinaryInteger>(
    _ operation: String, _ path: String, _ call: () -> Result
) throws(SpoolError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let errorNumber = errno
        if errorNumber != EINTR { throw failure(operation, path, errorNumber) }
    }
}

/// The spool's word for an error number.
func failure(_ operation: String, _ path: String, _ errorNumber: Int32) -> SpoolError {
    switch errorNumber {
    case ENOSPC, EDQUOT: .full
    case EROFS: .readOnly
    default: .world(operation: operation, path: path, errorNumber: errorNumber)
    }
}

/// The system's text for an error number.
func errorText(_ errorNumber: Int32) -> String {
    // Thread-safe since glibc 2.32 (strerror(3), ATTRIBUTES); the text is copied at once.
    guard let text = unsafe strerror(errorNumber) else { return "error \(errorNumber)" }
    return unsafe String(cString: text)
}
