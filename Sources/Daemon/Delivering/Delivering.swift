// Sends reports to one destination.
import Dicom
import Logging
import WorkQueue

/// The work of one destination's lane: takes the oldest report that is due there, sends it, and records the answer.
///
/// Each destination has its own lane and its own association, so that one that is down or slow holds up no other.
final class Delivering: LaneWork {
    /// What a delivery may take beyond its network time-outs: composing a variant, the disk.
    private static let leaseMargin = Duration.seconds(60)
    /// For a destination to take an object whole: a heat map of 27 MB at 1 Mbit/s.
    fileprivate static let objectMax = Duration.seconds(240)

    private let destination: String
    private let queue: any WorkQueue
    private let spool: Spool
    private let time: any TimeSource
    private let configuration: LiveConfiguration
    private let composer: ReportComposer
    private let logger: Logger
    private let unsaved = UnsavedEnds()
    /// The association that is kept open between deliveries, and what it was made with: a reload may change that.
    private var link: (settings: StoreUserSettings, user: StoreUser)?
    /// While the destination itself fails, nothing is claimed: a thousand reports waiting for a PACS that is down
    /// must not each wait for its own time-out, nor use up attempts.
    private var pause: (until: Timestamp, failures: Int)?

    init(
        destination: String, queue: any WorkQueue, spool: Spool, time: any TimeSource,
        configuration: LiveConfiguration, composer: ReportComposer, logger: Logger
    ) {
        self.destination = destination
        self.queue = queue
        self.spool = spool
        self.time = time
        self.configuration = configuration
        self.composer = composer
        self.logger = logger
    }

    /// The longest a delivery to a destination may honestly take.
    static func stepMax(_ settings: DestinationSettings) -> Duration {
        // The name look-up has no time-out of its own; connecting, negotiating, the answer, the release. An object is
        // sent twice where the association breaks.
        let report =
            settings.connectTimeout * 3 + settings.responseTimeout * 3 + objectMax * 2 + leaseMargin
        // The last capture may begin when the time for captures is all but over.
        return settings.heatmap ? report * 2 + CaptureDelivery.timeMax : report
    }

    func step() -> LaneStep {
        let current = configuration.current
        let now = time.now()
        do throws(WorkQueueError) {
            try unsaved.save()
            guard let settings = current.destinations[destination] else {
                // A reload has taken it away: its waiting deliveries are dead letters, and nothing of ours stays open there.
                link?.user.close()
                link = nil
                return .rest(atMost: Lane.restMax)
            }
            if let pause, pause.until > now { return .rest(atMost: pause.until - now) }
            guard
                let claim = try queue.claimDelivery(
                    destination: destination, lease: Self.stepMax(settings), now: now)
            else {
                link?.user.closeIfIdle()
                let rest = LaneStep.rest(
                    until: try queue.nextDeliveryWake(destination: destination), now: now)
                guard link?.user.isOpen == true, case .rest(let limit) = rest else { return rest }
                // Awake again when the association has been idle long enough: a destination that is about to restart
                // must not be held by us.
                return .rest(atMost: min(limit, settings.idleTimeout))
            }
            FaultPoint.deliverClaimed.reach()
            let outcome = deliver(claim, settings, callingAE: current.callingAETitle(for: settings))
            FaultPoint.deliverAnswered.reach()
            try unsaved.end { [queue, time] () throws(WorkQueueError) in
                try queue.finish(claim, outcome, now: time.now())
            }
            FaultPoint.deliverRecorded.reach()
            return .again
        } catch {
            logger.error("the queue failed: \(error)")
            return .rest(atMost: Lane.restMax)
        }
    }

    private func deliver(
        _ claim: DeliveryClaim, _ settings: DestinationSettings, callingAE: String
    ) -> DeliveryOutcome {
        let facts: Logger.Metadata = ["work": "\(claim.id)", "destination": "\(destination)"]
        var sent: ReportFile?
        var offered: ReportFile?
        // Whether the next report for it would fail as well.
        var isDestinationAtFault = true
        var verdict: DeliveryVerdict
        do {
            let user = user(for: settings, callingAE: callingAE)
            let file = try file(for: claim, user, settings)
            sent = file
            if claim.offered != file { try queue.offer(file, for: claim, now: time.now()) }
            let answer = Result { () throws(StoreUserError) in
                try user.store(path: spool.absolute(file.path))
            }
            if user.mayHaveArrived { offered = file }
            verdict = DeliveryVerdict(try answer.get())
            if case .delivered = verdict { offered = file }
            if case .delivered(let warning) = verdict, settings.heatmap {
                let captures = CaptureDelivery(
                    queue: queue, spool: spool, time: time, composer: composer, user: user)
                verdict = try captures.deliver(
                    claim, warning: warning,
                    isLast: time.now() - claim.createdAt >= settings.retry.giveUpAfter)
            }
        } catch let error as StoreUserError {
            verdict = DeliveryVerdict(error)
            if case .unreadable = error { isDestinationAtFault = false }
        } catch CompositionError.permanent(let reason) {
            verdict = .permanent(reason)
        } catch {
            verdict = .transient("\(error)")
            isDestinationAtFault = false
        }
        switch verdict {
        case .delivered(let warning):
            pause = nil
            guard let sent else { preconditionFailure("delivered without a file") }
            let remark = warning.map { " with \($0)" } ?? ""
            logger.info("report \(sent.sopInstanceUID) delivered\(remark)", metadata: facts)
            return .delivered(sent, warning: warning)
        case .permanent(let reason):
            logger.error("report is a dead letter: \(reason)", metadata: facts)
            return .dead(reason: reason, offered: offered)
        case .transient(let reason):
            if isDestinationAtFault { rest(settings) }
            return postpone(claim, settings, reason, offered, facts)
        }
    }

