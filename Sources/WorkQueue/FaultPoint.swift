internal import Glibc
internal import Synchronization

/// The numbered steps between receiving and delivering at which a test may let the process die or a call fail.
///
/// They are compiled into the program that ships, so that what is tested is what runs. Armed by the environment:
/// `GLENOID_FAULT=keep.renamed:kill`, `keep.sync:ENOSPC`, `queue.commit:kill:3` (the third time it is reached); several
/// are separated by commas. Unarmed, a point costs one comparison. A point before which the disk is about to be touched
/// can also fail with ENOSPC, EIO or EROFS; which ones, ``canFail`` says.
package enum FaultPoint: String, CaseIterable, Sendable {
    /// A file is received and closed; nothing of it is durable yet.
    case keepReceived = "keep.received"
    /// About to sync the received file.
    case keepSync = "keep.sync"
    /// The received file is synced but still in `incoming`; it is about to be renamed.
    case keepSynced = "keep.synced"
    /// The file is in its place, its folder about to be synced.
    case keepRenamed = "keep.renamed"
    /// The file is durable in its place; no row names it.
    case keepFolderSynced = "keep.folderSynced"
    /// The row is durable; the sender has not been told.
    case keepCommitted = "keep.committed"
    /// A transaction of the queue is about to be committed.
    case queueCommit = "queue.commit"
    /// A transaction of the queue is durable; its callers do not know yet, and with an error here never will.
    case queueCommitted = "queue.committed"
    /// Instances are claimed; nothing has been done about them.
    case classifyClaimed = "classify.claimed"
    /// An instance has its result; the queue does not know it yet.
    case classifyComputed = "classify.computed"
    /// A report is claimed; nothing has been done about it.
    case reportClaimed = "report.claimed"
    /// A report's bytes, or those of a variant, are composed and about to be written into the spool.
    case reportComposed = "report.composed"
    /// A report's bytes are durable in the spool; no row names them.
    case reportStored = "report.stored"
    /// A report and its deliveries are recorded.
    case reportRecorded = "report.recorded"
    /// A delivery is claimed; nothing has been sent.
    case deliverClaimed = "deliver.claimed"
    /// The destination has answered; the queue does not know it yet.
    case deliverAnswered = "deliver.answered"
    /// A delivery is recorded as done.
    case deliverRecorded = "deliver.recorded"
    /// Purged rows are gone; their files are about to be deleted.
    case purgeCommitted = "purge.committed"

    /// Whether this point can be armed with an error, not only with the end of the process.
    package var canFail: Bool {
        switch self {
        case .keepSync, .keepSynced, .keepRenamed, .queueCommit, .queueCommitted, .reportComposed,
            .purgeCommitted:
            true
        case .keepReceived, .keepFolderSynced, .keepCommitted, .classifyClaimed, .classifyComputed,
            .reportClaimed,
            .reportStored, .reportRecorded, .deliverClaimed, .deliverAnswered, .deliverRecorded:
            false
        }
    }

    /// Where the work goes past this point: the process ends here, by SIGKILL, if the point is armed so.
    ///
    /// - Returns: the error number that the step must fail with, if the point is armed so.
    @discardableResult
    package func reach() -> Int32? {
        guard !Self.armed.isEmpty else { return nil }
        return reachArmed()
    }

    private func reachArmed() -> Int32? {
        // A point may be armed several times, each for another hit; all of them count.
        let due = Self.armed.filter { fault in
            guard fault.point == self else { return false }
            let hit = fault.hits.wrappingAdd(1, ordering: .relaxed).newValue
            return fault.wantedHit == nil || fault.wantedHit == hit
        }
        guard let fault = due.first else { return nil }
        guard let errorNumber = fault.errorNumber else {
            kill(getpid(), SIGKILL)
            // The signal may take a moment to arrive; nothing may happen in between.
            while true { pause() }
        }
        return errorNumber
    }

    private static let armed: [ArmedFault] = environment("GLENOID_FAULT").map(parse) ?? []

    /// Reads a list of faults; whatever is not understood stops the process, since a test that arms nothing by a
    /// slip of the pen would prove nothing.
    private static func parse(_ text: String) -> [ArmedFault] {
        text.split(separator: ",").map { item in
            let parts = item.split(separator: ":").map(String.init)
            let errors = ["kill": nil, "ENOSPC": ENOSPC, "EIO": EIO, "EROFS": EROFS] as [String: Int32?]
            guard parts.count == 2 || parts.count == 3, let point = FaultPoint(rawValue: parts[0]),
                let errorNumber = errors[parts[1]], point.canFail || errorNumber == nil
            else { preconditionFailure("GLENOID_FAULT: cannot read \(item)") }
            return ArmedFault(
                point: point, errorNumber: errorNumber, wantedHit: parts.count == 3 ? Int(parts[2]) : nil)
        }
    }
}

/// One fault that the environment asks for.
private final class ArmedFault: Sendable {
    let point: FaultPoint
    let errorNumber: Int32?
    let wantedHit: Int?
    let hits = Atomic<Int>(0)

    init(point: FaultPoint, errorNumber: Int32?, wantedHit: Int?) {
        self.point = point
        self.errorNumber = errorNumber
        self.wantedHit = wantedHit
    }
}

private func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}
