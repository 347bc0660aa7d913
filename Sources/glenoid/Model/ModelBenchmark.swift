internal import ArgumentParser
internal import Classification
internal import EfficientNet
internal import Foundation
internal import Learning
internal import Tensor

/// `glenoid model benchmark`: how long the network takes.
struct ModelBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Times a bundle's network on noise.",
        discussion: """
            ms_per_image is the median over runs of the time of one batch, divided by its images. With --train a run \
            is a training step: forward, backward, AdamW. Memory, without --train, is what the process holds at the end.
            """)

    @Argument(help: "The bundle's folder.")
    var folder: String

    @Option(help: "Threads; all cores by default.")
    var threads: Int?

    @Option(help: "Images that are given at once.")
    var batch = 1

    @Option(help: "How long to measure, in seconds.")
    var seconds = 2.0

    @Flag(help: "Also print how long each phase of a single image takes.")
    var phases = false

    @Flag(help: "Make each image's class activation map too.")
    var map = false

    @Flag(help: "Time training steps instead.")
    var train = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        guard (1...256).contains(batch) else {
            throw ValidationError("--batch is \(batch); 1 to 256 is allowed")
        }
        if train, phases || map {
            throw ValidationError("--train times steps; --phases and --map are about classifying")
        }
        guard (0.01...600).contains(seconds) else {
            throw ValidationError("--seconds is \(seconds); 0.01 to 600 is allowed")
        }
        do {
            let bundle = try ModelBundle.load(folder: folder)
            if train { return try timeTraining(bundle) }
            let clock = ContinuousClock()
            var network: Network?
            let load = try clock.measure {
                ResidentMemory.giveBackWhatStartingTook()  // before and after, as the service does
                network = try bundle.network(threadCount: try threadCount(threads))
                ResidentMemory.giveBackWhatStartingTook()
            }
            guard let network else { return }
            let report = BenchmarkReport(
                network, batch: batch, seconds: seconds, map: map, phases: phases, loading: load)
            print(json ? try jsonText(report) : report.text)
        } catch let error as ModelBundleError {
            throw CommandFailure("\(folder): \(error)")
        }
    }

    private func timeTraining(_ bundle: ModelBundle) throws {
        MatrixKernels.chooseByRestarting()
        let settings = try bundle.networkSettings()
        let threadCount = try threadCount(threads)
        do {
            let clock = ContinuousClock()
            var file: SafetensorsFile?
            let load = try clock.measure { file = try SafetensorsFile(path: bundle.weightsPath) }
            guard let file else { return }
            let benchmark = try TrainingBenchmark(
                of: file, settings: settings, batch: batch, threadCount: threadCount, seconds: seconds)
            var report = BenchmarkReport(
                settings, threads: threadCount, batch: batch, times: benchmark.times, loading: load)
            report.matrixKernels = MatrixProduct.kernelName
            print(json ? try jsonText(report) : report.text)
        } catch let error as LearningError {
            throw CommandFailure("\(folder): \(error)")
        } catch let error as TensorError {
            throw CommandFailure("\(error)")
        }
    }
}

/// What `glenoid model benchmark` prints.
private struct BenchmarkReport: Encodable {
    let architecture: String
    let side, threads, batch, runs: Int
    /// Median over the runs.
    let msPerImage: Double
    let msPerImageMinimum: Double
    let loadMs: Double
    /// The table of kernels, or "reference".
    var kernels: String?
    /// The kernels of OpenBLAS; of training only.
    var matrixKernels: String?
    /// Billions of floating-point operations a second: of the network, and of the threads when they do nothing else.
    var gflops, peakGflops: Double?
    /// Whether class activation maps were made; absent of training.
    var map: Bool?
    /// Resident memory after the runs, and the most there was, in units of 10^6 bytes.
    var residentMB, peakResidentMB: Double?
    /// Means, in the order of computation; absent unless asked for.
    var phases: [PhaseTime]?

