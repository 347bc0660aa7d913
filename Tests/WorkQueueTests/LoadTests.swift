import Foundation
import GRDB
import Testing
import WorkQueue

/// A queue with a hundred thousand finished and ten thousand unfinished rows.
@Suite struct LoadTests {
    /// Fills a queue behind its back, since the front door takes minutes for this many.
    private func fill(_ bench: QueueBench) throws {
        let path = bench.folder.appending(path: "queue.sqlite").path
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 110000)
                    INSERT INTO study (id, uid, unclassified, lastReceivedAt, lastActivityAt)
                        SELECT i, 's' || i, i > 100000, ?1, ?1 FROM n;
                    """, arguments: [bench.now.microseconds])
            try db.execute(
                sql: """
                    INSERT INTO instance (id, studyID, sopInstanceUID, sopClassUID, transferSyntaxUID, digest, byteCount,
                        path, callingAE, peerAddress, association, receivedAt, turn, outcome, state, finishedAt)
                    SELECT id, id, 'u' || id, '1.2.840.10008.5.1.4.1.1.1.1', '1.2.840.10008.1.2.1', hex(randomblob(32)), 1,
                        'instances/' || id, 'MODALITY', '10.0.0.1', 'a' || id, ?1, id, unclassified = 0,
                        CASE unclassified WHEN 0 THEN 3 ELSE 0 END, CASE unclassified WHEN 0 THEN ?1 END FROM study;
                    """, arguments: [bench.now.microseconds])
            try db.execute(
                sql: """
                    INSERT INTO result SELECT id, 'm', 1, '{}' FROM instance WHERE state = 3;
                    INSERT INTO reporting (id, studyID, model, createdAt, changed, claimed, reported, firstUnreportedAt,
                        lastReportID, lastReportAt, unclassified, held, lastReceivedAt, state)
                        SELECT id, id, 'm', receivedAt, 1, 1, 1, receivedAt, id, receivedAt, 0, 0, receivedAt, 3
                        FROM instance WHERE state = 3;
                    INSERT INTO report (id, reportingID, recordedAt) SELECT id, id, createdAt FROM reporting;
                    INSERT INTO reportFile SELECT 'r' || id, id, 0, '3D', 'reports/' || id, 9000 FROM report;
                    INSERT INTO reportInstance SELECT id, id FROM report;
                    INSERT INTO delivery (id, reportID, reportingID, destination, createdAt, blocked, state)
                        SELECT id, id, id, 'pacs', recordedAt, 0, 3 FROM report;
                    INSERT INTO caller VALUES ('MODALITY', 110000);
                    """)
        }
    }

    /// Processor time of this thread: other tests and other people use the machine at the same time.
    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = threadNanoseconds()
        try body()
        return Double(threadNanoseconds() - start) / 1e9
    }

    private func threadNanoseconds() -> Int {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    @Test func startsInTwoSecondsAndStaysFast() throws {
        let bench = try QueueBench(.sqlite)
        try fill(bench)
        // The best of three: a cache that others have emptied is not the queue's doing.
        let start = try (1...3).map { _ in
            try seconds {
                try bench.restart()
                _ = try bench.queue.recover(now: bench.now)
                #expect(try bench.queue.counts().instances.ready == 10_000)
                var paths = 0
                try bench.queue.forEachPath { _ in paths += 1 }
                #expect(paths == 210_000)
            }
        }.reduce(.infinity, min)
        // A debug build on a busy machine; what matters is that nothing grows with the number of rows.
        let work = try seconds {
            for _ in 1...20 {
                try bench.classify(bench.claimOne())
                _ = try bench.claimDelivery()
                _ = try bench.queue.nextInstanceWake()
                _ = try bench.queue.nextReportWake(timing: bench.timing)
                _ = try bench.queue.nextDeliveryWake(destination: "pacs")
            }
            bench.time.advance(by: .seconds(2))
            for _ in 1...20 {
                try bench.report()
                try bench.deliver()
            }
        }
        print("110,000 rows: start \(start) s, 20 images from claim to delivered \(work) s")
        #expect(start < 2)
        #expect(work < 10)
    }

    /// Each query that runs for every image, with the index that must serve it. The conditions are those of the sources:
    /// a partial index serves only who repeats its condition.
    @Test(arguments: [
        ("SELECT id FROM instance WHERE state = 0 AND abandonments = 0 ORDER BY turn, id", "instanceFresh"),
        ("SELECT id FROM instance WHERE state = 0 AND abandonments > 0 ORDER BY turn, id", "instanceSuspect"),
        ("SELECT id FROM instance WHERE state = 1 AND notBefore <= 1", "instanceDeferred"),
        ("SELECT id FROM instance WHERE state = 2 AND leaseUntil <= 1", "instanceClaimed"),
        (
            "SELECT * FROM reporting WHERE state = 0 AND unclassified = 0 AND held = 0 ORDER BY lastReceivedAt",
            "reportingQuiet"
        ),
        ("SELECT * FROM reporting WHERE state = 0 ORDER BY firstUnreportedAt", "reportingAge"),
        (
            "SELECT id FROM delivery WHERE destination = 'x' AND state = 0 AND blocked = 0 ORDER BY id",
            "deliveryReady"
        ),
        (
            "SELECT id FROM delivery WHERE destination = 'x' AND state = 1 AND notBefore <= 1",
            "deliveryDeferred"
        ),
        (
            "SELECT min(id) FROM delivery WHERE reportingID = 1 AND destination = 'x' AND state < 3",
            "deliveryChain"
        ),
    ])
    func frequentQueriesUseTheirIndex(query: String, index: String) throws {
        let bench = try QueueBench(.sqlite)
        let path = bench.folder.appending(path: "queue.sqlite").path
        let plan = try DatabaseQueue(path: path).read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + query).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }
}
