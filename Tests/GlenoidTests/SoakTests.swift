// Long runs: nothing grows.
import Foundation
import Testing

/// `SOAK_IMAGES` is how many images are pushed (`make soak`: 20,000).
@Suite("Soak", .serialized)
struct SoakTests {
    /// What is looked at when a quarter of the images are through, and at the end.
    private struct Look {
        let images: Int
        let usage: Usage
        /// Database, write-ahead log and spool.
        let databaseBytes: Int
        let spoolFiles: Int
    }

    @Test(
        "between a quarter of the images and the last, memory, threads, descriptors and database do not grow")
    func nothingGrows() throws {
        let wanted = Figures.number("SOAK_IMAGES") ?? 400
        let isLong = wanted >= 20_000
        // Finished work goes at once, and is looked for every five seconds as on a full disk, not every minute: what stays
        // is what is always there.
        let hospital = try Hospital(
            spool: ", keepFor: 0s, purgeBelow: 1000TB",
            bundle: try Fixtures.quickBundle(in: NSTemporaryDirectory() + "glenoid-\(UUID().uuidString)"))
        try hospital.openPACS(["--ignore"])
        try hospital.open()
        let small = try Radiographs.makeSmall(in: hospital.folder)
        var looks: [Look] = []
        var pushed = 0
        let start = ContinuousClock.now
        let round = max(wanted / 40, 4) / 4 * 4
        while pushed < wanted {
            let senders = try (0..<4).map { number in
                try Running(
                    "storescu",
                    ["-aec", "GLENOID", "-aet", "SENDER\(number)", "+IS", "1", "+IR", "1", "127.0.0.1"]
                        + ["\(hospital.port)"] + [String](repeating: small, count: round / 4),
                    logPath: hospital.folder + "/senders.log")
            }
            for sender in senders { try #require(sender.wait() == 0, "\(sender.log.suffix(2000))") }
            pushed += round
            let isDone = try eventually(within: 300) {
                (try hospital.json(["status"]) as? [String: Any])?["unfinished"] as? Int == 0
            }
            try #require(isDone, "\(hospital.log.suffix(4000))")
            looks.append(try look(hospital, pushed))
            // A database file stays as large as it ever had to be. Emptied after each round, it never has to hold more than
            // after the first; else that would depend on how much comes between two purges.
            if isLong {
                try #require(
                    eventually(within: 180) { (try? spoolFiles(hospital)) == 0 },
                    "\(hospital.log.suffix(4000))")
            }
        }
        let elapsed = ContinuousClock.now - start
        let (early, late) = (
            Array(looks[looks.count / 4..<looks.count / 2]), Array(looks.suffix(looks.count / 4))
        )
        let memory = { (part: [Look]) in part.map(\.usage.residentKilobytes).max() ?? 0 }
        let status = try #require(try hospital.json(["status"]) as? [String: Any])
        #expect(status["deadLetters"] as? Int == 0)
        try Figures.write("soak", Self.table(looks, seconds: elapsed / .seconds(1)))
        // The short run is too short for every cache to be full at a quarter of it.
        if isLong { #expect(memory(late) <= memory(early) * 105 / 100) }
        #expect(memory(late) <= memory(early) * 120 / 100)
        #expect((late.map(\.usage.threads).max() ?? 0) <= (early.map(\.usage.threads).max() ?? 0))
        #expect((late.map(\.usage.descriptors).max() ?? 0) <= (early.map(\.usage.descriptors).max() ?? 0) + 2)
        if isLong {
            #expect(
                (late.map(\.databaseBytes).max() ?? 0) <= (early.map(\.databaseBytes).max() ?? 0) * 105 / 100)
            #expect((late.map(\.spoolFiles).max() ?? 0) <= (early.map(\.spoolFiles).max() ?? 0) * 3 / 2)
        }
    }

    private func look(_ hospital: Hospital, _ images: Int) throws -> Look {
        let size = { (path: String) in
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        }
        return Look(
            images: images, usage: try Usage(of: try #require(hospital.daemon)),
            databaseBytes: size(hospital.folder + "/queue.sqlite")
                + size(hospital.folder + "/queue.sqlite-wal"),
            spoolFiles: try spoolFiles(hospital))
    }

    private func spoolFiles(_ hospital: Hospital) throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: hospital.folder + "/spool")
            .count { $0.hasSuffix(".dcm") }
    }

    private static func table(_ looks: [Look], seconds: Double) -> [String] {
        let rows =
            stride(from: 0, to: looks.count, by: max(1, looks.count / 8)).map { looks[$0] } + looks.suffix(1)
        return [
            "| Images | Resident memory, MB | Threads | Descriptors | Database and log, MB | Files in the spool |",
            "| ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
            + rows.map { look in
                let megabytes = { (bytes: Int) in String(format: "%.1f", Double(bytes) / 1e6) }
                return
                    "| \(look.images) | \(megabytes(look.usage.residentKilobytes * 1024)) | \(look.usage.threads) "
                    + "| \(look.usage.descriptors) | \(megabytes(look.databaseBytes)) | \(look.spoolFiles) |"
            } + [
                "",
                "\(looks.last?.images ?? 0) images in \(Int(seconds)) s over four associations; no dead letter.",
            ]
    }
}
