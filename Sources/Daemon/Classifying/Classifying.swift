// Decides, prepares and classifies: the work of the lanes between receiving and reporting.
import Classification
import Dicom
import Foundation
import Logging
import WorkQueue

/// Takes what is waiting, up to a bound, and gives each instance its results, a reason to skip it, or a reason why it
/// could not be done. Never waits for a batch to fill.
final class Classifying: LaneWork {
    /// The longest a batch may honestly take: the largest images, the largest network, one core.
    static let stepMax = Duration.seconds(600)

    /// By how much its threads give way to those that receive and send: a sender waits for its answer, an image does not
    /// mind. While images come faster than they are classified, more of them are then seen together, a core to each.
    static let niceness = 5

    private let queue: any WorkQueue
    private let spool: Spool
    private let time: any TimeSource
    private let models: [ModelInUse]
    private let settings: ClassificationSettings
    private let logger: Logger
    private let unsaved = UnsavedEnds()

    init(
        queue: any WorkQueue, spool: Spool, time: any TimeSource, models: [ModelInUse],
        settings: ClassificationSettings, logger: Logger
    ) {
        self.queue = queue
        self.spool = spool
        self.time = time
        self.models = models
        self.settings = settings
        self.logger = logger
    }

    func step() -> LaneStep {
        do throws(WorkQueueError) {
            try unsaved.save()
            let claims = try queue.claimInstances(max: settings.batch, lease: Self.stepMax, now: time.now())
            guard !claims.isEmpty else { return .rest(until: try queue.nextInstanceWake(), now: time.now()) }
            FaultPoint.classifyClaimed.reach()
            for (claim, outcome) in zip(claims, outcomes(of: claims)) {
                FaultPoint.classifyComputed.reach()
                log(claim, outcome)
                unsaved.add { [queue, time] () throws(WorkQueueError) in
                    try queue.finish(claim, outcome, now: time.now())
                }
            }
            try unsaved.save()
            return .again
        } catch {
            // Leases end by themselves, or are taken back at the next start.
            logger.error("the queue failed: \(error)")
            return .rest(atMost: Lane.restMax)
        }
    }

    /// Opens and prepares them several at a time; then each model sees those that it wants as one batch.
    private func outcomes(of claims: [InstanceClaim]) -> [InstanceOutcome] {
        let threadCount =
            settings.threads == 0 ? Classifier.threadCountByDefault : settings.threads
        let decodingThreads = claims.count == 1 ? threadCount : 1
        let examination = Examination(spool: spool, time: time, models: models)
        var looks = concurrently(claims, threadCount: threadCount) { claim in
            examination.look(at: claim, decodingThreads: decodingThreads)
        }
        for (index, model) in models.enumerated() {
            let wanted = looks.indices.filter { looks[$0].prepared[index] != nil }
            let results = model.classifier.results(of: wanted.compactMap { looks[$0].prepared[index] })
            for (look, result) in zip(wanted, results) { looks[look].add(result, of: model.key) }
        }
        return looks.map(\.outcome)
    }

    private func log(_ claim: InstanceClaim, _ outcome: InstanceOutcome) {
        let facts: Logger.Metadata = ["work": "\(claim.id)", "instance": "\(claim.instance.sopInstanceUID)"]
        switch outcome {
        case .classified(let results):
            logger.info("classified by \(results.map(\.model).joined(separator: ", "))", metadata: facts)
        case .skipped(let reason): logger.info("skipped: \(reason)", metadata: facts)
        case .dead(let reason): logger.error("dead letter: \(reason)", metadata: facts)
        case .retry(let reason, _): logger.warning("another attempt follows: \(reason)", metadata: facts)
        case .release: break
        }
    }
}
