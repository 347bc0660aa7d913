import Foundation

/// What the system keeps of files in memory.
package enum PageCache {
    /// The page of a file in memory, bytes.
    package static let pageBytes = 4096

    /// Which pages of a file lie in memory, from 0.
    package static func residentPages(of path: String) throws -> [Int] {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { throw POSIXError(.ENOENT) }
        defer { close(descriptor) }
        let byteCount = Int(lseek(descriptor, 0, SEEK_END))
        let map = unsafe mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let start = unsafe map, unsafe start != MAP_FAILED else { throw POSIXError(.ENOMEM) }
        defer { unsafe munmap(start, byteCount) }
        var pages = [UInt8](repeating: 0, count: (byteCount + pageBytes - 1) / pageBytes)
        let result: Int32 = unsafe mincore(start, byteCount, &pages)
        guard result == 0 else { throw POSIXError(.EIO) }
        return pages.indices.filter { pages[$0] & 1 == 1 }
    }

    /// Whether a folder lies on a tmpfs: a file system that is memory itself, of which nothing can be given back.
    package static func isTmpfs(_ folder: String) throws -> Bool {
        var (place, type) = ("", "")
        for line in try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: " ").map(String.init)
            let isAbove = fields[1] == "/" || folder.hasPrefix(fields[1] + "/")
            if isAbove, fields[1].count >= place.count { (place, type) = (fields[1], fields[2]) }
        }
        return type == "tmpfs"
    }
}
