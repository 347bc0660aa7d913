import Daemon
import Foundation
import WorkQueue

/// One simulated life of a node. Everything random comes from the seed; spool, queue and clock are the real ones, the
/// disk, the destinations, the senders and the operator are models.
///
/// SQLite's own commit is taken to be as durable as it says; `QueueCrashTests` and the crash harness see to that.
final class Simulation {
    /// What happened, to see that something did.
    struct Tally {
        var acknowledged = 0
        var refused = 0
        var delivered = 0
        var crashes = 0
        var faults = 0
        var purged = 0

        mutating func add(_ other: Tally) {
            acknowledged += other.acknowledged
            refused += other.refused
            delivered += other.delivered
            crashes += other.crashes
            faults += other.faults
            purged += other.purged
        }
    }

    static let timing = StudyTiming(settle: .seconds(2), idle: .seconds(30), maximumAge: .seconds(600))
    static let destinations = ["archive", "pacs"]

    var tally = Tally()
    private(set) var complaints: [String] = []
    var random: SplitMix
    let faults: SimulatedFaults
    let clocks = SimulatedClocks()
    let disk = SimulatedDisk()
    var ledger = Ledger()
    /// Claims whose workers are slow: they come back when others have the work, or after a restart.
    var slow: [() throws -> Void] = []
    private(set) var node: SimulatedNode
    /// The destinations that the configuration names at present.
    var configured = Set(destinations)
    var associations = 0
    private let folder: URL
    private(set) var isQuiet = false

    init(seed: UInt64) throws {
        random = SplitMix(state: seed)
        faults = SimulatedFaults(SplitMix(state: seed ^ 0xFA17))
        folder = SimulatedNode.memoryFolder.appending(path: "simulation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        node = try SimulatedNode(folder, disk, faults, clocks)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("cannot remove \(folder.path): \(error)")
        }
    }

    func complain(_ complaint: String) { complaints.append(complaint) }

    func chance(_ percent: Int) -> Bool {
        !isQuiet && Int.random(in: 0..<100, using: &random) < percent
    }

    /// A number of random steps, then peace until nothing is left to do, then the reckoning.
    func run(steps: Int) throws {
        for number in 0..<steps {
            // Bad and good times come in spells.
            if number % 20 == 0 { makeWeather() }
            try surviving(step)
            guard complaints.isEmpty else { return }
        }
        isQuiet = true
        faults.end()
        configured = Set(Self.destinations)
        try restart()
        try workToTheEnd()
        try reckon()
        tally.faults = faults.failureCount
    }

    private func makeWeather() {
        let isBad = Int.random(in: 0..<3, using: &random) == 0
        faults.failuresPerThousand = isBad ? 100 : 5
        faults.deathsPerThousand = isBad ? 30 : 5
    }

    private func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<34: receive()
        case 34..<42:
            associations += 1
            try node.queue.associationEnded("a\(associations - 1)", now: node.now)
        case 42..<82: try work()
        case 82..<88: clocks.advance(by: .milliseconds(.random(in: 1...90_000, using: &random)))
        case 88..<90: stepClock()
        case 90..<94: try retain()
        case 94..<96: try reload()
        case 96..<98: try restart()
        default: try settleDeadLetters()
        }
    }

    /// What a daemon survives: the world's errors, and leases that somebody else has. A process that died is
    /// restarted.
    private func surviving(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as SpoolError where error.isTransient {
            tally.refused += 1
        } catch let error as WorkQueueError where error.isTransient {
            tally.refused += 1
        } catch WorkQueueError.leaseExpired, SpoolError.queue(.leaseExpired) {
            tally.refused += 1
        }
        if faults.isProcessDead { try restart() }
    }

    /// A second, an hour or a year, in either direction.
    private func stepClock() {
        let seconds = [1, 3600, 366 * 86_400].randomElement(using: &random) ?? 1
        clocks.step(by: .seconds(Bool.random(using: &random) ? seconds : -seconds))
    }

    /// The process dies, half of the time with the machine, and a new one starts.
    func restart() throws {
        tally.crashes += 1
        slow = slow.filter { _ in chance(50) }
        if Bool.random(using: &random) {
            disk.losePower(survives: { Bool.random(using: &self.random) })
        } else {
            disk.killProcess()
        }
        faults.restart()
        let weather = (faults.failuresPerThousand, faults.deathsPerThousand)
        faults.end()
        let sweep = try node.restart()
        if !sweep.missing.isEmpty { complain("acknowledged files are gone: \(sweep.missing)") }
        try buryElsewhere()
        (faults.failuresPerThousand, faults.deathsPerThousand) = weather
    }

    /// The operator changes which destinations there are.
    private func reload() throws {
        let name = Self.destinations.randomElement(using: &random) ?? "pacs"
        configured.formSymmetricDifference([name])
        if configured.isEmpty { configured = Set(Self.destinations) }
        try buryElsewhere()
    }

    /// What a start, a reload and retention do about destinations that are not there any more.
    func buryElsewhere() throws {
        _ = try node.queue.buryDeliveries(
            toOthersThan: configured, reason: "no such destination", now: node.now)
    }

    /// Peace: everything works, and the operator looks after dead letters, until nothing is left to do.
    private func workToTheEnd() throws {
        for number in 0..<400 {
            try settleDeadLetters()
            try work()
            // Clocks that were set back by some hours may have put work off for as long: less than a start corrects.
            clocks.advance(by: .seconds(number < 200 ? 20 : 1200))
            if try node.openWork() == 0 { return }
        }
        guard complaints.isEmpty else { return }
        complain("work is left over: \(try node.queue.counts())")
    }
}
