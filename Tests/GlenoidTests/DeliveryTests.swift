// Reports reach their destination: late, by another class, or as a dead letter, but never not at all.
import Foundation
import Testing

@Suite("Delivery", .serialized)
struct DeliveryTests {
    @Test("a destination that is down gets its reports when it is back")
    func destinationDown() throws {
        let hospital = try Hospital()
        try hospital.open()
        let files = try Radiographs.make(3, in: hospital.folder)
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        #expect(
            try eventually {
                let status = try #require(try hospital.json(["status"]) as? [String: Any])
                return status["recordedReports"] as? Int == 3
            }, "\(hospital.log)")
        #expect(hospital.reports.isEmpty)
        try hospital.openPACS()
        #expect(eventually { hospital.reports.count == 3 }, "\(hospital.log)")
        let status = try #require(try hospital.json(["status"]) as? [String: Any])
        #expect(status["deadLetters"] as? Int == 0)
    }

    @Test("survives a restart of the daemon while the destination is down")
    func restartWhileDown() throws {
        let hospital = try Hospital()
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        #expect(
            try eventually {
                (try hospital.json(["status"]) as? [String: Any])?["recordedReports"] as? Int == 1
            },
            "\(hospital.log)")
        #expect(hospital.close() == 0)
        try hospital.openPACS()
        try hospital.open()
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
    }

    @Test("a destination that takes only Basic Text gets Basic Text, with the same findings")
    func basicTextOnly() throws {
        let hospital = try Hospital()
        try hospital.openPACS(accepting: "BasicTextSRStorage")
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        let report = try #require(hospital.reports.first)
        #expect(try Program.run("dcmdump", ["+P", "SOPClassUID", report]).output.contains("BasicTextSR"))
        #expect(try Program.run("dsrdump", [report]).status == 0)
    }

    @Test("a report that the destination will never take is a dead letter that can be retried")
    func deadLetter() throws {
        let hospital = try Hospital()
        // A PACS that takes no SR at all.
        try hospital.openPACS(["-xf", try hospital.acceptingOnlyEchoes(), "Default"])
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        #expect(
            try eventually { (try hospital.json(["status"]) as? [String: Any])?["deadLetters"] as? Int == 1 },
            "\(hospital.log)")
        let letters = try #require(try hospital.json(["queue", "list", "--dead"]) as? [[String: Any]])
        #expect((letters.first?["reason"] as? String)?.isEmpty == false)
        let misspelt = try Program.run(
            "glenoid", ["queue", "list", "--destination", "pcas", "--config", hospital.configuration])
        #expect(misspelt.status != 0 && misspelt.errors.contains("did you mean pacs?"), "\(misspelt)")

        // The administrator mends the PACS and has it tried again.
        hospital.closePACS()
        try hospital.openPACS()
        let work = try #require(letters.first?["work"] as? String)
        let retried = try Program.run(
            "glenoid", ["queue", "retry", work, "--config", hospital.configuration])
        #expect(retried.status == 0, "\(retried.errors)")
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
    }

    /// The PACS has the first report and refuses the second for good; the third must supersede both.
    @Test("a report that was refused in between leaves only the last one standing")
    func refusedInBetween() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(3, perStudy: 3, in: hospital.folder)
        #expect(try hospital.push([files[0]], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        hospital.closePACS()
        try hospital.openPACS(["-xf", try hospital.acceptingOnlyEchoes(), "Default"])
        #expect(try hospital.push([files[1]], ["-xt"]).status == 0)
        #expect(
            try eventually { (try hospital.json(["status"]) as? [String: Any])?["deadLetters"] as? Int == 1 },
            "\(hospital.log)")
        hospital.closePACS()
        try hospital.openPACS()
        #expect(try hospital.push([files[2]], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 2 }, "\(hospital.log)")
        let standing = try Promise.standing(hospital.reports)
        #expect(standing.count == 1)
        #expect(
            Set(standing.flatMap(\.images))
                == Set(try files.map { try Radiographs.value("SOPInstanceUID", of: $0) }))
    }

    /// The plainer variant is made by another installation than the report: its identity must be of the report's.
    @Test("a plainer variant made after an update is still superseded by its successor")
    func variantAfterAnUpdate() throws {
        let hospital = try Hospital()
        try hospital.open()
        let files = try Radiographs.make(2, perStudy: 2, in: hospital.folder)
        #expect(try hospital.push([files[0]], ["-xt"]).status == 0)
        #expect(
            try eventually {
                (try hospital.json(["status"]) as? [String: Any])?["recordedReports"] as? Int == 1
            }, "\(hospital.log)")
        #expect(hospital.close() == 0)
        try hospital.openPACS(accepting: "BasicTextSRStorage")
        try hospital.open(environment: ["GLENOID_INSTALLATION_SERIAL_NUMBER": "7"])
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        hospital.closePACS()
        try hospital.openPACS()
        #expect(try hospital.push([files[1]], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 2 }, "\(hospital.log)")
        #expect(try Promise.standing(hospital.reports).count == 1)
    }

    @Test(
        "a report that may have arrived is not sent again in another class, where the answer is lost and where we are",
        arguments: [false, true])
    func unknownOutcome(isKilled: Bool) throws {
        let hospital = try Hospital()
        func reason() throws -> String {
            let waiting = try #require(try hospital.json(["queue", "list"]) as? [[String: Any]])
            return waiting.compactMap { $0["reason"] as? String }.joined()
        }
        if isKilled {
            try hospital.openPACS()
            try hospital.open(environment: ["GLENOID_FAULT": "deliver.answered:kill"])
            #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
            #expect(eventually { hospital.daemon?.isRunning != true }, "\(hospital.log)")
            #expect(hospital.reports.count == 1)
        } else {
            // It takes the report, and aborts where its answer is due.
            try hospital.openPACS(["--abort-after"])
            try hospital.open()
            #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
            #expect(try eventually { try reason().contains("aborted") }, "\(hospital.log)")
        }
        hospital.closePACS()
        try hospital.openPACS(accepting: "BasicTextSRStorage")
        if isKilled { try hospital.open() }
        #expect(
            try eventually { try reason().contains("may have the report as") }, "\(hospital.log)")
        func count(_ sopClass: String) throws -> Int {
            try hospital.reports.count {
                try Program.run("dcmdump", ["+P", "SOPClassUID", $0]).output.contains(sopClass)
            }
        }
        // Nor does it hold up another study's.
        #expect(try hospital.push(try Radiographs.make(1, in: hospital.folder), ["-xt"]).status == 0)
        #expect(try eventually { try count("BasicTextSR") == 1 }, "\(hospital.log)")
        hospital.closePACS()
        try hospital.openPACS()
        #expect(
            try eventually { (try hospital.json(["queue", "list"]) as? [[String: Any]])?.isEmpty == true },
            "\(hospital.log)")
        #expect(try count("Comprehensive3DSR") == 1 && count("BasicTextSR") == 1)
    }

    @Test("works with a real archive: dcmqrscp keeps the report and finds it")
    func queryRetrieveArchive() throws {
        let hospital = try Hospital()
        let archive = try Archive(port: hospital.pacsPort, folder: hospital.folder)
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        let study = try Radiographs.value("StudyInstanceUID", of: Fixtures.phantom)
        #expect(try eventually { try archive.finds(study: study) }, "\(hospital.log)\n\(archive.process.log)")
    }
}