    /// Leaves the destination alone for a while, the longer the oftener it has failed.
    private func rest(_ settings: DestinationSettings) {
        // The next attempt begins with a new association: behind a balancer or a forking server, the one at hand may be
        // tied to the very process that fails.
        link?.user.close()
        let failures = (pause?.failures ?? 0) + 1
        let delay = settings.retry.delay(afterAttempt: failures, jitter: Double.random(in: 0...1))
        pause = (time.now() + delay, failures)
    }

    private func postpone(
        _ claim: DeliveryClaim, _ settings: DestinationSettings, _ reason: String, _ offered: ReportFile?,
        _ facts: Logger.Metadata
    ) -> DeliveryOutcome {
        let now = time.now()
        guard now - claim.createdAt < settings.retry.giveUpAfter else {
            logger.error(
                "report is a dead letter, given up after \(claim.attempt) attempts: \(reason)",
                metadata: facts)
            return .dead(
                reason: "given up after \(claim.attempt) attempts: \(reason)", offered: offered)
        }
        let delay = settings.retry.delay(afterAttempt: claim.attempt, jitter: Double.random(in: 0...1))
        logger.warning(
            "delivery failed, attempt \(claim.attempt), next in \(delay): \(reason)", metadata: facts)
        return .retry(reason: reason, notBefore: now + delay, offered: offered)
    }

    /// The association to the destination: the one that is open, unless its settings have changed.
    private func user(for settings: DestinationSettings, callingAE: String) -> StoreUser {
        let wanted = StoreUserSettings(settings, callingAE: callingAE)
        if let link, link.settings == wanted { return link.user }
        link?.user.close()
        let user = StoreUser(wanted)
        link = (wanted, user)
        return user
    }

    /// The report in the first of the configured classes that the destination accepts, composed now if it must be.
    private func file(
        for claim: DeliveryClaim, _ user: StoreUser, _ settings: DestinationSettings
    ) throws -> ReportFile {
        // What the destination may have already goes there again as it was, whatever a reload or another node behind a
        // balancer would take now: in another class it would stand beside it.
        let offered = claim.offered.flatMap { UID($0.sopClassUID) }.flatMap(SRClass.init(sopClassUID:))
        let classes = offered.map { [$0] } ?? settings.documents
        // Asked along, so that one association does for both.
        let captures = settings.heatmap ? [SecondaryCapture.sopClassUID] : []
        let accepted = Set(try user.acceptedSOPClasses(of: classes.map(\.sopClassUID) + captures))
        guard let reportClass = classes.first(where: { accepted.contains($0.sopClassUID) }) else {
            if let offered {
                throw CompositionError.transient(
                    "the destination may have the report as \(offered.rawValue) already, and does not accept that now"
                )
            }
            throw CompositionError.permanent(
                "the destination accepts none of the report's SOP classes (\(classes.map(\.rawValue).joined(separator: ", ")))"
            )
        }
        let recorded = claim.report.files.first { $0.sopClassUID == reportClass.sopClassUID.text }
        if let recorded, try spool.has(recorded.path) { return recorded }
        guard let contents = try queue.contents(ofReport: claim.report.number) else {
            throw CompositionError.permanent("the queue does not know the report any more")
        }
        let composed = try composer.compose(
            contents, as: reportClass, at: claim.report.recordedAt,
            original: claim.report.files.first.flatMap { UID(received: $0.sopInstanceUID) })
        if let recorded {
            // Lost with the spool's disk; the same images, model and moment give the same report.
            guard composed.sopInstanceUID == recorded.sopInstanceUID else {
                throw CompositionError.permanent(
                    "the report's file is lost, and it cannot be composed as it was")
            }
            try spool.restore(composed.bytes, of: recorded)
            return recorded
        }
        return try spool.addVariant(
            composed.bytes, sopInstanceUID: composed.sopInstanceUID, sopClassUID: composed.sopClassUID,
            toReport: claim.report.number, in: queue, now: time.now())
    }
}

extension StoreUserSettings {
    /// A destination of the configuration, as the network wants it.
    init(_ settings: DestinationSettings, callingAE: String) {
        self.init(host: settings.host, port: settings.port, calledAE: settings.aeTitle, callingAE: callingAE)
        connectSeconds = settings.connectTimeout / .seconds(1)
        requestSeconds = settings.connectTimeout / .seconds(1)
        pduSeconds = settings.responseTimeout / .seconds(1)
        objectSeconds = Delivering.objectMax / .seconds(1)
        answerSeconds = settings.responseTimeout / .seconds(1)
        idleSeconds = settings.idleTimeout / .seconds(1)
    }
}
