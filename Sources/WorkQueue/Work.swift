/// The state machine of one piece of work as a pure value: an instance to classify, a report to compose, or a
/// delivery to make all live by these rules.
///
/// No store decides anything that this does not.
///
/// ```
///              claim                finish(done)
///    ready ───────────▶ claimed ───────────────────▶ done
///      ▲ ▲               │ │ │ finish(dead), or too many attempts or abandonments
///      │ └───────────────┘ │ └──────────────────────▶ dead ──discard──▶ discarded
///      │  release, expire, │ finish(retry)             │
///      │  recover          ▼                           │
///      ├────────────── deferred                        │
///      │    tick                                       │
///      └───────────────────────────────────────────────┘ retry (by an operator)
/// ```
package struct Work: Equatable, Sendable {
    /// Where the work stands.
    ///
    /// The raw values are stored and must never change their meaning.
    package enum State: Int, Sendable, Codable, CaseIterable {
        /// May be claimed now.
        case ready = 0
        /// May be claimed when its time has come.
        case deferred = 1
        /// In somebody's hands until the lease ends.
        case claimed = 2
        /// Finished well.
        case done = 3
        /// Given up with a reason, and shown to the operator until retried or discarded.
        case dead = 4
        /// A dead letter that the operator threw away; kept as a record until purged.
        case discarded = 5

        /// Whether nobody needs to do anything any more.
        ///
        /// A dead letter is not finished: somebody must look at it.
        package var isFinished: Bool { self == .done || self == .discarded }
    }

    /// What can happen to work.
    package enum Event: Equatable, Sendable {
        /// A worker takes it.
        case claim(Lease)
        /// The worker needs longer.
        case renew(token: Int64, until: Timestamp)
        /// The worker is through.
        case finish(token: Int64, Verdict)
        /// Time has passed: deferred work may be due, a lease may have expired.
        case tick
        /// A node starts and finds leases of its former self.
        case recover(node: String)
        /// The operator wants a dead letter tried again.
        case retry
        /// The operator throws a dead letter away.
        case discard(reason: String)
        /// Work that waits can never be done: its file is gone, its destination no longer exists.
        case bury(reason: String)
        /// There is new to do on work that was over: a study got another image.
        case renewal
    }

    /// How a worker's attempt ended.
    package enum Verdict: Equatable, Sendable {
        /// Well.
        case done
        /// The world failed; try again, not before the given moment.
        case retry(reason: String, notBefore: Timestamp)
        /// Trying again would not help.
        case dead(reason: String)
        /// The worker stops before it really began (an orderly shutdown); the attempt does not count.
        case release
    }

    /// What an event led to; the store records it in the event log.
    package enum Step: Equatable, Sendable {
        /// The event changed nothing.
        case nothing
        /// In a worker's hands.
        case claimed
        /// Its lease was made longer.
        case renewed
        /// Finished.
        case done
        /// To be tried again later.
        case deferred(reason: String)
        /// Its time came, or its worker gave it back.
        case ready
        /// Its worker vanished; ready again.
        case abandoned
        /// Now a dead letter.
        case died(reason: String)
        /// An operator made it ready again.
        case retried
        /// An operator threw it away.
        case discarded(reason: String)
    }

    /// Where it stands.
    package var state = State.ready
    /// Claims so far, without those that were released.
    package var attempts = 0
    /// Claims whose worker vanished (its process was killed, or it overran its lease).
    package var abandonments = 0
    /// When deferred work is due.
    package var notBefore = Timestamp.distantPast
    /// Who has it, while claimed.
    package var lease: Lease?
    /// Why it waits, is dead or was discarded.
    package var reason: String?
    /// When it became done, dead or discarded.
    package var finishedAt: Timestamp?

    /// New work, ready at once.
    package init() {}

    /// Lets an event happen.
    ///
    /// - Throws: ``WorkQueueError/leaseExpired(_:)`` when a worker comes with a token that no longer holds (the work
    ///   has been claimed anew, settled or recovered); ``WorkQueueError/refused(_:)`` when the state forbids it.
    ///   Nothing has changed then.
    package mutating func apply(
        _ event: Event, to identity: WorkID, now: Timestamp, limits: WorkLimits
    ) throws(WorkQueueError) -> Step {
        switch event {
        case .claim(let lease):
            guard state == .ready else { throw .refused("\(identity) is \(state), not ready") }
            (state, self.lease, reason) = (.claimed, lease, nil)
            attempts += 1
            return .claimed
        case .renew(let token, let until):
            try check(token, of: identity)
            lease?.until = until
            return .renewed
        case .finish(let token, let verdict):
            try check(token, of: identity)
            return finish(verdict, now: now, limits: limits)
        case .tick:
            if state == .deferred, notBefore <= now { return becomeReady(.ready) }
            // A lease ends at its moment, not after it: at `until` another worker may take over.
            if let lease, lease.until <= now { return abandon(now: now, limits: limits) }
            return .nothing
        case .recover(let node):
            guard let lease, lease.node == node else { return .nothing }
            return abandon(now: now, limits: limits)
        case .retry:
            guard state == .dead else { throw .refused("\(identity) is \(state), not a dead letter") }
            return startOver(.retried)
        case .discard(let reason):
            guard state == .dead else { throw .refused("\(identity) is \(state), not a dead letter") }
            (state, self.reason, finishedAt) = (.discarded, reason, now)
            return .discarded(reason: reason)
        case .bury(let reason):
            guard state == .ready || state == .deferred else {
                throw .refused("\(identity) is \(state), not waiting")
            }
            return die(reason, now: now)
        case .renewal:
            // Ready, deferred and claimed work will see what is new anyway; a back-off keeps its time.
            guard state == .done || state == .dead || state == .discarded else { return .nothing }
            return startOver(.ready)
        }
    }

    /// A worker may finish what it holds even when its lease has run out, as long as nobody else has taken the work:
    /// the token is what counts, since it changes with every claim.
    private func check(_ token: Int64, of identity: WorkID) throws(WorkQueueError) {
        guard state == .claimed, lease?.token == token else { throw .leaseExpired(identity) }
    }

    private mutating func finish(_ verdict: Verdict, now: Timestamp, limits: WorkLimits) -> Step {
        switch verdict {
        case .done:
            (state, lease, finishedAt) = (.done, nil, now)
            return .done
        case .retry(let reason, let notBefore):
            if let maximum = limits.attemptsMaximum, attempts >= maximum {
                return die("given up after \(attempts) attempts: \(reason)", now: now)
            }
            (state, lease, self.reason, self.notBefore) = (.deferred, nil, reason, notBefore)
            return .deferred(reason: reason)
        case .dead(let reason):
            return die(reason, now: now)
        case .release:
            attempts -= 1
            return becomeReady(.ready)
        }
    }

    private mutating func abandon(now: Timestamp, limits: WorkLimits) -> Step {
        abandonments += 1
        if abandonments >= limits.abandonmentsMaximum {
            return die("its worker vanished \(abandonments) times while at it", now: now)
        }
        return becomeReady(.abandoned)
    }

    private mutating func die(_ reason: String, now: Timestamp) -> Step {
        (state, lease, self.reason, finishedAt) = (.dead, nil, reason, now)
        return .died(reason: reason)
    }

    private mutating func startOver(_ step: Step) -> Step {
        (attempts, abandonments) = (0, 0)
        return becomeReady(step)
    }

    private mutating func becomeReady(_ step: Step) -> Step {
        (state, lease, reason, finishedAt) = (.ready, nil, nil, nil)
        notBefore = .distantPast
        return step
    }
}

/// The right to do a piece of work until a moment.
package struct Lease: Equatable, Sendable {
    /// Tells this claim from every other claim; checked when the worker comes back.
    package var token: Int64
    /// The node whose worker holds it.
    package var node: String
    /// From this moment on somebody else may take the work.
    package var until: Timestamp

    /// A lease with all its facts.
    package init(token: Int64, node: String, until: Timestamp) {
        self.token = token
        self.node = node
        self.until = until
    }
}

/// How often work may fail before it becomes a dead letter.
package struct WorkLimits: Equatable, Sendable {
    /// The attempt after which a wish to retry is no longer granted; `nil`: as long as the worker wishes.
    package var attemptsMaximum: Int?
    /// How many workers may vanish over it: work that kills its process must not do so for ever.
    package var abandonmentsMaximum: Int

    /// Limits for one kind of work.
    package init(attemptsMaximum: Int?, abandonmentsMaximum: Int) {
        precondition(abandonmentsMaximum > 0 && attemptsMaximum ?? 1 > 0, "a limit of nothing allows nothing")
        self.attemptsMaximum = attemptsMaximum
        self.abandonmentsMaximum = abandonmentsMaximum
    }
}
