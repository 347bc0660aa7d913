package import WorkQueue

/// The files of the daemon: what is being received, what was received, and the reports.
///
/// ```
/// lock          held while a process works on the spool
/// identity      the name that the queue knows it by
/// incoming/     in flight: emptied at start
/// instances/00 … ff/   one file for each kept content, named after its digest
/// reports/      one file for each report or variant
/// orphans/      files that no row named at start: kept for a while, in case the queue and not the file is wrong
/// ```
///
/// A file becomes visible in its place only whole and synced. No name is made of anything a peer chose but digits and
/// dots: a UID with path characters is data, never a path. Paths handed out and stored are relative to the folder, so
/// that a spool can be moved.
///
/// Calls block and may be made from any thread.
package final class Spool: Sendable {
    /// The folder, absolute.
    package let folder: String
    private let reserveBytes: @Sendable () -> Int64
    let disk: any SpoolDisk
    private let lock: any SpoolLock

    /// How many folders instances are spread over: one for each first byte of a digest.
    private static let shardCount = 256

    /// Opens a spool: creates what is absent, locks it against other processes and deletes what was in flight.
    ///
    /// - Parameters:
    ///   - folder: must exist and be writable; on one local file system with everything in it.
    ///   - reserveBytes: space that is never used for new instances; asked each time, so a reload takes effect.
    /// - Throws: ``SpoolError/inUse(folder:)`` if another process has it.
    package init(
        folder: String, reserveBytes: @escaping @Sendable () -> Int64, disk: any SpoolDisk = LinuxDisk()
    ) throws(SpoolError) {
        (self.folder, self.reserveBytes, self.disk) = (folder, reserveBytes, disk)
        guard let lock = try disk.lock(folder + "/lock") else { throw .inUse(folder: folder) }
        self.lock = lock
        try Self.makeFolders(in: folder, on: disk)
        for name in try disk.names(in: folder + "/incoming") { try disk.remove(folder + "/incoming/" + name) }
    }

    /// Every folder that may ever be needed, each synced into its parent if it is new: later, a rename needs no sync
    /// but that of the folder it goes to.
    private static func makeFolders(in folder: String, on disk: any SpoolDisk) throws(SpoolError) {
        var isNew = false
        for name in ["incoming", "instances", "reports", "orphans"] {
            isNew = try disk.makeFolder("\(folder)/\(name)") || isNew
        }
        if isNew { try disk.sync(folder: folder) }
        isNew = false
        for shard in 0..<shardCount {
            isNew =
                try disk.makeFolder("\(folder)/instances/\(hexadecimal(UInt64(shard), digits: 2))") || isNew
        }
        if isNew { try disk.sync(folder: folder + "/instances") }
    }

    /// Where a file of this spool lies.
    package func absolute(_ path: String) -> String { "\(folder)/\(path)" }

    // MARK: Space

    /// Space on the spool's file system.
    package func space() throws(SpoolError) -> SpoolSpace { try disk.space(at: folder) }

    /// Bytes that must stay free of what arrives.
    package var reserve: Int64 { max(0, reserveBytes()) }

    /// Throws ``SpoolError/reserveReached(freeBytes:reserveBytes:)`` when nothing more may be taken in.
    package func checkRoom() throws(SpoolError) {
        let (free, reserve) = (try space().freeBytes, reserveBytes())
        guard free > reserve else { throw .reserveReached(freeBytes: free, reserveBytes: reserve) }
    }

    // MARK: Instances

    /// An absolute path, not yet in use, for an instance that is about to be received.
    ///
    /// - Throws: ``SpoolError/reserveReached(freeBytes:reserveBytes:)``; the sender is to be told 0xA700.
    package func makeIncomingPath() throws(SpoolError) -> String {
        try checkRoom()
        return "\(folder)/incoming/\(Self.uniqueName()).dcm"
    }

    /// Keeps a received file for good: sync it, rename it to its place, sync the folder, commit the row; only when this
    /// returns may the sender be told 0x0000. A copy of what is kept already is deleted instead, or takes the place of a
    /// file that was lost.
    ///
    /// - Parameters:
    ///   - incoming: a path from ``makeIncomingPath()``, written and closed.
    ///   - instance: what was received; its `path` and `byteCount` are filled in here.
    /// - Throws: what went wrong; the file is gone then, and no row names it.
    package func keep(
        incoming: String, as instance: ReceivedInstance, in queue: any WorkQueue, now: Timestamp
    ) throws(SpoolError) -> KeepOutcome {
        FaultPoint.keepReceived.reach()
        if let outcome = try takeCopy(incoming, of: instance, in: queue, now: now) { return outcome }
        var instance = instance
        do {
            // What arrived in the meantime may have used up the room there was at the beginning.
            try checkRoom()
            try settle(incoming, &instance)
        } catch {
            try disk.remove(incoming)
            throw error
        }
        let outcome = try committing(instance.path) { () throws(WorkQueueError) in
            try queue.keep(instance, now: now)
        }
        FaultPoint.keepCommitted.reach()
        // What cannot be deleted now is an orphan at the next start; it does not make the answer untrue.
        switch outcome {
        case .duplicate: try? disk.remove(absolute(instance.path))
        case .revived(_, let replacedPath): try? disk.remove(absolute(replacedPath))
        case .new, .conflicting: break
        }
        return outcome
    }

    /// Spares a copy of what is kept already the way through the disk, but where the file of what is kept was lost: then
    /// the copy takes its place.
    private func takeCopy(
        _ incoming: String, of instance: ReceivedInstance, in queue: any WorkQueue, now: Timestamp
    ) throws(SpoolError) -> KeepOutcome? {
        do {
            let known = try asking { () throws(WorkQueueError) in
                let known = try queue.keptInstance(
                    sopInstanceUID: instance.sopInstanceUID, digest: instance.digest)
                guard let known else { return nil as KeptInstance? }
                do throws(WorkQueueError) {
                    try queue.noteDuplicate(of: known.id, callingAE: instance.callingAE, now: now)
                } catch .absent {
                    // Purged this very moment: then it is new again.
                    return nil
                }
                return known
            }
            guard let known else { return nil }
            if try has(known.path) {
                try disk.remove(incoming)
            } else {
                try checkRoom()
                try replace(known.path, by: incoming)
            }
            return .duplicate(of: known.id)
        } catch {
            try disk.remove(incoming)
            throw error
        }
    }

    /// Sync, rename, sync: the file is durable in its place afterwards.
    private func settle(_ incoming: String, _ instance: inout ReceivedInstance) throws(SpoolError) {
        if let errorNumber = FaultPoint.keepSync.reach() { throw failure("fdatasync", incoming, errorNumber) }
        instance.byteCount = try disk.sync(file: incoming)
        if let errorNumber = FaultPoint.keepSynced.reach() { throw failure("rename", incoming, errorNumber) }
        let digest = Self.fileName(instance.digest)
        let shard = "instances/" + Self.shard(of: digest)
        instance.path = "\(shard)/\(digest)-\(Self.uniqueName()).dcm"
        try disk.rename(incoming, to: absolute(instance.path))
        do throws(SpoolError) {
            if let errorNumber = FaultPoint.keepRenamed.reach() { throw failure("fsync", shard, errorNumber) }
            try disk.sync(folder: absolute(shard))
        } catch {
            try disk.remove(absolute(instance.path))
            throw error
        }
        FaultPoint.keepFolderSynced.reach()
    }

    /// Puts a whole file into its place, also of one that was lost; durable afterwards.
    private func replace(_ path: String, by incoming: String) throws(SpoolError) {
        _ = try disk.sync(file: incoming)
        try disk.rename(incoming, to: absolute(path))
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try disk.sync(folder: absolute(folder))
    }

    /// Writes the row of a file that is in its place; if that fails, deletes the file. After an I/O error nobody knows
    /// whether the commit will be there after a restart; the file then stays, and the sweep at start finds it either
    /// named or orphaned.
    private func committing<Value>(
        _ path: String, _ commit: () throws(WorkQueueError) -> Value
    ) throws(SpoolError) -> Value {
        do {
            return try commit()
        } catch {
            if case .store = error { throw .queue(error) }
            try disk.remove(absolute(path))
            throw .queue(error)
        }
    }

    /// How much of a file's beginning and end reports read: its attributes, and what may follow the pixels.
    private static let releasedFrom: Int64 = 256 << 10
    private static let releasedUntilEnd: Int64 = 64 << 10

    /// Gives back the memory that the system keeps an instance's pixels in, once they have been looked at.
    ///
    /// The next instance is received into that memory, instead of into more and more: on a virtual machine memory that
    /// was not used before costs several microseconds a page, up to 16 ms an image of 7.5 MB.
    func releasePixels(of instance: ReceivedInstance) {
        let end = instance.byteCount - Self.releasedUntilEnd
        guard end > Self.releasedFrom else { return }
        disk.release(Self.releasedFrom..<end, of: absolute(instance.path))
    }

    /// Deletes a file that was being received; it need not be there.
    package func discardIncoming(_ path: String) throws(SpoolError) {
        precondition(path.hasPrefix(folder + "/incoming/"), "not a path of this spool's incoming folder")
        try disk.remove(path)
    }

    // MARK: Reports

    /// Stores a composed report durably and records it with its deliveries. If the queue knows the very report already,
    /// or fails, the bytes are deleted again.
    package func record(
        _ bytes: [UInt8], sopInstanceUID: String, sopClassUID: String, for claim: ReportClaim,
        destinations: [String], in queue: any WorkQueue, now: Timestamp
    ) throws(SpoolError) -> RecordOutcome {
        let file = try store(bytes, sopInstanceUID: sopInstanceUID, sopClassUID: sopClassUID)
        let outcome = try committing(file.path) { () throws(WorkQueueError) in
            try queue.record(file, for: claim, destinations: destinations, now: now)
        }
        FaultPoint.reportRecorded.reach()
        if case .unchanged = outcome { try disk.remove(absolute(file.path)) }
        return outcome
    }

    /// Stores a variant of a report durably and records it; the variant that is recorded comes back, which is another
    /// one if somebody was faster.
    package func addVariant(
        _ bytes: [UInt8], sopInstanceUID: String, sopClassUID: String, toReport number: Int64,
        in queue: any WorkQueue, now: Timestamp
    ) throws(SpoolError) -> ReportFile {
        let file = try store(bytes, sopInstanceUID: sopInstanceUID, sopClassUID: sopClassUID)
        let recorded = try committing(file.path) { () throws(WorkQueueError) in
            try queue.addVariant(file, toReport: number, now: now)
        }
        if recorded != file { try disk.remove(absolute(file.path)) }
        return recorded
    }

    /// Writes a report's file anew where it was lost.
    package func restore(_ bytes: [UInt8], of file: ReportFile) throws(SpoolError) {
        try place(bytes, at: file.path)
    }

    /// Whether a file of this spool is there.
    package func has(_ path: String) throws(SpoolError) -> Bool {
        try disk.lastChange(of: absolute(path)) != nil
    }

    /// A new file for a report.
    private func store(
        _ bytes: [UInt8], sopInstanceUID: String, sopClassUID: String
    ) throws(SpoolError) -> ReportFile {
        // Not named by the UID alone: a report of the same UID may just be being purged.
        let path = "reports/\(Self.fileName(sopInstanceUID))-\(Self.uniqueName()).dcm"
        if let errorNumber = FaultPoint.reportComposed.reach() { throw failure("write", path, errorNumber) }
        do throws(SpoolError) {
            try place(bytes, at: path)
        } catch {
            try disk.remove(absolute(path))
            throw error
        }
        FaultPoint.reportStored.reach()
        return ReportFile(
            sopInstanceUID: sopInstanceUID, sopClassUID: sopClassUID, path: path,
            byteCount: Int64(bytes.count))
    }

    /// Write, sync, rename, sync. Reports may use the reserve: they are how space is made.
    private func place(_ bytes: [UInt8], at path: String) throws(SpoolError) {
        let incoming = "\(folder)/incoming/\(Self.uniqueName()).dcm"
        do throws(SpoolError) {
            try disk.write(bytes, to: incoming)
            try replace(path, by: incoming)
        } catch {
            try disk.remove(incoming)
            throw error
        }
    }

    // MARK: Names

    /// A name that no file of any spool has.
    static func uniqueName() -> String { hexadecimal(.random(in: 0 ... .max), digits: 16) }

    /// The folder for a digest.
    private static func shard(of name: String) -> String {
        let prefix = String(name.prefix(2))
        let isShard = prefix.utf8.count == 2 && prefix.utf8.allSatisfy { isHexadecimal($0) }
        return isShard ? prefix : "00"
    }

    /// A text as part of a file name: lower-case letters, digits and dots stay, all else becomes `_`, and no more than
    /// 64 bytes are used. Names are made unique by other means.
    private static func fileName(_ text: String) -> String {
        let bytes = text.utf8.prefix(64).map { byte in
            isHexadecimal(byte) || byte == UInt8(ascii: ".") ? byte : UInt8(ascii: "_")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
