// What one sees of a training while it runs.
import Foundation
import Learning

/// A bar on a terminal, a line an epoch elsewhere; on standard error, so that the output stays the record's.
final class TrainingDisplay {
    private var trainingCount = 0
    /// The first epoch that this run shows: a resumed training has others behind it.
    private var firstEpoch: Int?
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let clock = ContinuousClock()
    private var start: ContinuousClock.Instant

    private static let barWidth = 20

    init() { start = clock.now }

    /// A training begins; where there are two, says which one.
    func begin(_ training: CalibratedTraining.Beginning) {
        end()
        if training.part == .choosing { complain("first training, to choose temperature and thresholds") }
        trainingCount = training.trainingCount
        firstEpoch = nil
        start = clock.now
    }

    func show(_ progress: TrainingProgress) {
        firstEpoch = firstEpoch ?? progress.epoch
        if let record = progress.record {
            write((isTerminal ? "\r\u{1B}[K" : "") + line(record, progress) + "\n")
        } else if isTerminal {
            write("\r\u{1B}[K" + bar(progress))
        }
    }

    /// Clears what is left of a bar.
    func end() { if isTerminal { write("\r\u{1B}[K") } }

    private func bar(_ progress: TrainingProgress) -> String {
        let done = progress.step * Self.barWidth / progress.stepCount
        let bar = String(repeating: "█", count: done) + String(repeating: "░", count: Self.barWidth - done)
        return "epoch \(progress.epoch)/\(progress.epochCount) \(bar) loss \(number(progress.loss, 3))  "
            + "accuracy \(number(progress.accuracy * 100, 1)) %  \(pace(progress))"
    }

    private func line(_ record: EpochRecord, _ progress: TrainingProgress) -> String {
        var text =
            "epoch \(record.epoch)/\(progress.epochCount)  loss \(number(record.loss, 4))  "
            + "accuracy \(number(record.accuracy * 100, 1)) %"
        if let loss = record.validationLoss, let accuracy = record.validationAccuracy {
            text += "  held back: loss \(number(loss, 4)), accuracy \(number(accuracy * 100, 1)) %"
        }
        return text + "  \(pace(progress))"
    }

    /// Images a second since the start of this run, and the time that the rest takes at that pace.
    private func pace(_ progress: TrainingProgress) -> String {
        let seconds = (clock.now - start) / .seconds(1)
        let epochsBefore = progress.epoch - (firstEpoch ?? progress.epoch)
        let imageCount = epochsBefore * trainingCount + progress.imageCount
        guard seconds > 0, imageCount > 0 else { return "" }
        let rate = Double(imageCount) / seconds
        let imagesLeft = (progress.epochCount - progress.epoch + 1) * trainingCount - progress.imageCount
        let left = Double(imagesLeft) / rate
        return "\(number(rate, 1)) images/s, \(Self.time(left)) left"
    }

    private static func time(_ seconds: Double) -> String {
        if seconds < 90 { return "\(Int(seconds.rounded())) s" }
        if seconds < 5400 { return "\(Int((seconds / 60).rounded())) min" }
        return String(format: "%.1f h", seconds / 3600)
    }

    private func number(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
