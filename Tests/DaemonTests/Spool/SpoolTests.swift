import Daemon
import Foundation
import Testing
import WorkQueue

@Suite struct SpoolTests {
    @Test func keepingSyncsRenamesSyncsAndThenCommits() throws {
        let bench = try SpoolBench()
        let before = bench.disk.log.count
        let outcome = try bench.receive("1.2.3")
        let path = try #require(try bench.queue.list(WorkFilter()).first?.path)
        #expect(outcome == .new(WorkID(.instance, 1)))
        let steps = bench.disk.log.dropFirst(before).map { $0.split(separator: " ")[0] }
        #expect(steps == ["fdatasync", "rename", "fsync"])
        #expect(bench.disk.log.last == "fsync /spool/instances/ab")
        #expect(bench.files("incoming").isEmpty && bench.files("instances") == ["/spool/" + path])
        #expect(bench.disk.content("/spool/" + path) == Array("pixels".utf8))
    }

    @Test func whatWasAcknowledgedSurvivesThePower() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        let path = try #require(try bench.queue.list(WorkFilter()).first?.path)
        #expect(try bench.restart(powerLost: true) == Sweep())
        #expect(bench.disk.content("/spool/" + path) == Array("pixels".utf8))
    }

    @Test func aCopyIsDroppedUnsynced() throws {
        let bench = try SpoolBench()
        let first = try bench.receive("1.2.3")
        let before = bench.disk.log.count
        #expect(try bench.receive("1.2.3") == .duplicate(of: WorkID(.instance, 1)))
        #expect(bench.disk.log.dropFirst(before).map { $0.split(separator: " ")[0] } == ["unlink"])
        #expect(bench.files("instances").count == 1 && first == .new(WorkID(.instance, 1)))
    }

    @Test func otherContentIsKeptBeside() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3", "old", digest: "aa")
        #expect(try bench.receive("1.2.3", "new", digest: "bb") == .conflicting(WorkID(.instance, 2)))
        #expect(bench.files("instances").count == 2)
    }

    @Test(arguments: ["../../etc/passwd", "..", "/", "a/b", "", "é\u{301}/ß", "1.2.3/../../x"])
    func noNameLeavesItsFolder(text: String) throws {
        let bench = try SpoolBench()
        _ = try bench.receive(text, digest: text)
        let claim = try bench.claimReport()
        _ = try bench.record(claim, uid: text)
        for (folder, depth) in [("instances", 4), ("reports", 3)] {
            let path = try #require(bench.files(folder).first)
            #expect(path.split(separator: "/").count == depth && !path.contains("/../"))
        }
        #expect(bench.disk.files.allSatisfy { $0.hasPrefix("/spool/") })
    }

    @Test func aFileIsLentAndTakenBackWhateverHappens() throws {
        struct Refusal: Error {}
        let bench = try SpoolBench()
        let content = try bench.spool.lending(Array("heat".utf8)) { bench.disk.content($0) }
        #expect(content == Array("heat".utf8) && bench.files("incoming").isEmpty)
        #expect(throws: Refusal.self) { try bench.spool.lending([1]) { _ in throw Refusal() } }
        #expect(bench.files("incoming").isEmpty)
    }

    @Test func theReserveIsNeverKeptInto() throws {
        let bench = try SpoolBench()
        bench.disk.freeBytes = 1000
        #expect(throws: SpoolError.reserveReached(freeBytes: 1000, reserveBytes: 1000)) {
            try bench.spool.makeIncomingPath()
        }
        bench.disk.freeBytes = 1001
        let incoming = try bench.spool.makeIncomingPath()
        bench.disk.receive([1], at: incoming)
        bench.disk.freeBytes = 999
        #expect(throws: SpoolError.reserveReached(freeBytes: 999, reserveBytes: 1000)) {
            try bench.spool.keep(
                incoming: incoming, as: SpoolBench.instance("1.2", digest: "aa"), in: bench.queue,
                now: bench.time.now())
        }
        #expect(bench.disk.files.isEmpty)
        bench.disk.freeBytes = 5000
        #expect(try bench.receive("1.2") == .new(WorkID(.instance, 1)))
    }

    @Test(arguments: ["fdatasync", "rename", "fsync"], [SpoolError.full, .readOnly])
    func aFailingDiskLeavesNothingBehind(operation: String, error: SpoolError) throws {
        let bench = try SpoolBench()
        bench.disk.onCall { called, _ in called == operation ? error : nil }
        #expect(throws: error) { try bench.receive("1.2.3") }
        #expect(bench.disk.files.isEmpty)
        #expect(try bench.queue.counts() == QueueCounts())
        bench.disk.onCall { _, _ in nil }
        #expect(try bench.receive("1.2.3") == .new(WorkID(.instance, 1)))
    }

    @Test(arguments: [WorkQueueError.full, .busy, .readOnly("attempt to write a readonly database")])
    func aFailingQueueLeavesNothingBehind(error: WorkQueueError) throws {
        let bench = try SpoolBench()
        let incoming = try bench.spool.makeIncomingPath()
        bench.disk.receive([1], at: incoming)
        #expect(throws: SpoolError.queue(error)) {
            try bench.spool.keep(
                incoming: incoming, as: SpoolBench.instance("1.2", digest: "aa"), in: FailingQueue(error),
                now: bench.time.now())
        }
        #expect(bench.disk.files.isEmpty)
    }

    @Test func afterADoubtfulCommitTheFileStays() throws {
        let bench = try SpoolBench()
        let incoming = try bench.spool.makeIncomingPath()
        bench.disk.receive([1], at: incoming)
        #expect(throws: SpoolError.queue(.store("disk I/O error"))) {
            try bench.spool.keep(
                incoming: incoming, as: SpoolBench.instance("1.2", digest: "aa"),
                in: FailingQueue(.store("disk I/O error")), now: bench.time.now())
        }
        #expect(bench.files("instances").count == 1)
        #expect(try bench.restart(powerLost: false).orphanCount == 1)
    }

    @Test func aCopyTakesThePlaceOfAFileThatIsLost() throws {
        let bench = try SpoolBench()
        let id = WorkID(.instance, 1)
        #expect(try bench.receive("1.2.3") == .new(id))
        let path = try #require(bench.files("instances").first)
        try bench.disk.remove(path)
        // A disk that fails in between: the sender is not told success, and the next copy is taken.
        for operation in ["fdatasync", "rename", "fsync"] {
            bench.disk.onCall { found, _ in found == operation ? .readOnly : nil }
            #expect(throws: SpoolError.self) { try bench.receive("1.2.3") }
            bench.disk.onCall { _, _ in nil }
            #expect(bench.files("incoming").isEmpty)
            try bench.disk.remove(path)
        }
        #expect(try bench.receive("1.2.3") == .duplicate(of: id))
        #expect(bench.files("instances") == [path])
        _ = try bench.restart(powerLost: true)
        #expect(bench.disk.content(path) == Array("pixels".utf8))
    }

    @Test func twoProcessesCannotShareASpool() throws {
        let bench = try SpoolBench()
        #expect(throws: SpoolError.inUse(folder: "/spool")) {
            try Spool(folder: "/spool", reserveBytes: { 0 }, disk: bench.disk)
        }
    }

    @Test func whatWasInFlightIsDeletedAtStart() throws {
        let bench = try SpoolBench()
        bench.disk.receive([1, 2], at: try bench.spool.makeIncomingPath())
        let incoming = try bench.spool.makeIncomingPath()
        bench.disk.receive([1, 2], at: incoming)
        try bench.spool.discardIncoming(incoming)
        #expect(bench.disk.files.count == 1)
        _ = try bench.restart(powerLost: false)
        #expect(bench.disk.files.isEmpty)
    }

    @Test func reportsAreDurableBeforeTheyAreRecorded() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        let claim = try bench.claimReport()
        let before = bench.disk.log.count
        _ = try bench.record(claim)
        let steps = bench.disk.log.dropFirst(before).map { $0.split(separator: " ")[0] }
        #expect(steps == ["write", "fdatasync", "rename", "fsync"])
        #expect(try bench.restart(powerLost: true) == Sweep())
        let delivery = try #require(
            try bench.queue.claimDelivery(destination: "pacs", lease: .seconds(60), now: bench.time.now()))
        #expect(bench.disk.content(bench.spool.absolute(delivery.report.files[0].path)) == [1, 2, 3])
    }

    @Test func aReportThatIsNotNewLeavesNoFile() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        let claim = try bench.claimReport()
        _ = try bench.record(claim)
        #expect(throws: SpoolError.queue(.leaseExpired(claim.id))) { try bench.record(claim) }
        #expect(bench.files("reports").count == 1)
        _ = try bench.receive("1.2.4", digest: "cd")
        #expect(try bench.record(bench.claimReport()) == .unchanged(report: 1))
        #expect(bench.files("reports").count == 1)
    }

    @Test func ofTwoVariantsOfOneClassOneIsStored() throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        guard case .recorded(let number) = try bench.record(bench.claimReport()) else {
            Issue.record("the first report is new")
            return
        }
        let variants = try (1...2).map { index in
            try bench.spool.addVariant(
                [9], sopInstanceUID: "2.25.\(index)", sopClassUID: "Enhanced", toReport: number,
                in: bench.queue, now: bench.time.now())
        }
        #expect(variants[0] == variants[1])
        #expect(bench.files("reports").count == 2)
    }

    @Test(arguments: ["write", "fdatasync", "rename", "fsync"])
    func aReportThatCannotBeStoredIsNotRecorded(operation: String) throws {
        let bench = try SpoolBench()
        _ = try bench.receive("1.2.3")
        let claim = try bench.claimReport()
        bench.disk.onCall { called, _ in called == operation ? .full : nil }
        #expect(throws: SpoolError.full) { try bench.record(claim) }
        bench.disk.onCall { _, _ in nil }
        #expect(bench.files("reports").isEmpty && bench.files("incoming").isEmpty)
        #expect(try bench.record(claim) == .recorded(report: 1))
    }
}
