internal import CZip
internal import Tensor

/// A zip archive, read-only: what a .keras file is.
@safe struct ZipArchive: ~Copyable {
    private let path: String
    private let archive: OpaquePointer

    /// Opens the archive; throws when the file is absent or no zip archive.
    init(path: String) throws(EfficientNetError) {
        var code: Int32 = 0
        guard let archive = unsafe zip_open(path, ZIP_RDONLY, &code) else {
            var error = unsafe zip_error_t()
            unsafe zip_error_init_with_code(&error, code)
            let reason = unsafe String(cString: zip_error_strerror(&error))
            unsafe zip_error_fini(&error)
            throw .file(.unreadable(path: path, reason: "no readable zip archive: \(reason)"))
        }
        self.path = path
        unsafe self.archive = archive
    }

    deinit { unsafe zip_discard(archive) }

    /// The bytes of an entry; throws when it is absent, damaged or larger than `bytesMax`, a bound for a bomb.
    func entry(_ name: String, bytesMax: Int) throws(EfficientNetError) -> [UInt8] {
        var status = unsafe zip_stat_t()
        guard unsafe zip_stat(archive, name, 0, &status) == 0 else {
            throw .file(.malformed(path: path, reason: "the archive holds no '\(name)'"))
        }
        let size = unsafe status.size
        guard size <= UInt64(bytesMax) else {
            throw .file(.malformed(path: path, reason: "'\(name)' is larger than \(bytesMax) bytes"))
        }
        guard let file = unsafe zip_fopen(archive, name, 0) else {
            throw .file(.malformed(path: path, reason: "'\(name)' cannot be unpacked"))
        }
        defer { unsafe zip_fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe zip_fread(file, $0.baseAddress, size)
        }
        // Reading to the end makes libzip compare the checksum; it says so with one more read of nothing.
        var end: UInt8 = 0
        guard count == Int64(size), unsafe zip_fread(file, &end, 1) == 0 else {
            throw .file(.malformed(path: path, reason: "'\(name)' is damaged"))
        }
        return bytes
    }
}
