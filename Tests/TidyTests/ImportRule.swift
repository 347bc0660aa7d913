/// Which room may know which others (docs/ARCHITECTURE.md, section 1).
enum ImportRule {
    /// One row of the table.
    struct Room {
        let name: String
        /// Arrows point to lower levels only.
        let level: Int
        /// Our own rooms.
        let rooms: Set<String>
        /// Swift packages and system libraries.
        let libraries: Set<String>
    }

    /// The table.
    static let rooms: [Room] = [
        Room(name: "Locks", level: 0, rooms: [], libraries: []),
        Room(name: "Dicom", level: 1, rooms: ["CDCMTK"], libraries: ["CCrypto"]),
        Room(name: "Tensor", level: 1, rooms: ["CKernels", "Locks"], libraries: ["COpenBLAS"]),
        Room(name: "WorkQueue", level: 1, rooms: ["Locks"], libraries: ["GRDB"]),
        Room(name: "EfficientNet", level: 2, rooms: ["Locks", "Tensor"], libraries: ["CHDF5", "CZip"]),
        Room(
            name: "Classification", level: 3, rooms: ["Dicom", "EfficientNet", "Tensor"],
            libraries: ["CJPEG", "CPNG"]),
        Room(
            name: "Learning", level: 4, rooms: ["Classification", "EfficientNet", "Tensor"],
            libraries: ["CXGBoost"]),
        Room(
            name: "Daemon", level: 4, rooms: ["Classification", "Dicom", "Locks", "WorkQueue"],
            libraries: ["CSystemd", "Logging", "ServiceLifecycle", "UnixSignals", "Yams"]),
        Room(
            name: "glenoid", level: 5,
            rooms: ["Learning", "Daemon", "Classification", "EfficientNet", "Tensor", "Dicom", "WorkQueue"],
            libraries: ["ArgumentParser"]),
    ]

    /// Level 0: rooms in C and C++, with the libraries whose headers they may include.
    static let cRooms: [String: [String]] = [
        "CDCMTK": ["dcmtk/", "openssl/", "openjpeg-2.5/", "openjpeg.h", "zlib.h"],
        "CKernels": ["link.h", "malloc.h"],
    ]

    /// Module maps of system libraries, with the headers they stand for.
    static let systemLibraries: Set<String> = [
        "CCrypto", "CHDF5", "CJPEG", "COpenBLAS", "CPNG", "CSystemd", "CXGBoost", "CZip",
    ]

    /// What comes with the toolchain; any room may use it.
    static let toolchain: Set<String> = ["Dispatch", "Foundation", "Glibc", "Synchronization"]

    /// Headers of the C and C++ standards and of POSIX that our C rooms may include, beside C++'s `<name>`.
    private static let standardHeaders: Set<String> = [
        "arpa/inet.h", "arm_neon.h", "cpuid.h", "errno.h", "fcntl.h", "immintrin.h", "limits.h", "math.h",
        "netdb.h",
        "netinet/in.h", "netinet/tcp.h", "poll.h", "pthread.h", "sched.h", "signal.h", "stdatomic.h",
        "stdbool.h",
        "stddef.h", "stdint.h", "stdlib.h", "string.h", "time.h", "unistd.h",
    ]

    /// Imports of a Swift file that its room may not have, and C rooms that it passes on.
    static func slips(in file: SourceFile) -> [Slip] {
        guard file.isSwift, file.isInSources, let name = file.room else { return [] }
        guard let room = rooms.first(where: { $0.name == name }) else {
            return [Slip(path: file.path, line: 0, text: "the import table has no room \(name)")]
        }
        return file.code.enumerated().flatMap { index, line -> [Slip] in
            guard let (module, access) = imported(line) else { return [] }
            var slips: [Slip] = []
            if !room.rooms.contains(module), !room.libraries.contains(module), !toolchain.contains(module) {
                slips.append(Slip(path: file.path, line: index + 1, text: "\(name) may not import \(module)"))
            }
            let isC = cRooms[module] != nil || systemLibraries.contains(module)
            if isC, access == "package" || access == "public" {
                slips.append(
                    Slip(path: file.path, line: index + 1, text: "the import of \(module) must be internal"))
            }
            return slips
        }
    }

    /// Headers of a C or C++ file that its room may not have.
    static func includeSlips(in file: SourceFile) -> [Slip] {
        guard file.isC, let room = file.room, let libraries = cRooms[room] else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            guard let header = included(line), !isAllowed(header, libraries: libraries) else { return nil }
            return Slip(path: file.path, line: index + 1, text: "\(room) may not include \(header)")
        }
    }

    /// Rooms whose rows point at rooms that are not below them.
    static func upwardArrows(in rooms: [Room]) -> [String] {
        let levels = Dictionary(uniqueKeysWithValues: rooms.map { ($0.name, $0.level) })
        return rooms.flatMap { room in
            room.rooms.filter { (levels[$0] ?? 0) >= room.level }.map { "\(room.name) → \($0)" }
        }
    }

    private static func imported(_ line: String) -> (module: String, access: String)? {
        let words = line.split(separator: " ").map(String.init)
        guard let position = words.firstIndex(of: "import"), position + 1 < words.count else { return nil }
        let before = words[..<position]
        let isImport = before.allSatisfy {
            $0.hasPrefix("@") || ["package", "internal", "public", "private", "fileprivate"].contains($0)
        }
        guard isImport else { return nil }
        // `import struct Foundation.Data` names a kind first.
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name =
            kinds.contains(words[position + 1]) ? words.dropFirst(position + 2).first : words[position + 1]
        let module = name?.split(separator: ".").first.map(String.init) ?? ""
        return (module, before.last { !$0.hasPrefix("@") } ?? "internal")
    }

    private static func included(_ line: String) -> String? {
        let trimmed = line.trimmingPrefix { $0 == " " || $0 == "\t" }
        guard trimmed.hasPrefix("#include") || trimmed.hasPrefix("# include") else { return nil }
        guard let open = trimmed.firstIndex(where: { $0 == "<" || $0 == "\"" }) else { return nil }
        let close: Character = trimmed[open] == "<" ? ">" : "\""
        let rest = trimmed[trimmed.index(after: open)...]
        guard let end = rest.firstIndex(of: close) else { return nil }
        let header = String(rest[..<end])
        // Our own headers: in quotes and not a library's.
        return close == "\"" && !header.contains("/") ? nil : header.hasPrefix("../") ? nil : header
    }

    private static func isAllowed(_ header: String, libraries: [String]) -> Bool {
        let isCPlusPlus = !header.contains(".") && !header.contains("/")
        return isCPlusPlus || standardHeaders.contains(header) || header.hasPrefix("sys/")
            || libraries.contains { header.hasPrefix($0) }
    }
}
