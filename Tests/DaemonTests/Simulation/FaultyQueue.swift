import WorkQueue

/// A real queue between faults: each write may fail before it happens, or after.
final class FaultyQueue: WorkQueue {
    private let real: any WorkQueue
    private let faults: SimulatedFaults

    init(_ real: any WorkQueue, _ faults: SimulatedFaults) { (self.real, self.faults) = (real, faults) }

    var changes: ChangeSignal { real.changes }

    private func write<Value>(_ body: () throws(WorkQueueError) -> Value) throws(WorkQueueError) -> Value {
        if let error = faults.beforeCommit() { throw error }
        let value = try body()
        if let error = faults.afterCommit() { throw error }
        return value
    }

    private func read<Value>(_ body: () throws(WorkQueueError) -> Value) throws(WorkQueueError) -> Value {
        if faults.isProcessDead { throw .store("the process is dead") }
        return try body()
    }

    func keep(_ instance: ReceivedInstance, now: Timestamp) throws(WorkQueueError) -> KeepOutcome {
        try write { () throws(WorkQueueError) in try real.keep(instance, now: now) }
    }
    func keptInstance(sopInstanceUID: String, digest: String) throws(WorkQueueError) -> KeptInstance? {
        try read { () throws(WorkQueueError) in
            try real.keptInstance(sopInstanceUID: sopInstanceUID, digest: digest)
        }
    }
    func noteDuplicate(of id: WorkID, callingAE: String, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in
            try real.noteDuplicate(of: id, callingAE: callingAE, now: now)
        }
    }
    func room() throws(WorkQueueError) -> QueueRoom {
        try read { () throws(WorkQueueError) in try real.room() }
    }
    func spoolIdentity() throws(WorkQueueError) -> String? {
        try read { () throws(WorkQueueError) in try real.spoolIdentity() }
    }
    func setSpoolIdentity(_ identity: String) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.setSpoolIdentity(identity) }
    }
    func associationEnded(_ association: String, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.associationEnded(association, now: now) }
    }
    func claimInstances(max: Int, lease: Duration, now: Timestamp) throws(WorkQueueError) -> [InstanceClaim] {
        try write { () throws(WorkQueueError) in try real.claimInstances(max: max, lease: lease, now: now) }
    }
    func finish(_ claim: InstanceClaim, _ outcome: InstanceOutcome, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.finish(claim, outcome, now: now) }
    }
    func renew(
        _ id: WorkID, _ lease: Lease, for duration: Duration, now: Timestamp
    ) throws(WorkQueueError) -> Lease {
        try write { () throws(WorkQueueError) in try real.renew(id, lease, for: duration, now: now) }
    }
    func claimReport(
        timing: StudyTiming, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> ReportClaim? {
        try write { () throws(WorkQueueError) in try real.claimReport(timing: timing, lease: lease, now: now)
        }
    }
    func record(
        _ file: ReportFile, for claim: ReportClaim, destinations: [String], now: Timestamp
    ) throws(WorkQueueError) -> RecordOutcome {
        try write { () throws(WorkQueueError) in
            try real.record(file, for: claim, destinations: destinations, now: now)
        }
    }
    func finish(_ claim: ReportClaim, _ outcome: ReportOutcome, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.finish(claim, outcome, now: now) }
    }
    func contents(ofReport number: Int64) throws(WorkQueueError) -> ReportContents? {
        try read { () throws(WorkQueueError) in try real.contents(ofReport: number) }
    }
    func addVariant(
        _ file: ReportFile, toReport number: Int64, now: Timestamp
    ) throws(WorkQueueError) -> ReportFile {
        try write { () throws(WorkQueueError) in try real.addVariant(file, toReport: number, now: now) }
    }
    func claimDelivery(
        destination: String, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> DeliveryClaim? {
        try write { () throws(WorkQueueError) in
            try real.claimDelivery(destination: destination, lease: lease, now: now)
        }
    }
    func offer(_ file: ReportFile, for claim: DeliveryClaim, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.offer(file, for: claim, now: now) }
    }
    func finish(_ claim: DeliveryClaim, _ outcome: DeliveryOutcome, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.finish(claim, outcome, now: now) }
    }
    func buryDeliveries(
        toOthersThan destinations: Set<String>, reason: String, now: Timestamp
    ) throws(WorkQueueError) -> Int {
        try write { () throws(WorkQueueError) in
            try real.buryDeliveries(toOthersThan: destinations, reason: reason, now: now)
        }
    }
    func nextInstanceWake() throws(WorkQueueError) -> Timestamp? { try real.nextInstanceWake() }
    func nextReportWake(timing: StudyTiming) throws(WorkQueueError) -> Timestamp? {
        try real.nextReportWake(timing: timing)
    }
    func nextDeliveryWake(destination: String) throws(WorkQueueError) -> Timestamp? {
        try real.nextDeliveryWake(destination: destination)
    }
    func recover(now: Timestamp) throws(WorkQueueError) -> Recovery { try real.recover(now: now) }
    func counts() throws(WorkQueueError) -> QueueCounts { try real.counts() }
    func list(_ filter: WorkFilter) throws(WorkQueueError) -> [WorkSummary] { try real.list(filter) }
    func explain(_ uid: String) throws(WorkQueueError) -> Explanation? { try real.explain(uid) }
    func retry(_ id: WorkID, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.retry(id, now: now) }
    }
    func discard(_ id: WorkID, reason: String, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.discard(id, reason: reason, now: now) }
    }
    func purge(finishedBefore moment: Timestamp, studiesMax: Int) throws(WorkQueueError) -> Purge {
        try write { () throws(WorkQueueError) in
            try real.purge(finishedBefore: moment, studiesMax: studiesMax)
        }
    }
    func forEachPath(_ body: (QueuedPath) -> Void) throws(WorkQueueError) { try real.forEachPath(body) }
    func bury(_ id: WorkID, reason: String, now: Timestamp) throws(WorkQueueError) {
        try write { () throws(WorkQueueError) in try real.bury(id, reason: reason, now: now) }
    }
    func checkpoint() throws(WorkQueueError) { try real.checkpoint() }
}
