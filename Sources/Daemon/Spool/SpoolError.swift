package import WorkQueue

/// Why the spool could not do what was asked. Texts hold paths within the spool, which hold no value from a data set.
package enum SpoolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Less than the reserve is free: nothing more is taken in until work is finished or space is made.
    case reserveReached(freeBytes: Int64, reserveBytes: Int64)
    /// The disk, or the quota on it, is full.
    case full
    /// The file system is mounted read-only, or has become so after an error.
    case readOnly
    /// Another process works on this spool.
    case inUse(folder: String)
    /// Spool and queue do not belong together: what was found, in a sentence, and what may be the matter.
    case stranger(String)
    /// A system call failed.
    case world(operation: String, path: String, errorNumber: Int32)
    /// The files are safe but the queue failed; they have been taken back.
    case queue(WorkQueueError)

    package var description: String {
        switch self {
        case .reserveReached(let free, let reserve):
            "only \(free) bytes are free in the spool, and \(reserve) are held in reserve"
        case .full: "the spool's disk is full"
        case .readOnly: "the spool's file system is read-only"
        case .inUse(let folder): "another process works on the spool \(folder)"
        case .stranger(let reason): reason
        case .world(let operation, let path, let errorNumber):
            "\(operation) failed for \(path): \(errorText(errorNumber))"
        case .queue(let error): error.description
        }
    }

    /// Whether the same call may succeed later.
    package var isTransient: Bool {
        switch self {
        case .reserveReached, .full, .readOnly, .world: true
        case .inUse, .stranger: false
        case .queue(let error): error.isTransient
        }
    }
}

/// Asks the queue something; its errors become the spool's.
func asking<Value>(_ body: () throws(WorkQueueError) -> Value) throws(SpoolError) -> Value {
    do {
        return try body()
    } catch {
        throw .queue(error)
    }
}
