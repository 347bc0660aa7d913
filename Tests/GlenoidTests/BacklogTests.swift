// A queue that grows while a destination is down, and drains when it is back.
import Foundation
import TestMaterial
import Testing

/// `BACKLOG_IMAGES` is how many images are pushed (`make soak`: 10,000).
@Suite("Backlog", .serialized)
struct BacklogTests {
    /// A radiograph by its class, of 64 × 64 pixels; each is a study of its own.
    private static let sopClass = "1.2.840.10008.5.1.4.1.1.1.1"

    /// What was looked at while the queue grew, and while it drained.
    private struct Looks {
        /// Waiting work, and what the process used.
        var all: [(pushed: Int, unfinished: Int, usage: Usage)] = []

        mutating func add(_ hospital: Hospital, pushed: Int) throws {
            let status = try #require(try hospital.json(["status"]) as? [String: Any])
            let unfinished = try #require(status["unfinished"] as? Int)
            all.append((pushed, unfinished, try Usage(of: try #require(hospital.daemon))))
        }

        var table: [String] {
            let step = max(1, all.count / 10)
            let rows = stride(from: 0, to: all.count - 1, by: step).map { all[$0] } + all.suffix(1)
            return [
                "| Images pushed | Waiting work | Resident memory, MB | Threads | Descriptors |",
                "| ---: | ---: | ---: | ---: | ---: |",
            ]
                + rows.map { look in
                    let megabytes = String(format: "%.1f", Double(look.usage.residentKilobytes) / 1e3)
                    return
                        "| \(look.pushed) | \(look.unfinished) | \(megabytes) | \(look.usage.threads) "
                        + "| \(look.usage.descriptors) |"
                }
        }
    }

    @Test("memory and threads stay as they are while the queue grows, and all of it is reported in the end")
    func queueGrows() throws {
        let wanted = Figures.number("BACKLOG_IMAGES") ?? 240
        let isLong = wanted >= 10_000
        let hospital = try Hospital(bundle: try Fixtures.quickBundle(in: Fixtures.temporaryFolder()))
        try hospital.open()
        var looks = Looks()
        var acknowledged: Set<String> = []
        var longest = Duration.zero
        let round = max(1, wanted / 24)
        while acknowledged.count < wanted {
            let before = acknowledged.count
            longest = max(longest, try Self.push(round, to: hospital, &acknowledged))
            try #require(acknowledged.count == before + round, "\(hospital.log.suffix(4000))")
            try looks.add(hospital, pushed: acknowledged.count)
        }
        // Classified or not, nothing is finished before its report has arrived.
        let most = looks.all.map(\.unfinished).max() ?? 0
        #expect(most >= wanted * 9 / 10)
        #expect(try hospital.echo() == 0)

        try hospital.openPACS()
        let start = ContinuousClock.now
        let isDrained = try eventually(within: isLong ? 3000 : 120) {
            try looks.add(hospital, pushed: acknowledged.count)
            Thread.sleep(forTimeInterval: isLong ? 5 : 0.5)
            return looks.all.last?.unfinished == 0
        }
        #expect(isDrained, "\(hospital.log.suffix(4000))")
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        let fates = try Promise.settled(acknowledged, in: hospital)
        Promise.expectNoneLost(fates, hospital)
        #expect(fates.values.allSatisfy { $0 == .reported })
        Self.expectBounded(looks, isLong: isLong)
        let milliseconds = Int(longest / .milliseconds(1))
        try Figures.write(
            "backlog",
            looks.table + [
                "",
                "The longest wait for a C-STORE's answer was \(milliseconds) ms. With the destination back, the queue was "
                    + "empty after \(seconds) s.", "",
            ] + ["| What | Figure |", "| --- | ---: |"] + Promise.rows(fates))
    }

    /// The first quarter fills caches; from then on nothing may depend on how much is waiting.
    private static func expectBounded(_ looks: Looks, isLong: Bool) {
        let early = looks.all.prefix(6).map(\.usage)
        let late = looks.all.dropFirst(6).map(\.usage)
        let memory = { (part: [Usage]) in part.map(\.residentKilobytes).max() ?? 0 }
        #expect(memory(late) <= memory(early) * (isLong ? 110 : 125) / 100)
        if isLong { #expect(memory(late) < 400_000) }
        #expect((late.map(\.threads).max() ?? 0) <= (early.map(\.threads).max() ?? 0) + 2)
        // The association to the destination, the file that is sent, and readers of the database that overlap.
        #expect((late.map(\.descriptors).max() ?? 0) <= (early.map(\.descriptors).max() ?? 0) + 8)
    }

    /// Pushes new images over one association and keeps what was answered with 0x0000.
    ///
    /// - Returns: the longest that an answer took.
    private static func push(
        _ count: Int, to hospital: Hospital, _ acknowledged: inout Set<String>
    ) throws -> Duration {
        let peer = try ScriptedPeer(port: hospital.port)
        let context = Script.Context(
            id: 3, abstractSyntax: sopClass, transferSyntaxes: [TestObject.explicitLittleEndian])
        try #require(peer.associate(contexts: [context]))
        var longest = Duration.zero
        for _ in 0..<count {
            let object = TestObject(
                sopClass: sopClass, sopInstance: Radiographs.uid(), pixelBytes: 64 * 64, columns: 64,
                modality: "DX")
            let start = ContinuousClock.now
            if peer.store(object) == 0 { acknowledged.insert(object.sopInstance) }
            longest = max(longest, ContinuousClock.now - start)
        }
        try #require(peer.release())
        return longest
    }
}
