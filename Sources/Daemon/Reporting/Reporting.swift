// Composes the reports that are due: the work of the lane between classifying and delivering.
import Dicom
import Logging
import WorkQueue

/// Takes the study that has been due longest, composes its report, and records it with its deliveries.
final class Reporting: LaneWork {
    /// The longest a report may honestly take: a study of thousands of images.
    static let stepMax = Duration.seconds(300)
    /// Before a failed composition is tried again: while the disk is full, others come and go.
    private static let retry = RetrySettings.internalWork

    private let queue: any WorkQueue
    private let spool: Spool
    private let time: any TimeSource
    private let configuration: LiveConfiguration
    private let composer: ReportComposer
    private let logger: Logger
    private let unsaved = UnsavedEnds()

    init(
        queue: any WorkQueue, spool: Spool, time: any TimeSource, configuration: LiveConfiguration,
        composer: ReportComposer, logger: Logger
    ) {
        self.queue = queue
        self.spool = spool
        self.time = time
        self.configuration = configuration
        self.composer = composer
        self.logger = logger
    }

    func step() -> LaneStep {
        let timing = configuration.current.study
        do throws(WorkQueueError) {
            try unsaved.save()
            guard let claim = try queue.claimReport(timing: timing, lease: Self.stepMax, now: time.now())
            else {
                return .rest(until: try queue.nextReportWake(timing: timing), now: time.now())
            }
            FaultPoint.reportClaimed.reach()
            if let failure = report(claim) {
                try unsaved.end { [queue, time] () throws(WorkQueueError) in
                    try queue.finish(claim, failure, now: time.now())
                }
            }
            return .again
        } catch {
            logger.error("the queue failed: \(error)")
            return .rest(atMost: Lane.restMax)
        }
    }

    /// Composes and records; how the claim ends otherwise, if that failed.
    private func report(_ claim: ReportClaim) -> ReportOutcome? {
        let facts: Logger.Metadata = ["work": "\(claim.id)", "study": "\(claim.contents.studyInstanceUID)"]
        let now = time.now()
        do {
            let composed = try composer.compose(claim.contents, as: .comprehensive3D, at: now)
            let destinations = composer.model(claim.contents.model).map {
                configuration.current.destinationNames(of: $0.settings)
            }
            let outcome = try spool.record(
                composed.bytes, sopInstanceUID: composed.sopInstanceUID, sopClassUID: composed.sopClassUID,
                for: claim, destinations: destinations ?? [], in: queue, now: now)
            let images = claim.contents.instances.count
            switch outcome {
            case .recorded:
                logger.info(
                    "report \(composed.sopInstanceUID) composed on \(images) images for \(destinations ?? [])",
                    metadata: facts)
            case .unchanged:
                logger.notice(
                    "report \(composed.sopInstanceUID) was composed before, the same", metadata: facts)
            }
            return nil
        } catch CompositionError.permanent(let reason) {
            logger.error("report cannot be composed: \(reason)", metadata: facts)
            return .dead(reason: reason)
        } catch {
            logger.error("report could not be composed, another attempt follows: \(error)", metadata: facts)
            return .retry(
                reason: "\(error)", notBefore: now + Self.retry.delay(afterAttempt: claim.attempt, jitter: 0))
        }
    }
}
