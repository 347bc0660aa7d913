internal import Glibc

/// Why the queue could not do what was asked.
///
/// Texts never hold a value from a data set but UIDs.
package enum WorkQueueError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The caller's lease ran out and the work was given to somebody else, or was settled by an operator. What the
    /// caller did in the meantime must not be recorded; whoever has the work now will do it again.
    case leaseExpired(WorkID)
    /// There is no such work (any more).
    case absent(WorkID)
    /// The work exists but its state does not allow this; the text says what it is and what would be allowed.
    case refused(String)
    /// The file that holds the queue could not be opened: what was found, in one sentence.
    case unusable(String)
    /// The disk is full, or the queue's share of it; nothing was changed. Goes away when space returns.
    case full
    /// The file or its file system cannot be written; nothing was changed.
    case readOnly(String)
    /// Another process kept the queue locked for longer than the busy time-out; nothing was changed.
    case busy
    /// Reading or writing failed; nothing was changed, as far as the disk can be trusted.
    case store(String)

    package var description: String {
        switch self {
        case .leaseExpired(let work): "the lease of \(work) has expired"
        case .absent(let work): "there is no \(work) in the queue"
        case .refused(let reason): reason
        case .unusable(let reason): "the queue cannot be used: \(reason)"
        case .full: "the queue cannot be written: its disk, or its share of the disk, is full"
        case .readOnly(let reason): "the queue cannot be written: \(reason)"
        case .busy: "the queue is locked by another process"
        case .store(let reason): "the queue failed: \(reason)"
        }
    }

    /// The queue's word for what a fault point stands for.
    init(errorNumber: Int32) {
        switch errorNumber {
        case ENOSPC: self = .full
        case EROFS: self = .readOnly("the file system is read-only")
        default: self = .store("error \(errorNumber)")
        }
    }

    /// Whether the same call may succeed later without anybody changing anything in the queue.
    package var isTransient: Bool {
        switch self {
        case .full, .readOnly, .busy, .store: true
        case .leaseExpired, .absent, .refused, .unusable: false
        }
    }
}
