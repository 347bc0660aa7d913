// What a process uses.
import Foundation

/// Memory, threads and descriptors of a process, as /proc tells them.
struct Usage {
    private(set) var residentKilobytes = 0
    private(set) var threads = 0
    private(set) var descriptors = 0

    init(of process: Running) throws {
        let folder = "/proc/\(process.processIdentifier)"
        for line in try String(contentsOfFile: folder + "/status", encoding: .utf8).split(separator: "\n") {
            let parts = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard parts.count > 1, let number = Int(parts[1]) else { continue }
            if parts[0] == "VmRSS:" { residentKilobytes = number }
            if parts[0] == "Threads:" { threads = number }
        }
        descriptors = try FileManager.default.contentsOfDirectory(atPath: folder + "/fd").count
    }

    /// Keeps the larger of each.
    mutating func raise(to other: Usage) {
        residentKilobytes = max(residentKilobytes, other.residentKilobytes)
        threads = max(threads, other.threads)
        descriptors = max(descriptors, other.descriptors)
    }
}