/// DCMTK's archive.
private final class Archive {
    let process: Running
    let port: Int

    init(port: Int, folder: String) throws {
        self.port = port
        try FileManager.default.createDirectory(
            atPath: folder + "/archive", withIntermediateDirectories: true)
        let configuration = folder + "/dcmqrscp.cfg"
        try """
        NetworkTCPPort = \(port)
        MaxPDUSize = 16384
        MaxAssociations = 16
        HostTable BEGIN
        HostTable END
        VendorTable BEGIN
        VendorTable END
        AETable BEGIN
        PACS \(folder)/archive RW (200, 1024mb) ANY
        AETable END
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        process = try Running("dcmqrscp", ["-c", configuration], logPath: folder + "/dcmqrscp.log")
        #expect(
            try eventually {
                try Program.run("echoscu", ["-aec", "PACS", "127.0.0.1", "\(port)"]).status == 0
            })
    }

    /// Whether the archive has a report of the study.
    func finds(study: String) throws -> Bool {
        let found = try Program.run(
            "findscu",
            [
                "-S", "-aec", "PACS", "127.0.0.1", "\(port)", "-k", "QueryRetrieveLevel=SERIES", "-k",
                "StudyInstanceUID=\(study)",
                "-k", "Modality",
            ])
        return (found.output + found.errors).contains("SR")
    }
}
