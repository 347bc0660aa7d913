import Daemon
import WorkQueue

/// Senders, workers, destinations and the operator.
extension Simulation {
    // MARK: Senders

    /// One of two dozen images in eight studies, in one of three contents.
    func receive() {
        let number = Int.random(in: 0..<24, using: &random)
        let image = Ledger.Image(
            study: "s\(number % 8)", uid: "1.\(number)",
            digest: "\(number)-\(Int.random(in: 0..<3, using: &random))")
        do {
            let incoming = try node.spool.makeIncomingPath()
            disk.receive(Array(image.digest.utf8), at: incoming)
            if chance(5) { return try node.spool.discardIncoming(incoming) }
            let instance = ReceivedInstance(
                sopInstanceUID: image.uid, sopClassUID: "1.2", studyInstanceUID: image.study,
                transferSyntaxUID: "1.2", digest: image.digest, byteCount: 0, path: "",
                callingAE: "AE\(number % 2)", peerAddress: "10.0.0.1", association: "a\(associations)")
            _ = try node.spool.keep(incoming: incoming, as: instance, in: node.queue, now: node.now)
            // A process that dies here has sent nothing.
            guard !faults.dies() else { return }
            ledger.acknowledged.insert(image)
            tally.acknowledged += 1
        } catch {
            tally.refused += 1
        }
    }

    // MARK: Workers

    func work() throws {
        if chance(30), !slow.isEmpty { try endLate(slow.remove(at: 0)) }
        try classify()
        try report()
        for destination in configured.sorted() { try deliver(to: destination) }
    }

    /// Ends work now, or leaves it to a worker that will be late.
    private func end(_ body: @escaping () throws -> Void) throws {
        if chance(10) { return slow.append(body) }
        try body()
    }

    /// Others may have done the work since, and retention may have taken its rows.
    private func endLate(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch WorkQueueError.absent, SpoolError.queue(.absent) {
            tally.refused += 1
        }
    }

    private func classify() throws {
        for claim in try node.queue.claimInstances(max: 3, lease: .seconds(60), now: node.now) {
            let content = Array(claim.instance.digest.utf8)
            guard disk.content(node.spool.absolute(claim.instance.path)) == content else {
                return complain("\(claim.id) has lost its content")
            }
            if chance(5) { continue }
            let outcome = outcome(of: claim)
            try end { try self.node.queue.finish(claim, outcome, now: self.node.now) }
        }
    }

    private func outcome(of claim: InstanceClaim) -> InstanceOutcome {
        if chance(10) { return .retry(reason: "world", notBefore: later()) }
        if chance(5) { return .dead(reason: "data") }
        if chance(3) { return .release }
        let models = Ledger.models(of: claim.instance.digest)
        guard !models.isEmpty else { return .skipped(reason: "not for us") }
        return .classified(models.map { ModelResult(model: $0, json: claim.instance.digest) })
    }

    private func later() -> Timestamp { node.now + .seconds(.random(in: 0...100, using: &random)) }

    private func report() throws {
        guard
            let claim = try node.queue.claimReport(timing: Self.timing, lease: .seconds(60), now: node.now)
        else { return }
        if chance(10) { return }
        if chance(5) {
            return try node.queue.finish(claim, ReportOutcome.dead(reason: "no patient"), now: node.now)
        }
        let report = Ledger.Report(claim.contents)
        let destinations = configured.sorted()
        ledger.reports[report.uid] = report
        try end {
            _ = try self.node.spool.record(
                Array(report.uid.utf8), sopInstanceUID: report.uid, sopClassUID: "3D", for: claim,
                destinations: destinations, in: self.node.queue, now: self.node.now)
            self.ledger.destine(report.uid, to: destinations)
        }
    }

    private func deliver(to destination: String) throws {
        guard
            let claim = try node.queue.claimDelivery(
                destination: destination, lease: .seconds(60), now: node.now),
            let file = claim.report.files.first
        else { return }
        if chance(20) {
            let later = later()
            return try node.queue.finish(claim, .retry(reason: "down", notBefore: later), now: node.now)
        }
        if chance(10) {
            return try node.queue.finish(claim, DeliveryOutcome.dead(reason: "refused"), now: node.now)
        }
        guard disk.content(node.spool.absolute(file.path)) == Array(file.sopInstanceUID.utf8) else {
            return complain("\(claim.id) has lost its report")
        }
        if claim.offered != file { try node.queue.offer(file, for: claim, now: node.now) }
        try end {
            self.ledger.arrive(file.sopInstanceUID, at: destination)
            // The destination has it, and the answer does not reach the queue.
            if self.chance(5) { return }
            try self.node.queue.finish(claim, .delivered(file, warning: nil), now: self.node.now)
            self.tally.delivered += 1
        }
    }

    // MARK: The operator

    /// Tries dead letters again, and throws away what has been superseded.
    func settleDeadLetters() throws {
        for letter in try node.queue.list(.deadLetters) {
            if let destination = letter.destination, !configured.contains(destination) { continue }
            do throws(WorkQueueError) {
                try node.queue.retry(letter.id, now: node.now)
            } catch .refused {
                try node.queue.discard(letter.id, reason: "superseded", now: node.now)
            }
        }
    }

    // MARK: Retention

    /// Purges what is finished; with it goes what the ledger must hold to be true from then on.
    func retain() throws {
        try buryElsewhere()
        let moment = chance(50) ? node.now : node.now - .seconds(600)
        let before = try studies()
        defer {
            // Also after an error: the rows may be gone all the same.
            let after = (try? studies()) ?? before
            for study in before.subtracting(after) { close(study) }
        }
        let purged = try node.spool.purge(node.queue, finishedBefore: moment)
        tally.purged += purged.instances
    }

    private func studies() throws -> Set<String> {
        Set(
            try node.queue.list(WorkFilter(kinds: [.instance], states: [])).compactMap(\.studyInstanceUID))
    }

    /// A study's rows are gone: the promise must hold for it now, and what comes of it later begins anew.
    private func close(_ study: String) {
        for complaint in ledger.complaints(of: study, at: Self.destinations) {
            complain("purged too early: \(complaint)")
        }
        ledger.close(study)
    }

    // MARK: The reckoning

    /// Holds the promise against what senders were told and what the destinations have.
    func reckon() throws {
        for study in (0..<8).map({ "s\($0)" }) {
            for complaint in ledger.complaints(of: study, at: Self.destinations) { complain(complaint) }
        }
        if disk.files.contains(where: { $0.hasPrefix("/spool/incoming/") }) {
            complain("files are left in flight")
        }
        var rows: Set<String> = []
        try node.queue.forEachPath { rows.insert($0.path) }
        let strays = disk.files.filter {
            $0.hasPrefix("/spool/instances/") || $0.hasPrefix("/spool/reports/")
        }.filter { !rows.contains(String($0.dropFirst("/spool/".count))) }
        // Of the last process: those of former ones were set aside when it started.
        if !strays.isEmpty { complain("files that no row names: \(strays.count)") }
    }
}
