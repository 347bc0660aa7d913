package import WorkQueue

/// That a spool and a queue belong together.
///
/// Each alone looks well when the other's disk is not mounted: a queue would see all its files missing and make dead
/// letters of what waits, a spool all its files without a record. So both hold one random name, the queue in a row and the
/// spool in the file `identity`, and a start with two that do not match is refused before anything is recovered or swept.
/// Where both lie on one disk that is not mounted, nothing tells that from a first start.
extension Spool {
    /// To be called once at start, before anything is recovered or swept. Two that have never met, as at the first start,
    /// get their name here; if the process dies on the way, the next start ends it.
    ///
    /// - Throws: ``SpoolError/stranger(_:)`` if they do not belong together.
    package func join(_ queue: any WorkQueue) throws(SpoolError) {
        let queueIdentity = try asking { () throws(WorkQueueError) in try queue.spoolIdentity() }
        let ownIdentity = try text(of: Self.identityFile)
        switch (ownIdentity, queueIdentity) {
        case (let own?, let other?) where own == other: return
        case (nil, nil):
            try checkOldPair(queue)
            try name(queue)
        case (_, let other?) where try text(of: Self.newIdentityFile) == other: try settleName()
        case (nil, _):
            throw .stranger(
                "this folder is not the spool that the queue has worked with. Is the spool's disk mounted?")
        case (_, nil):
            throw .stranger(
                "this queue has never worked with the spool, which is another one's. Is the queue's disk mounted?"
            )
        case (_, _): throw .stranger("the spool is another queue's. Is the right disk mounted?")
        }
    }

    /// Makes a spool and a queue belong together whatever they were before: what the operator asks for when one of them is
    /// lost for good. The next start makes dead letters of work whose files are missing, and sets files without a record
    /// aside. A lost one that turns up again is a stranger to both.
    package func adopt(_ queue: any WorkQueue) throws(SpoolError) { try name(queue) }

    private static let identityFile = "identity"
    private static let newIdentityFile = "identity.new"

    /// The file's name is new until the queue has the identity, so that a start in between is told from one with a disk
    /// that is not mounted.
    private func name(_ queue: any WorkQueue) throws(SpoolError) {
        let identity = Self.uniqueName() + Self.uniqueName()
        let path = absolute(Self.newIdentityFile)
        try disk.remove(path)
        try disk.write(Array("\(identity)\n".utf8), to: path)
        _ = try disk.sync(file: path)
        try disk.sync(folder: folder)
        try asking { () throws(WorkQueueError) in try queue.setSpoolIdentity(identity) }
        try settleName()
    }

    private func settleName() throws(SpoolError) {
        try disk.rename(absolute(Self.newIdentityFile), to: absolute(Self.identityFile))
        try disk.sync(folder: folder)
    }

    /// Of two without names, from before there were any, one must not be empty where the other is not.
    private func checkOldPair(_ queue: any WorkQueue) throws(SpoolError) {
        var knowsFiles = false
        try asking { () throws(WorkQueueError) in try queue.forEachPath { _ in knowsFiles = true } }
        let hasFiles = try !paths().isEmpty
        if knowsFiles, !hasFiles {
            throw .stranger(
                "the queue knows files, and the spool has none at all. Is the spool's disk mounted?")
        }
        if hasFiles, !knowsFiles {
            throw .stranger(
                "the spool has files, and the queue knows none at all. Is the queue's disk mounted?")
        }
    }

    private func text(of file: String) throws(SpoolError) -> String? {
        try disk.read(absolute(file)).map { bytes in
            String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
    }
}
