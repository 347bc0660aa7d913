// One bad destination, or one bad sender, delays no other.
import Foundation
import Testing

@Suite("Bulkheads", .serialized)
struct BulkheadTests {
    private func bundle() throws -> String {
        try Fixtures.quickBundle(in: NSTemporaryDirectory() + "glenoid-\(UUID().uuidString)")
    }

    /// Pushes to a node with a good and a bad destination: the good one has everything while the bad one has nothing
    /// and all that is meant for it waits.
    private func expectGoodOneIsServed(beside other: String) throws {
        let hospital = try Hospital(bundle: try bundle(), beside: other)
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(6, in: hospital.folder)
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        #expect(eventually(within: 30) { hospital.reports.count == 6 }, "\(other)\n\(hospital.log)")
        let status = try #require(try hospital.json(["status"]) as? [String: Any])
        let deliveries = try #require(status["deliveries"] as? [String: [String: Int]])
        let waiting = deliveries["other"].map {
            ($0["ready"] ?? 0) + ($0["deferred"] ?? 0) + ($0["claimed"] ?? 0)
        }
        #expect(waiting == 6, "\(deliveries)")
        #expect(status["deadLetters"] as? Int == 0)
    }

    @Test("a destination that misbehaves holds up no other", arguments: OddPort.Manner.allCases)
    func oddDestination(manner: OddPort.Manner) throws {
        let odd = try OddPort(manner)
        try expectGoodOneIsServed(beside: "host: 127.0.0.1, port: \(odd.port)")
    }

    @Test("a destination whose name has no address holds up no other, and nothing for it is lost")
    func unresolvableDestination() throws {
        try expectGoodOneIsServed(beside: "host: no-such-host.invalid, port: 104")
    }

    @Test("a destination where nobody listens holds up no other")
    func closedDestination() throws {
        try expectGoodOneIsServed(beside: "host: 127.0.0.1, port: \(try Program.freePort())")
    }

    @Test("a load balancer's probes and senders that fall silent hold up nobody")
    func silentSenders() throws {
        let hospital = try Hospital(
            dicom: ", maximumAssociations: 4", bundle: try bundle())
        try hospital.openPACS()
        try hospital.open()
        // Connections that only look, and connections that say nothing at all.
        let script = """
            for i in $(seq 40); do exec 3<>/dev/tcp/127.0.0.1/\(hospital.port); exec 3>&-; done
            for fd in $(seq 10 29); do eval "exec $fd<>/dev/tcp/127.0.0.1/\(hospital.port)"; done
            sleep 30
            """
        let silent = try Running("bash", ["-c", script], logPath: hospital.folder + "/silent.log")
        Thread.sleep(forTimeInterval: 0.5)
        let files = try Radiographs.make(3, in: hospital.folder)
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 3 }, "\(hospital.log)")
        silent.end(SIGKILL)
    }

    @Test("sixty-four associations at once are served with bounded threads, descriptors and memory")
    func manyAssociations() throws {
        let hospital = try Hospital(
            dicom: ", maximumAssociations: 64", bundle: try bundle())
        try hospital.openPACS(["--ignore"])
        try hospital.open()
        let small = try Radiographs.makeSmall(in: hospital.folder)
        let before = try Usage(of: try #require(hospital.daemon))
        let senders = try (0..<64).map { number in
            try Running(
                "storescu",
                [
                    "-v", "-aec", "GLENOID", "-aet", "SENDER\(number)", "+IS", "1", "+IR", "1", "127.0.0.1",
                    "\(hospital.port)",
                ]
                    + [String](repeating: small, count: 4), logPath: "\(hospital.folder)/sender-\(number).log"
            )
        }
        var most = before
        while senders.contains(where: \.isRunning) {
            most.raise(to: try Usage(of: try #require(hospital.daemon)))
            Thread.sleep(forTimeInterval: 0.05)
        }
        for sender in senders { #expect(sender.wait() == 0, "\(sender.log.suffix(500))") }
        #expect(most.threads <= before.threads + 64 + 4)
        #expect(most.descriptors <= before.descriptors + 64 * 3 + 8)
        // Each association holds a write buffer, a PDU and its stack, whatever the size of what it brings.
        #expect(most.residentKilobytes <= before.residentKilobytes + 64 * 2048)
        let isDone = try eventually(within: 120) {
            (try hospital.json(["status"]) as? [String: Any])?["unfinished"] as? Int == 0
        }
        #expect(isDone)
        let status = try #require(try hospital.json(["status"]) as? [String: Any])
        #expect(status["recordedReports"] as? Int == 256)
    }
}
