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

    /// Before an instance that could not be read is tried again.
    private static let retry = RetrySettings.internalWork

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
                try unsaved.end { [queue, time] () throws(WorkQueueError) in
                    try queue.finish(claim, outcome, now: time.now())
                }
            }
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
            settings.threads == 0 ? ProcessInfo.processInfo.activeProcessorCount : settings.threads
        let decodingThreads = claims.count == 1 ? threadCount : 1
        var looks = concurrently(claims, threadCount: threadCount) { [self] claim in
            look(at: claim, decodingThreads: decodingThreads)
        }
        for (index, model) in models.enumerated() {
            let wanted = looks.indices.filter { looks[$0].prepared[index] != nil }
            let results = model.classifier.results(of: wanted.compactMap { looks[$0].prepared[index] })
            for (look, result) in zip(wanted, results) { looks[look].add(result, of: model.key) }
        }
        return looks.map(\.outcome)
    }

    /// Opens an instance once and prepares it for every model that wants it.
    private func look(at claim: InstanceClaim, decodingThreads: Int) -> Look {
        guard !models.isEmpty else { return Look(ended: .skipped(reason: "no model is configured")) }
        let dataset: Dataset
        do throws(DicomError) {
            dataset = try Dataset(path: spool.absolute(claim.instance.path))
        } catch {
            return Look(ended: failure(error, of: claim))
        }
        var look = Look()
        for (index, model) in models.enumerated() {
            if case .skip(let reason) = Eligibility.decide(dataset, model.acceptance) {
                look.reasons.append(reason)
                continue
            }
            do throws(PreparationError) {
                look.prepared[index] = try model.classifier.prepare(
                    dataset, digest: claim.instance.digest, decodingThreads: decodingThreads)
            } catch {
                if case .dicom(let error) = error { return Look(ended: failure(error, of: claim)) }
                return Look(ended: .dead(reason: "\(error)"))
            }
        }
        return look
    }

    /// A file that cannot be read now may be readable later; data that are wrong stay wrong.
    private func failure(_ error: DicomError, of claim: InstanceClaim) -> InstanceOutcome {
        guard case .world = error else { return .dead(reason: "\(error)") }
        let pause = Self.retry.delay(afterAttempt: claim.attempt, jitter: 0)
        return .retry(reason: "\(error)", notBefore: time.now() + pause)
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
