internal import Locks

/// Claims of transactions that were answered with an error.
///
/// The commit may have happened all the same (the disk's answer to the last sync was an error): the work is then claimed,
/// and nobody knows that it is theirs. Left alone it would stand still until the lease ends, so the next claim gives it
/// back. Of one piece of work only the newest claim counts: it could be made only because no earlier one held.
final class DoubtfulClaims: Sendable {
    private let tokens = Lock<[WorkID: Int64]>([:])

    /// All of them now: piece of work and token.
    var list: [WorkID: Int64] { tokens.withLock { $0 } }

    /// Notes those of a transaction that failed.
    func add(_ claims: [WorkID: Int64]) {
        tokens.withLock { $0.merge(claims) { _, newest in newest } }
    }

    /// Forgets those that were given back, unless there is a newer one.
    func remove(_ claims: [WorkID: Int64]) {
        tokens.withLock { tokens in
            for (id, token) in claims where tokens[id] == token { tokens[id] = nil }
        }
    }
}
