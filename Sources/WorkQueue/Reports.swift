/// A study's (next) report by one model, in the hands of a report worker.
package struct ReportClaim: Equatable, Sendable {
    /// The work.
    package let id: WorkID
    /// Which attempt this is, from 1.
    package let attempt: Int
    /// The right to record it.
    package let lease: Lease
    /// What it is to say.
    package let contents: ReportContents
}

/// Everything a report says and supersedes; enough to compose it, or a variant of it, again.
package struct ReportContents: Equatable, Sendable {
    /// Study Instance UID.
    package var studyInstanceUID: String
    /// The model.
    package var model: String
    /// The instances it covers, oldest first: of each SOP Instance UID the newest content that the model classified.
    package var instances: [ReportedInstance]
    /// The reports that it supersedes: every earlier one on this study by this model, oldest first, delivered or not.
    package var predecessors: [ReportSummary]
}

/// One instance as a report covers it.
package struct ReportedInstance: Equatable, Sendable {
    /// The instance's work.
    package var id: WorkID
    /// When it was received.
    package var receivedAt: Timestamp
    /// Whether its UID came with other content too (before or after).
    package var isConflicting: Bool
    /// What was received.
    package var instance: ReceivedInstance
    /// The model's result, as given to ``WorkQueue/finish(_:_:now:)-(InstanceClaim,_,_)``.
    package var json: String
}

/// A composed report, or a variant of one, whose bytes lie safely (synced, in their final place) in the spool.
package struct ReportFile: Equatable, Sendable, Codable {
    /// SOP Instance UID; derived from what the report says, so composing it twice gives the same.
    package var sopInstanceUID: String
    /// SOP Class UID: Comprehensive 3D SR, or what a destination takes instead.
    package var sopClassUID: String
    /// Where it lies, relative to the spool folder.
    package var path: String
    /// Size of the file.
    package var byteCount: Int64

    /// A file with all its facts.
    package init(sopInstanceUID: String, sopClassUID: String, path: String, byteCount: Int64) {
        self.sopInstanceUID = sopInstanceUID
        self.sopClassUID = sopClassUID
        self.path = path
        self.byteCount = byteCount
    }
}

/// A recorded report.
package struct ReportSummary: Equatable, Sendable, Codable {
    /// Its number in the queue, for ``WorkQueue/contents(ofReport:)`` and ``WorkQueue/addVariant(_:toReport:now:)``.
    package var number: Int64
    /// When it was recorded.
    package var recordedAt: Timestamp
    /// The report as composed first, then its variants, one for each SOP class.
    package var files: [ReportFile]
}

/// What recording a report did.
package enum RecordOutcome: Equatable, Sendable {
    /// It is recorded and its deliveries wait.
    case recorded(report: Int64)
    /// The very same report was recorded before; nothing new is to be delivered.
    case unchanged(report: Int64)
}

/// How a report attempt that records nothing ends.
package enum ReportOutcome: Equatable, Sendable {
    /// The world failed; again, not before the moment.
    case retry(reason: String, notBefore: Timestamp)
    /// It cannot be composed; a dead letter until the study gets another image or an operator retries it.
    case dead(reason: String)
    /// Given back untouched (shutdown).
    case release
}
