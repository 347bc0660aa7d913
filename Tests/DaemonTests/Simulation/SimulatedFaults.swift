import Daemon
import Foundation
import WorkQueue

/// Decides, at each step that touches the disk or the queue, whether it works, fails, or is the last that this
/// process does.
///
/// A process that is dead does nothing any more: until the restart every step fails without an effect, so that the
/// code's own tidying up after an error does not happen either.
final class SimulatedFaults: @unchecked Sendable {
    // Unchecked: a simulation runs on one thread.
    private var random: SplitMix
    private(set) var isProcessDead = false
    /// How many steps of a thousand fail, and how many are the last.
    var failuresPerThousand = 0
    var deathsPerThousand = 0
    private(set) var failureCount = 0

    init(_ random: SplitMix) { self.random = random }

    /// The new process works, for a while.
    func restart() { isProcessDead = false }

    /// Everything works from now on.
    func end() { (failuresPerThousand, deathsPerThousand) = (0, 0) }

    private func isChosen(_ perThousand: Int) -> Bool {
        perThousand > 0 && Int.random(in: 0..<1000, using: &random) < perThousand
    }

    /// Whether the process dies at this step.
    func dies() -> Bool {
        if !isProcessDead, isChosen(deathsPerThousand) { isProcessDead = true }
        return isProcessDead
    }

    /// What a call to the disk fails with.
    func disk(_ operation: String, _ path: String) -> SpoolError? {
        if dies() { return .world(operation: operation, path: path, errorNumber: EINTR) }
        guard operation != "readdir", operation != "mkdir", isChosen(failuresPerThousand) else { return nil }
        failureCount += 1
        // The kinds that are told apart: no room, no right to write, and anything else.
        let kinds: [SpoolError] = [
            .full, .readOnly, .world(operation: operation, path: path, errorNumber: EIO),
        ]
        return kinds.randomElement(using: &random)
    }

    /// What a transaction fails with before anything of it has happened.
    func beforeCommit() -> WorkQueueError? {
        if dies() { return .store("the process is dead") }
        guard isChosen(failuresPerThousand) else { return nil }
        failureCount += 1
        return [.full, .busy, .readOnly("read-only"), .store("I/O")].randomElement(using: &random)
    }

    /// What a transaction fails with that is nevertheless on the disk: its sync was answered with an error, or the
    /// process died before it knew.
    func afterCommit() -> WorkQueueError? {
        if dies() { return .store("the process is dead") }
        guard isChosen(failuresPerThousand) else { return nil }
        failureCount += 1
        return .store("I/O after all was written")
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// The two clocks of a machine: one that somebody sets, and one that only runs.
final class SimulatedClocks: @unchecked Sendable {
    // Unchecked: a simulation runs on one thread.
    private var wall: Int64 = 1_767_225_600_000_000
    private var uptime: Int64 = 1_000_000

    /// Time passes.
    func advance(by duration: Duration) {
        wall += duration.microseconds
        uptime += duration.microseconds
    }

    /// An administrator, or a network of wrong time servers, sets the wall clock.
    func step(by duration: Duration) { wall += duration.microseconds }

    /// What a process that starts now takes for the time.
    func makeTime() -> SystemTime { SystemTime(wall: { self.wall }, uptime: { self.uptime }) }
}

extension Duration {
    /// Whole microseconds; enough for simulated times.
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
