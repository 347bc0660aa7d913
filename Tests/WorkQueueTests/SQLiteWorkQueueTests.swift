import Foundation
import GRDB
import Testing
import WorkQueue

@Suite struct SQLiteWorkQueueTests {
    @Test func commitsAreDurableAndTheLogIsBounded() throws {
        let bench = try QueueBench(.sqlite)
        let queue = try #require(bench.queue as? SQLiteWorkQueue)
        let pragmas = try queue.pragmas()
        // 2 is FULL. GRDB's own set-up leaves 1, NORMAL, which loses commits when power fails.
        #expect(pragmas["synchronous"] == "2")
        #expect(pragmas["journal_mode"] == "wal" && pragmas["foreign_keys"] == "1")
        #expect(pragmas["journal_size_limit"] == String(SQLiteWorkQueue.logBytesMax))
    }

    @Test func aFileThatIsNoQueueIsRefusedUntouched() throws {
        let bench = try QueueBench(.sqlite)
        let path = bench.folder.appending(path: "other").path
        try Data(repeating: 65, count: 8192).write(to: URL(filePath: path))
        #expect(throws: WorkQueueError.unusable("file is not a database")) {
            try SQLiteWorkQueue(path: path, settings: QueueSettings(node: "here"))
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(repeating: 65, count: 8192))
    }

    @Test func anotherProgramsDatabaseIsRefused() throws {
        let bench = try QueueBench(.sqlite)
        let path = bench.folder.appending(path: "other.sqlite").path
        try sqlite(path, "CREATE TABLE patient (name TEXT)")
        #expect(throws: WorkQueueError.unusable("\(path) is not a queue of this program")) {
            try SQLiteWorkQueue(path: path, settings: QueueSettings(node: "here"))
        }
    }

    @Test func aNewerSchemaIsRefused() throws {
        let bench = try QueueBench(.sqlite)
        let path = bench.folder.appending(path: "queue.sqlite").path
        try sqlite(path, "INSERT INTO grdb_migrations VALUES ('9999')")
        for access in [SQLiteWorkQueue.Access.readWrite, .readOnly] {
            #expect(throws: WorkQueueError.unusable("\(path) was written by a newer version of this program"))
            {
                try SQLiteWorkQueue(path: path, settings: QueueSettings(node: "here"), access: access)
            }
        }
    }

    @Test func aQueueInNoFolderIsRefused() throws {
        #expect(throws: WorkQueueError.self) {
            try SQLiteWorkQueue(path: "/nowhere/queue.sqlite", settings: QueueSettings(node: "here"))
        }
    }

    @Test func aLookNeitherCreatesNorChangesAQueue() throws {
        let bench = try QueueBench(.sqlite)
        let absent = bench.folder.appending(path: "absent.sqlite").path
        #expect(throws: WorkQueueError.unusable("there is no queue at \(absent)")) {
            try SQLiteWorkQueue(path: absent, settings: QueueSettings(node: "look"), access: .readOnly)
        }
        #expect(!FileManager.default.fileExists(atPath: absent))
        let id = try bench.keep("1.2.3").id
        let look = try SQLiteWorkQueue(
            path: bench.folder.appending(path: "queue.sqlite").path, settings: QueueSettings(node: "look"),
            access: .readOnly)
        // What the daemon commits is seen at once, and the daemon goes on writing meanwhile.
        #expect(try look.list(WorkFilter()).map(\.id) == [id])
        try bench.keep("1.2.4")
        #expect(try look.counts().instances.ready == 2)
        #expect(try look.explain("1.2.4")?.steps.count == 1)
        #expect(throws: WorkQueueError.self) { try look.retry(id, now: bench.now) }
    }

    @Test func aSecondProcessMayRetryWhileTheDaemonWorks() throws {
        let bench = try QueueBench(.sqlite)
        let id = try bench.keep("1.2.3").id
        try bench.queue.finish(bench.claimOne(), .dead(reason: "unsupported"), now: bench.now)
        try bench.neighbour("operator").retry(id, now: bench.now)
        #expect(try bench.claimOne().id == id)
    }

    @Test func whoeverWaitsTooLongForTheLockIsTold() throws {
        let bench = try QueueBench(.sqlite)
        bench.settings.busyTimeout = .milliseconds(50)
        try bench.restart()
        let path = bench.folder.appending(path: "queue.sqlite").path
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            try db.beginTransaction(.immediate)
            #expect(throws: WorkQueueError.busy) { try bench.keep("1.2.3") }
            // Reading goes on beside a writer.
            #expect(try bench.queue.counts().instances.ready == 0)
            try db.rollback()
        }
        try bench.keep("1.2.3")
    }

    @Test func theLogIsFoldedInAndCutBack() throws {
        let bench = try QueueBench(.sqlite)
        for number in 1...500 { try bench.keep("1.\(number)") }
        let log = bench.folder.appending(path: "queue.sqlite-wal").path
        let size = { try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0 }
        #expect(try size() < SQLiteWorkQueue.logBytesMax)
        try bench.queue.checkpoint()
        #expect(try size() == 0)
        #expect(try bench.queue.counts().instances.ready == 500)
    }

    @Test func aFullDiskFailsOnlyUntilThereIsSpace() throws {
        let bench = try QueueBench(.sqlite)
        bench.settings.databaseBytesMax = 2_600_000
        try bench.restart()
        for number in 0..<30 { try bench.keep("1.\(number)") }
        let says = String(repeating: "long ", count: 20_000)
        var claims = try bench.claim(30)
        #expect(throws: WorkQueueError.full) {
            while let claim = claims.last {
                try bench.classify(claim, says: says)
                claims.removeLast()
            }
        }
        #expect(claims.count > 2 && claims.count < 25)
        #expect(try bench.queue.counts().instances.claimed == claims.count)
        bench.settings.databaseBytesMax = 8_000_000
        try bench.restart()
        for claim in claims { try bench.classify(claim, says: says) }
        #expect(try bench.queue.counts().instances.unfinished == 0)
    }

    /// A queue that takes nothing new any more has room to finish what it has, and is then emptied.
    @Test func whatWasKeptIsFinishedInAFullQueue() throws {
        let bench = try QueueBench(.sqlite)
        bench.settings.databaseBytesMax = 3_600_000
        try bench.restart()
        let reader = try DatabaseQueue(path: bench.folder.appending(path: "queue.sqlite").path)
        func pageCount() throws -> Double {
            try reader.read { try Double.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        }
        let empty = try pageCount()
        var kept = 0
        #expect(throws: WorkQueueError.full) {
            while kept < 10_000 {
                try bench.keep("1.\(kept)", study: "study \(kept)")
                kept += 1
            }
        }
        #expect(try bench.queue.room() == .none)
        let waiting = try pageCount() - empty
        try bench.hangUp()
        let says = String(repeating: "Longer than what the shipped model says of an image. ", count: 20)
        while let claim = try bench.claim().first { try bench.classify(claim, says: says) }
        bench.time.advance(by: bench.timing.settle)
        for _ in 0..<kept { try bench.report(to: ["pacs", "other"]) }
        #expect(throws: WorkQueueError.full) { try bench.keep("2.1") }
        for _ in 0..<kept {
            try bench.deliver("pacs")
            try bench.deliver("other")
        }
        // What `databaseBytesForNew` rests on, however large the queue.
        let whole = try pageCount() - empty
        #expect(whole < 9 * waiting, "\(whole) pages for what waited in \(waiting)")
        bench.time.advance(by: .seconds(1))
        while try bench.queue.purge(finishedBefore: bench.now, studiesMax: 50).isPartial {}
        #expect(try bench.queue.room() == .ample)
        try bench.keep("2.1")
    }

    @Test func aStudyThatMovesAfterAPurgeHasLookedStays() throws {
        let bench = try QueueBench(.sqlite)
        try bench.runThrough("1.1")
        bench.time.advance(by: .seconds(10))
        let (queue, now, group) = (bench.queue, bench.now, DispatchGroup())
        let moment = now - .seconds(5)
        // Another process has the lock: the purge has looked, and waits for its transaction.
        let path = bench.folder.appending(path: "queue.sqlite").path
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                group.enter()
                Thread.detachNewThread {
                    defer { group.leave() }
                    _ = try? queue.purge(finishedBefore: moment, studiesMax: 100)
                }
                Thread.sleep(forTimeInterval: 0.5)
                try db.execute(sql: "UPDATE study SET lastActivityAt = ?", arguments: [now.microseconds])
                return .commit
            }
        }
        group.wait()
        #expect(try queue.explain("1.1") != nil)
        #expect(try queue.purge(finishedBefore: now + .seconds(1), studiesMax: 100).studies == 1)
    }

    @Test func callersShareCommits() throws {
        let bench = try QueueBench(.sqlite)
        let queue = try #require(bench.queue as? SQLiteWorkQueue)
        let instances = (0..<8).map { bench.instance("1.\($0)") }
        let (before, now, group) = (queue.commitCount, bench.now, DispatchGroup())
        // While another process has the lock, all eight come; one leads and the others wait together.
        try DatabaseQueue(path: bench.folder.appending(path: "queue.sqlite").path).writeWithoutTransaction {
            db in
            try db.beginTransaction(.immediate)
            for instance in instances {
                group.enter()
                Thread.detachNewThread {
                    defer { group.leave() }
                    _ = try? queue.keep(instance, now: now)
                }
            }
            Thread.sleep(forTimeInterval: 0.5)
            try db.rollback()
        }
        group.wait()
        #expect(try queue.counts().instances.ready == 8)
        #expect(queue.commitCount - before < 8)
    }

    /// Another program at the same file.
    private func sqlite(_ path: String, _ sql: String) throws {
        try DatabaseQueue(path: path).write { db in try db.execute(sql: sql) }
    }
}
