import WorkQueue

/// A queue of which every write fails.
final class FailingQueue: WorkQueue {
    let changes = ChangeSignal()
    private let error: WorkQueueError

    init(_ error: WorkQueueError) { self.error = error }

    func keep(_ instance: ReceivedInstance, now: Timestamp) throws(WorkQueueError) -> KeepOutcome {
        throw error
    }
    func keptInstance(sopInstanceUID: String, digest: String) throws(WorkQueueError) -> KeptInstance? {
        nil
    }
    func noteDuplicate(of id: WorkID, callingAE: String, now: Timestamp) throws(WorkQueueError) {
        throw error
    }
    func room() throws(WorkQueueError) -> QueueRoom { throw error }
    func spoolIdentity() throws(WorkQueueError) -> String? { nil }
    func setSpoolIdentity(_ identity: String) throws(WorkQueueError) { throw error }
    func associationEnded(_ association: String, now: Timestamp) throws(WorkQueueError) { throw error }
    func claimInstances(max: Int, lease: Duration, now: Timestamp) throws(WorkQueueError) -> [InstanceClaim] {
        throw error
    }
    func finish(_ claim: InstanceClaim, _ outcome: InstanceOutcome, now: Timestamp) throws(WorkQueueError) {
        throw error
    }
    func renew(
        _ id: WorkID, _ lease: Lease, for duration: Duration, now: Timestamp
    ) throws(WorkQueueError) -> Lease { throw error }
    func claimReport(
        timing: StudyTiming, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> ReportClaim? { throw error }
    func record(
        _ file: ReportFile, for claim: ReportClaim, destinations: [String], now: Timestamp
    ) throws(WorkQueueError) -> RecordOutcome { throw error }
    func finish(_ claim: ReportClaim, _ outcome: ReportOutcome, now: Timestamp) throws(WorkQueueError) {
        throw error
    }
    func contents(ofReport number: Int64) throws(WorkQueueError) -> ReportContents? { throw error }
    func addVariant(
        _ file: ReportFile, toReport number: Int64, now: Timestamp
    ) throws(WorkQueueError) -> ReportFile { throw error }
    func claimDelivery(
        destination: String, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> DeliveryClaim? { throw error }
    func offer(_ file: ReportFile, for claim: DeliveryClaim, now: Timestamp) throws(WorkQueueError) {
        throw error
    }
    func finish(_ claim: DeliveryClaim, _ outcome: DeliveryOutcome, now: Timestamp) throws(WorkQueueError) {
        throw error
    }
    func buryDeliveries(
        toOthersThan destinations: Set<String>, reason: String, now: Timestamp
    ) throws(WorkQueueError) -> Int { throw error }
    func nextInstanceWake() throws(WorkQueueError) -> Timestamp? { throw error }
    func nextReportWake(timing: StudyTiming) throws(WorkQueueError) -> Timestamp? { throw error }
    func nextDeliveryWake(destination: String) throws(WorkQueueError) -> Timestamp? { throw error }
    func recover(now: Timestamp) throws(WorkQueueError) -> Recovery { throw error }
    func counts() throws(WorkQueueError) -> QueueCounts { throw error }
    func list(_ filter: WorkFilter) throws(WorkQueueError) -> [WorkSummary] { throw error }
    func explain(_ uid: String) throws(WorkQueueError) -> Explanation? { throw error }
    func retry(_ id: WorkID, now: Timestamp) throws(WorkQueueError) { throw error }
    func discard(_ id: WorkID, reason: String, now: Timestamp) throws(WorkQueueError) { throw error }
    func purge(finishedBefore moment: Timestamp, studiesMax: Int) throws(WorkQueueError) -> Purge {
        throw error
    }
    func forEachPath(_ body: (QueuedPath) -> Void) throws(WorkQueueError) { throw error }
    func bury(_ id: WorkID, reason: String, now: Timestamp) throws(WorkQueueError) { throw error }
    func checkpoint() throws(WorkQueueError) { throw error }
}