    enum CodingKeys: String, CodingKey {
        case architecture, side, threads, batch, runs, kernels, gflops, map, phases
        case msPerImage = "ms_per_image"
        case msPerImageMinimum = "ms_per_image_minimum"
        case loadMs = "load_ms"
        case matrixKernels = "openblas"
        case peakGflops = "peak_gflops"
        case residentMB = "resident_mb"
        case peakResidentMB = "peak_resident_mb"
    }

    /// Runs before the measurement: caches, and the clock of the core.
    private static let warmUpCount = 3
    /// Runs at least, however long they take.
    private static let runCountMin = 5

    init(_ network: Network, batch: Int, seconds: Double, map: Bool, phases: Bool, loading: Duration) {
        var noise = SystemRandomNumberGenerator()
        let input = (0..<batch * network.settings.inputCount).map { _ in
            Float.random(in: -2...2, using: &noise)
        }
        var output = NetworkOutput(settings: network.settings, imageCount: batch)
        let clock = ContinuousClock()
        for _ in 0..<Self.warmUpCount {
            network.evaluate(input.span, into: &output, maps: map ? .ofAnswers : .none)
        }
        var times: [Double] = []
        let end = clock.now + .seconds(seconds)
        while clock.now < end || times.count < Self.runCountMin {
            let time = clock.measure {
                network.evaluate(input.span, into: &output, maps: map ? .ofAnswers : .none)
            }
            times.append(time / .milliseconds(1) / Double(batch))
        }
        self.init(
            network.settings, threads: network.threadCount, batch: batch, times: times, loading: loading)
        self.map = map
        residentMB = Self.megabytes("VmRSS")
        peakResidentMB = Self.megabytes("VmHWM")
        kernels = network.kernels?.name ?? "reference"
        let operations =
            2
            * network.settings.architecture.multiplyAddCount(
                imageSide: network.settings.side, classCount: network.settings.classCount)
        gflops = Double(operations) / msPerImage * 1e-6
        peakGflops = network.kernels.map { Self.peak($0) * Double(network.threadCount) }
        guard phases else { return }
        self.phases = network.phaseTimes(Array(input.prefix(network.settings.inputCount)), repeats: 20)
    }

    /// What one thread reaches in registers, in GFLOP/s: the best of some tries of a few milliseconds.
    private static func peak(_ kernels: Kernels) -> Double {
        let clock = ContinuousClock()
        return (0..<20).reduce(0) { best, _ in
            var operations = 0.0
            let time = clock.measure { operations = kernels.runPeak(rounds: 1_000_000) }
            return max(best, operations / (time / .nanoseconds(1)))
        }
    }

    /// A line of /proc/self/status (proc(5)), which counts in units of 1024 bytes.
    private static func megabytes(_ key: String) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("\(key):") }),
            let count = line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap({
                Double($0)
            })
        else { return nil }
        return count * 1024e-6
    }

    init(_ settings: NetworkSettings, threads: Int, batch: Int, times: [Double], loading: Duration) {
        let times = times.sorted()
        architecture = settings.architecture.name
        side = settings.side
        self.threads = threads
        self.batch = batch
        runs = times.count
        msPerImage = times[times.count / 2]
        msPerImageMinimum = times[0]
        loadMs = loading / .milliseconds(1)
    }

    var text: String {
        """
        EfficientNet-\(architecture.uppercased()) \(side) × \(side), \(threads) threads, batch \(batch): \
        \(String(format: "%.2f", msPerImage)) ms per image (least \(String(format: "%.2f", msPerImageMinimum)), \
        \(runs) runs), loaded in \(String(format: "%.0f", loadMs)) ms
        """
            + (matrixKernels.map { "\nOpenBLAS for \($0)" } ?? "")
            + (gflops.map { "\n\(kernels ?? "reference"), \(String(format: "%.0f", $0)) GFLOP/s" } ?? "")
            + (peakGflops.map { " of \(String(format: "%.0f", $0))" } ?? "")
            + (residentMB.map { ", \(String(format: "%.0f", $0)) MB resident" } ?? "")
            + (phases ?? []).map { "\n\(String(format: "%8.3f", $0.milliseconds)) ms  \($0.name)" }.joined()
    }
}
