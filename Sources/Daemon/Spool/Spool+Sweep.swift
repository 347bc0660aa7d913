package import WorkQueue

/// What the sweep at start found.
package struct Sweep: Equatable, Sendable {
    /// Files that no row names, moved to `orphans/`: received but never acknowledged, or purged but not yet deleted.
    package var orphanCount = 0
    /// Work that can no longer be done since its file is gone; now dead letters.
    package var missing: [WorkID] = []
    /// Files of finished work that are gone; nobody needs them any more.
    package var missingFinishedCount = 0

    /// A sweep that found nothing.
    package init() {}
}

extension Spool {
    /// Brings files and rows together again after a crash. To be called once at start, after
    /// ``WorkQueue/recover(now:)`` and before anything is received.
    ///
    /// A file without a row is moved aside and not deleted at once: should the queue have been lost or put back to an
    /// earlier state, acknowledged images would be among them. ``removeOrphans(olderThan:now:)`` deletes them in time.
    package func sweep(_ queue: any WorkQueue, now: Timestamp) throws(SpoolError) -> Sweep {
        var sweep = Sweep()
        var present = try paths()
        var known: Set<String> = []
        var missing: [WorkID] = []
        do {
            try queue.forEachPath { queued in
                if present.contains(queued.path) {
                    known.insert(queued.path)
                } else if let id = queued.neededBy {
                    missing.append(id)
                } else {
                    sweep.missingFinishedCount += 1
                }
            }
            // A delivery may have lost several files; it is buried once.
            var buried: Set<WorkID> = []
            for id in missing where buried.insert(id).inserted {
                try queue.bury(id, reason: "its file is missing from the spool", now: now)
                sweep.missing.append(id)
            }
        } catch {
            throw .queue(error)
        }
        present.subtract(known)
        for path in present { try setAside(path) }
        if !present.isEmpty { try disk.sync(folder: absolute("orphans")) }
        sweep.orphanCount = present.count
        return sweep
    }

    /// Every file that should have a row.
    func paths() throws(SpoolError) -> Set<String> {
        var paths: Set<String> = []
        for shard in try disk.names(in: absolute("instances")) {
            for name in try disk.names(in: absolute("instances/\(shard)")) {
                paths.insert("instances/\(shard)/\(name)")
            }
        }
        for name in try disk.names(in: absolute("reports")) { paths.insert("reports/\(name)") }
        return paths
    }

    private func setAside(_ path: String) throws(SpoolError) {
        guard let name = path.split(separator: "/").last else { return }
        try disk.rename(absolute(path), to: absolute("orphans/\(name)"))
    }

    /// Deletes orphans that were set aside longer ago than this, by the daemon's time: a clock that is set while it runs
    /// makes none of them older.
    ///
    /// - Returns: how many.
    package func removeOrphans(olderThan age: Duration, now: Timestamp) throws(SpoolError) -> Int {
        var count = 0
        for name in try disk.names(in: absolute("orphans")) {
            let path = absolute("orphans/\(name)")
            guard let change = try disk.lastChange(of: path), now - change > age else { continue }
            try disk.remove(path)
            count += 1
        }
        return count
    }

    /// Deletes finished work from queue and spool, a bounded number of studies; partial where there may be more.
    ///
    /// - Parameter moment: only studies untouched since then go.
    package func purge(_ queue: any WorkQueue, finishedBefore moment: Timestamp) throws(SpoolError) -> Purge {
        let purge: Purge
        do {
            purge = try queue.purge(finishedBefore: moment, studiesMax: Self.purgedStudiesMax)
        } catch {
            throw .queue(error)
        }
        let errorNumber = FaultPoint.purgeCommitted.reach()
        // A file that cannot be deleted keeps no other one: the rows are gone, so nobody would come back for them.
        var failed: SpoolError? = errorNumber.map { failure("unlink", "", $0) }
        for path in purge.paths {
            do {
                try disk.remove(absolute(path))
            } catch {
                failed = error
            }
        }
        if let failed { throw failed }
        return purge
    }

    /// Studies purged in one transaction: receiving waits at most so long.
    private static let purgedStudiesMax = 50
}
