/// The durable memory of the daemon: what was received, what became of it, and what is still to be done.
///
/// Every call blocks, is one transaction, and may be made from any thread, but not from a cooperative one. When it
/// returns, what it changed is on the disk; when it throws, nothing has changed. A crash at any moment leaves
/// everything either before or after a call.
///
/// Time comes in as `now`; the queue has no clock. Each kind of work lives by ``Work``. The order of things:
///
/// 1. ``keep(_:now:)``, while the sender waits for its status;
/// 2. ``claimInstances(max:lease:now:)`` … ``finish(_:_:now:)-(InstanceClaim,_,_)``;
/// 3. ``claimReport(timing:lease:now:)`` … ``record(_:for:destinations:now:)``;
/// 4. ``claimDelivery(destination:lease:now:)`` … ``finish(_:_:now:)-(DeliveryClaim,_,_)``;
/// 5. ``purge(finishedBefore:studiesMax:)``.
///
/// Between them they hold the promise: an instance that was kept is named in exactly one report that no other
/// supersedes at every destination, or was skipped with a reason, or sits in a dead letter with a reason.
package protocol WorkQueue: AnyObject, Sendable {
    /// Wakes workers when something changed.
    var changes: ChangeSignal { get }

    // MARK: Receiving

    /// Keeps an instance for good. Calls that come at the same time share one commit, so that many associations
    /// pay for one sync; when that commit fails, all of them throw.
    ///
    /// - Throws: ``WorkQueueError/full`` also while there is room only for finishing what is kept already.
    func keep(_ instance: ReceivedInstance, now: Timestamp) throws(WorkQueueError) -> KeepOutcome

    /// The work that has exactly this content, if it is kept and no dead letter: lets a receiver drop a copy before it
    /// syncs it. ``keep(_:now:)`` decides again.
    func keptInstance(sopInstanceUID: String, digest: String) throws(WorkQueueError) -> KeptInstance?

    /// Writes down that a kept instance was sent again and its copy dropped.
    func noteDuplicate(of id: WorkID, callingAE: String, now: Timestamp) throws(WorkQueueError)

    /// The association has ended, however it ended: studies it brought need no longer wait for it.
    func associationEnded(_ association: String, now: Timestamp) throws(WorkQueueError)

    // MARK: Classifying

    /// Takes instances to classify, oldest first and callers in turn, none whose time has not come.
    ///
    /// Work over which a worker has vanished before is handed out alone, one such at a time, so that an image
    /// that kills its worker takes no other into its dead letter.
    func claimInstances(
        max countMax: Int, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> [InstanceClaim]

    /// Ends a claim. With results, the study's reports by those models have news.
    ///
    /// - Throws: ``WorkQueueError/leaseExpired(_:)`` if somebody else has the instance now;
    ///   ``WorkQueueError/refused(_:)`` for results of an instance without a study.
    func finish(_ claim: InstanceClaim, _ outcome: InstanceOutcome, now: Timestamp) throws(WorkQueueError)

    /// Makes a lease longer, for work that is slow but alive. Works for all three kinds.
    func renew(_ id: WorkID, _ lease: Lease, for duration: Duration, now: Timestamp) throws(WorkQueueError)
        -> Lease

    // MARK: Reporting

    /// Takes the study (by one model) that has been due longest, if one is due.
    func claimReport(
        timing: StudyTiming, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> ReportClaim?

    /// Records a report, whose bytes are safe in the spool, and creates its deliveries, one for each destination.
    /// News that came while it was composed makes the study due for a successor.
    ///
    /// Idempotent by SOP Instance UID: a report that is recorded already creates no deliveries again.
    /// - Throws: ``WorkQueueError/leaseExpired(_:)`` if somebody else has the report now.
    func record(
        _ file: ReportFile, for claim: ReportClaim, destinations: [String], now: Timestamp
    ) throws(WorkQueueError) -> RecordOutcome

    /// Ends a claim without a report.
    func finish(_ claim: ReportClaim, _ outcome: ReportOutcome, now: Timestamp) throws(WorkQueueError)

    /// What a recorded report says, for composing a variant of it.
    func contents(ofReport number: Int64) throws(WorkQueueError) -> ReportContents?

    /// Records a report in another SOP class, for destinations that do not take the first; one for each class,
    /// a second one for the same class is ignored.
    ///
    /// - Returns: the variant that is recorded for that class.
    func addVariant(
        _ file: ReportFile, toReport number: Int64, now: Timestamp
    ) throws(WorkQueueError) -> ReportFile

    // MARK: Delivering

    /// Takes the oldest delivery to the destination that is due. A report never goes before the one it
    /// supersedes: while that is unfinished at the destination, it waits.
    func claimDelivery(
        destination: String, lease: Duration, now: Timestamp
    ) throws(WorkQueueError) -> DeliveryClaim?

    /// Writes down which file is about to be sent: if nobody lives to tell what became of it, the next attempt sends
    /// the same.
    ///
    /// - Throws: ``WorkQueueError/leaseExpired(_:)`` if somebody else has the delivery now.
    func offer(_ file: ReportFile, for claim: DeliveryClaim, now: Timestamp) throws(WorkQueueError)

    /// Ends a claim.
    ///
    /// - Throws: ``WorkQueueError/leaseExpired(_:)`` if somebody else has the delivery now.
    func finish(_ claim: DeliveryClaim, _ outcome: DeliveryOutcome, now: Timestamp) throws(WorkQueueError)

    /// Makes dead letters of all waiting deliveries to destinations that the configuration no longer has.
    ///
    /// - Returns: how many.
    func buryDeliveries(
        toOthersThan destinations: Set<String>, reason: String, now: Timestamp
    ) throws(WorkQueueError) -> Int

    // MARK: Waking

    /// The earliest moment at which ``claimInstances(max:lease:now:)`` may find something; `now` or earlier if it
    /// would at once, `nil` if only a change can bring something.
    func nextInstanceWake() throws(WorkQueueError) -> Timestamp?

    /// The same for ``claimReport(timing:lease:now:)``.
    func nextReportWake(timing: StudyTiming) throws(WorkQueueError) -> Timestamp?

    /// The same for ``claimDelivery(destination:lease:now:)``.
    func nextDeliveryWake(destination: String) throws(WorkQueueError) -> Timestamp?

    // MARK: Looking after it

    /// The name of the spool in which the files of this queue lie; nil before ``setSpoolIdentity(_:)``.
    func spoolIdentity() throws(WorkQueueError) -> String?

    /// Names that spool.
    func setSpoolIdentity(_ identity: String) throws(WorkQueueError)

    /// To be called once at start, before anything else: takes back what workers of this node's former self had in
    /// hand, forgets its open associations, and pulls back times that lie further in the future than anything is
    /// put off, so that a clock that was wrong once does not hold work up for ever.
    func recover(now: Timestamp) throws(WorkQueueError) -> Recovery

    /// How much room is left for new instances.
    func room() throws(WorkQueueError) -> QueueRoom

    /// How much work stands where.
    func counts() throws(WorkQueueError) -> QueueCounts

    /// Work, by kind and then oldest first.
    func list(_ filter: WorkFilter) throws(WorkQueueError) -> [WorkSummary]

    /// The life of the study, instance or report with this UID; `nil` if the queue does not know it (any more).
    func explain(_ uid: String) throws(WorkQueueError) -> Explanation?

    /// Makes a dead letter ready again, with a clean slate.
    ///
    /// - Throws: ``WorkQueueError/absent(_:)``; ``WorkQueueError/refused(_:)`` if it is no dead letter, or a delivery
    ///   whose report has been superseded at the destination in the meantime (an old report must not arrive after
    ///   the new one; it can be discarded).
    func retry(_ id: WorkID, now: Timestamp) throws(WorkQueueError)

    /// Throws a dead letter away; who and why is recorded, and the record stays until it is purged.
    ///
    /// - Throws: ``WorkQueueError/absent(_:)``; ``WorkQueueError/refused(_:)`` if it is no dead letter.
    func discard(_ id: WorkID, reason: String, now: Timestamp) throws(WorkQueueError)

    /// Removes studies of which everything is finished and nothing has happened since the moment, the longest
    /// untouched first, and instances without a study likewise. Studies go whole: if part of one went, a late image
    /// would bring a report that supersedes one naming more than itself.
    ///
    /// Rows go first and files after, by the caller: a crash in between leaves a file without a row, which the sweep
    /// at the next start removes, whereas a row without its file would be work that cannot be done.
    func purge(finishedBefore moment: Timestamp, studiesMax: Int) throws(WorkQueueError) -> Purge

    /// Tells every file that a row names, in no order; for the sweep at start.
    func forEachPath(_ body: (QueuedPath) -> Void) throws(WorkQueueError)

    /// Makes a dead letter of unfinished work whose file is gone.
    func bury(_ id: WorkID, reason: String, now: Timestamp) throws(WorkQueueError)

    /// Folds the write-ahead log into the database and gives its space back; for quiet moments.
    func checkpoint() throws(WorkQueueError)
}
