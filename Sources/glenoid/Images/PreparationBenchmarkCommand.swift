// `glenoid benchmark-preparation FILE…`: how long the way to the network's input takes, and how much memory.
import ArgumentParser
import Classification
import Dicom
import Foundation

/// Not shown in the help: it serves Tests/Benchmarks/preparation.py.
struct PreparationBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark-preparation",
        abstract: "Times DICOM files from memory to the network's input.",
        shouldDisplay: false)

    @Argument(help: "DICOM files.", completion: .file())
    var files: [String]

    @Option(help: "Rows and columns of the input.")
    var side = 240

    @Option(help: "How often each file is prepared; the median counts.")
    var repetitions = 7

    @Option(help: "Threads for decoding a frame; only JPEG 2000 has use for more than one.")
    var threads = 1

    /// What one file took; the peak is of one preparation, above what was resident before it.
    private struct Measurement: Encodable {
        let milliseconds: Double
        let decodeMilliseconds: Double
        let peakBytes: Int
        let frameBytes: Int
    }

    func run() throws {
        var measurements: [String: Measurement] = [:]
        for file in files { measurements[file] = try measure(file) }
        print(try jsonText(measurements))
    }

    private func measure(_ file: String) throws -> Measurement {
        let preparation = Preparation(side: side)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        func opened() throws -> Dataset {
            let dataset = try Dataset(bytes: bytes)
            dataset.decodingThreads = threads
            return dataset
        }
        // Opening loads the data dictionary, which stays; the first frame is measured, since memory that a frame before
        // it has freed would not count again.
        _ = try opened()
        let idle = Memory.peakReset()
        _ = try preparation.input(from: opened(), frameIndex: 0)
        let peak = Memory.peak - idle
        let whole = try median { _ = try preparation.input(from: opened(), frameIndex: 0) }
        let decode = try median { _ = try opened().frame(at: 0) }
        let frame = try opened().frame(at: 0)
        return Measurement(
            milliseconds: whole, decodeMilliseconds: decode, peakBytes: peak,
            frameBytes: frame.samples.count * ((frame.bitsStored + 7) / 8))
    }

    private func median(_ work: () throws -> Void) throws -> Double {
        let clock = ContinuousClock()
        let times = try (0..<max(repetitions, 1)).map { _ in try clock.measure { try work() } }.sorted()
        return times[times.count / 2] / .milliseconds(1)
    }
}

/// The process's resident memory, as Linux counts it.
private enum Memory {
    /// The largest since the last reset, in bytes.
    static var peak: Int { kilobytes("VmHWM:") * 1024 }

    /// Makes the peak what is resident now, and returns that.
    static func peakReset() -> Int {
        // proc(5): 5 resets the peak.
        try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
        return kilobytes("VmRSS:") * 1024
    }

    private static func kilobytes(_ key: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
