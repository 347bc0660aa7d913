import Dispatch
import Foundation
import Locks
import Testing

/// Random lives of a node: senders, workers, two destinations, an operator, a disk, a queue, two clocks and a process that
/// all fail, on one seed each.
///
/// `GLENOID_SEEDS` is how many seeds are tried, `GLENOID_SEED` the first one.
@Suite struct SimulationTests {
    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// Seeds in a second differ by a factor of twenty between the two builds.
    private static var seedCount: Int {
        #if DEBUG
            number("GLENOID_SEEDS") ?? 25
        #else
            number("GLENOID_SEEDS") ?? 2000
        #endif
    }

    @Test func thePromiseHoldsWhateverFails() throws {
        let first = Self.number("GLENOID_SEED") ?? 1
        let totals = Lock(Simulation.Tally())
        let broken = Lock([(seed: Int, complaints: String)]())
        DispatchQueue.concurrentPerform(iterations: Self.seedCount) { index in
            guard broken.withLock({ $0.count < 5 }) else { return }
            let seed = first + index
            var tally = Simulation.Tally()
            var complaints: [String] = []
            do {
                let simulation = try Simulation(seed: UInt64(seed))
                do {
                    try simulation.run(steps: 100)
                } catch {
                    simulation.complain("it threw \(error)")
                }
                (tally, complaints) = (simulation.tally, simulation.complaints)
            } catch {
                complaints = ["it did not begin: \(error)"]
            }
            totals.withLock { [tally] in $0.add(tally) }
            guard !complaints.isEmpty else { return }
            let text = complaints.prefix(5).joined(separator: "; ")
            broken.withLock { $0.append((seed, text)) }
        }
        for (seed, complaints) in broken.withLock({ $0 }) {
            Issue.record(
                "seed \(seed), commit \(commit()): \(complaints). Again: GLENOID_SEED=\(seed) GLENOID_SEEDS=1"
            )
        }
        let total = totals.withLock { $0 }
        print("simulated \(Self.seedCount) lives from seed \(first): \(total)")
        // A simulation in which nothing ever happens proves nothing.
        #expect(total.acknowledged > 0 && total.delivered > 0 && total.crashes > 0)
        #expect(total.refused > 0 && total.faults > 0 && (total.purged > 0 || Self.seedCount < 20))
    }

    /// The commit that is checked out.
    private func commit() -> String {
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        let folder = URL(filePath: #filePath).deletingLastPathComponent().path
        git.arguments = ["git", "-C", folder, "rev-parse", "HEAD"]
        let output = Pipe()
        git.standardOutput = output
        do {
            try git.run()
        } catch {
            return "unknown"
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        git.waitUntilExit()
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
