// Whatever happens to the process, what got status 0x0000 is reported.
import Foundation
import Testing
import WorkQueue

/// `CRASH_KILLS` is how many random kills are made (`make crash`: 200).
@Suite("Crashes", .serialized)
struct CrashTests {
    @Test("random SIGKILLs during mixed pushes lose nothing that was acknowledged")
    func randomKills() throws {
        let kills = Figures.number("CRASH_KILLS") ?? 6
        let seed = UInt64(Figures.number("CRASH_SEED") ?? 1)
        let hospital = try Hospital(settle: "200ms", bundle: try Self.bundle())
        try hospital.openPACS()
        let push = try MixedPush(in: hospital.folder, seed: seed)
        var random = SeededNumbers(state: seed)
        for _ in 0..<kills {
            try hospital.open()
            try push.start(
                to: hospital.port, associations: .random(in: 1...4, using: &random),
                images: .random(in: 2...6, using: &random))
            Thread.sleep(forTimeInterval: .random(in: 0...1.2, using: &random))
            hospital.close(SIGKILL)
            push.finish()
        }
        try hospital.open()
        let fates = try Promise.settled(push.acknowledged, in: hospital)
        try Figures.write(
            "random kills",
            [
                "| What | Figure |", "| --- | ---: |",
                "| SIGKILLs at random moments | \(kills) |",
                "| Associations, 1 to 4 at a time | \(push.associationCount) |",
                "| Instances pushed, some more than once | \(push.sentCount) |",
            ] + Promise.rows(fates))
        Promise.expectNoneLost(fates, hospital)
        #expect(push.acknowledged.count > kills)
    }

    /// One spool and queue for all, so that each process begins with what the one before left behind.
    @Test("a SIGKILL at every numbered step, early and late, loses nothing that was acknowledged")
    func everyFaultPoint() throws {
        let faults = Self.faults(isLong: Figures.number("CRASH_KILLS") != nil)
        let hospital = try Hospital(bundle: try Self.bundle())
        try hospital.openPACS()
        let push = try MixedPush(in: hospital.folder, seed: 7)
        var lateDeaths = 0
        for fault in faults {
            let before = push.acknowledged.count
            try hospital.launch(environment: ["GLENOID_FAULT": fault])
            #expect(try Self.pushUntilDeath(of: hospital, push), "\(fault) was never reached")
            hospital.close(SIGKILL)
            lateDeaths += push.acknowledged.count > before ? 1 : 0
        }
        // A process that dies before it has acknowledged anything has promised nothing.
        #expect(lateDeaths > FaultPoint.allCases.count / 2)
        try hospital.open()
        let fates = try Promise.settled(push.acknowledged, in: hospital)
        hospital.close(SIGKILL)
        Promise.expectNoneLost(fates, hospital)

        // Finished work is purged at the start; what the PACS has stays as it is.
        let purge = "\(FaultPoint.purgeCommitted.rawValue):kill"
        try hospital.launch(environment: ["GLENOID_FAULT": purge, "GLENOID_SPOOL_KEEP_FOR": "0s"])
        #expect(eventually(within: 20) { hospital.daemon?.isRunning != true }, "\(purge) was never reached")
        hospital.close(SIGKILL)
        try hospital.open()
        let after = try Promise.fates(of: Set(fates.filter { $0.value != .skipped }.keys), in: hospital)
        Promise.expectNoneLost(after, hospital)
        #expect(after == fates.filter { $0.value != .skipped })
        try Figures.write(
            "fault points",
            [
                "| What | Figure |", "| --- | ---: |",
                "| Numbered steps | \(FaultPoint.allCases.count) |",
                "| Processes killed at one of them, at its first or a later turn | \(faults.count + 1) |",
                "| Of these, had acknowledged instances before they died | \(lateDeaths) |",
            ] + Promise.rows(fates))
    }

    @Test("SIGTERM finishes what is in hand and exits 0; the rest is done at the next start")
    func terminated() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(12, in: hospital.folder)
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        #expect(hospital.close(SIGTERM) == 0)
        let done = hospital.reports.count
        try hospital.open()
        #expect(
            eventually(within: 60) { hospital.reports.count == 12 },
            "\(done) before the stop:\n\(hospital.log)")
    }

    // MARK: -

    /// Every step but the purge's, by the number of the time at which the process dies there. The first time it has
    /// acknowledged little or nothing; by the later ones it has instances in every state.
    private static func faults(isLong: Bool) -> [String] {
        FaultPoint.allCases.filter { $0 != .purgeCommitted }.flatMap { point in
            // The queue commits for every step of every piece of work.
            let isCommit = point == .queueCommit || point == .queueCommitted
            let late = isCommit ? 21 : 4
            let more = isCommit ? [2, 3, 5, 8, 13, 34] : [2, 3, 5, 8, 13]
            return ([1, late] + (isLong ? more : [])).map { "\(point.rawValue):kill:\($0)" }
        }
    }

    /// Pushes until the daemon is dead by its own fault point; false if it lives on.
    private static func pushUntilDeath(of hospital: Hospital, _ push: MixedPush) throws -> Bool {
        for _ in 0..<20 {
            guard try hospital.awaitsConnections() else { return true }
            try push.start(to: hospital.port, associations: 1, images: 3)
            push.finish()
            // What was pushed may need a moment to get as far as the step.
            if eventually(within: 0.5, { hospital.daemon?.isRunning != true }) { return true }
        }
        return eventually(within: 20) { hospital.daemon?.isRunning != true }
    }

    /// One bundle for all, deleted by nobody: it holds a link and a page of text.
    private static func bundle() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/glenoid-bundle-\(getpid())"
        if FileManager.default.fileExists(atPath: folder + "/quick-bundle") {
            return folder + "/quick-bundle"
        }
        return try Fixtures.quickBundle(in: folder)
    }
}
