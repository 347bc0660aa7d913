/// A report on its way to one destination, in the hands of that destination's worker.
package struct DeliveryClaim: Equatable, Sendable {
    /// The work.
    package let id: WorkID
    /// Which attempt this is, from 1; the back-off grows with it.
    package let attempt: Int
    /// The right to finish it.
    package let lease: Lease
    /// The destination's name in the configuration.
    package let destination: String
    /// The study the report is about.
    package let studyInstanceUID: String
    /// The model whose report it is.
    package let model: String
    /// When this delivery was first due, or a person asked for it again.
    package let createdAt: Timestamp
    /// The report and its variants.
    package let report: ReportSummary
    /// The file that an earlier attempt sent without an answer: the destination may have it, and must not get the report
    /// under another identity beside it.
    package let offered: ReportFile?
}

/// How an attempt to deliver ended.
package enum DeliveryOutcome: Equatable, Sendable {
    /// The destination has it: which file it took, and the warning it answered, if any.
    case delivered(ReportFile, warning: String?)
    /// The world failed; again, not before the moment. `offered`: what was sent, if no answer says what became of it.
    case retry(reason: String, notBefore: Timestamp, offered: ReportFile? = nil)
    /// The destination will never take it; a dead letter with the reason. `offered` as above.
    case dead(reason: String, offered: ReportFile? = nil)
    /// Given back untouched (shutdown).
    case release
}
