package import WorkQueue

/// What the spool asks of a disk; the front door through which tests let disks fail and power go.
///
/// Paths are absolute. Every call blocks and may be made from any thread.
package protocol SpoolDisk: Sendable {
    /// Creates a folder unless it is there.
    ///
    /// - Returns: whether it was created.
    func makeFolder(_ path: String) throws(SpoolError) -> Bool
    /// Creates a file that must not exist yet and writes it; nothing is durable yet.
    func write(_ bytes: [UInt8], to path: String) throws(SpoolError)
    /// The content of a small file; nil if it is not there.
    func read(_ path: String) throws(SpoolError) -> [UInt8]?
    /// Makes the content of a file durable.
    ///
    /// - Returns: its size.
    func sync(file path: String) throws(SpoolError) -> Int64
    /// Tells the system that it need not keep these bytes of a synced file in memory. Where it does not listen, nothing is
    /// lost.
    func release(_ range: Range<Int64>, of path: String)
    /// Makes the names in a folder durable.
    func sync(folder path: String) throws(SpoolError)
    /// Gives a file another name on the same file system, at once and whole; durable once both folders are synced.
    func rename(_ path: String, to newPath: String) throws(SpoolError)
    /// Removes a file if it is there.
    func remove(_ path: String) throws(SpoolError)
    /// The names in a folder, without `.` and `..`, in no order.
    func names(in folder: String) throws(SpoolError) -> [String]
    /// When a file last changed its place, by the wall clock of then; nil if it is not there.
    func lastChange(of path: String) throws(SpoolError) -> Timestamp?
    /// How much space the file system has.
    func space(at path: String) throws(SpoolError) -> SpoolSpace
    /// Takes the lock file for as long as the answer lives; `nil` if another process has it.
    func lock(_ path: String) throws(SpoolError) -> (any SpoolLock)?
}

/// A lock that is given back when this goes.
package protocol SpoolLock: AnyObject, Sendable {}

/// Space on the spool's file system.
package struct SpoolSpace: Equatable, Sendable {
    /// What an ordinary process may still use.
    package var freeBytes: Int64
    /// The size of the file system.
    package var totalBytes: Int64

    /// A measurement.
    package init(freeBytes: Int64, totalBytes: Int64) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
    }
}
