// The main job: radiographs go in, reports come out.
import Foundation
import Testing

@Suite("A pushed radiograph", .serialized)
struct PushTests {
    @Test("comes back as a valid Structured Report that says what classify says")
    func oneRadiograph() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        let report = try #require(hospital.reports.first)

        let validation = try Program.run("dciodvfy", [report])
        #expect(!(validation.output + validation.errors).contains("Error"), "\(validation.errors)")
        #expect(try Program.run("dsrdump", [report]).status == 0)
        #expect(
            try Radiographs.value("StudyInstanceUID", of: report)
                == Radiographs.value("StudyInstanceUID", of: Fixtures.phantom))

        let shown = try Program.run("glenoid", ["report", "show", "--json", report])
        let classified = try Program.run(
            "glenoid", ["classify", "--model", Fixtures.bundle, "--json", Fixtures.phantom])
        #expect(try percentages(inReport: shown.output) == percentages(inClassification: classified.output))
    }

    @Test("in a study of several gives one report for the study, naming every image")
    func oneReportPerStudy() throws {
        let hospital = try Hospital(settle: "500ms")
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(6, perStudy: 3, in: hospital.folder)
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        #expect(eventually(within: 40) { hospital.reports.count == 2 }, "\(hospital.log)")
        var named: [String] = []
        for report in hospital.reports {
            let dump = try Program.run("dcmdump", ["-q", "+P", "ReferencedSOPInstanceUID", report]).output
            let uids = Set(
                dump.split(separator: "\n").compactMap {
                    $0.split(separator: "[").dropFirst().first?.split(separator: "]").first
                })
            #expect(uids.count == 3)
            named += uids.map(String.init)
        }
        #expect(Set(named) == Set(try files.map { try Radiographs.value("SOPInstanceUID", of: $0) }))
    }

    @Test("that comes twice changes nothing")
    func duplicate() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        for _ in 0..<2 { #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0) }
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        let uid = try Radiographs.value("SOPInstanceUID", of: Fixtures.phantom)
        let explained = try #require(try hospital.json(["explain", uid]) as? [String: Any])
        let steps = try #require(explained["steps"] as? [[String: Any]])
        #expect(steps.contains { $0["name"] as? String == "duplicate" })
        #expect(hospital.reports.count == 1)
    }

    @Test("that comes late gives a new report that names its predecessor")
    func lateImage() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(2, perStudy: 2, in: hospital.folder)
        #expect(try hospital.push([files[0]], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        let first = try #require(hospital.reports.first)
        let firstUID = try Radiographs.value("SOPInstanceUID", of: first)
        #expect(try hospital.push([files[1]], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 2 }, "\(hospital.log)")
        let second = try #require(hospital.reports.first { $0 != first })
        let shown = try Program.run("glenoid", ["report", "show", "--json", second])
        let reading = try #require(
            try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
        #expect(reading["predecessors"] as? [String] == [firstUID])
        #expect((reading["groups"] as? [Any])?.count == 2)
    }

    @Test("with the same UID but other content is classified anew, and the newer one speaks")
    func conflictingContent() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let uid = "(0008,0018)=\(Radiographs.uid())"
        let older = try Radiographs.make([uid, "(0020,4000)=older"], in: hospital.folder)
        let newer = try Radiographs.make([uid, "(0020,4000)=newer"], in: hospital.folder)
        #expect(try hospital.push([older], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        #expect(try hospital.push([newer], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 2 }, "\(hospital.log)")
        #expect(hospital.log.contains("warning"))
    }

    @Test("through four associations at once gives one report per study")
    func fourAssociations() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(16, in: hospital.folder)
        let senders = try (0..<4).map { lane in
            try Running(
                "storescu",
                ["-aec", "GLENOID", "-xt", "127.0.0.1", "\(hospital.port)"]
                    + files.enumerated().filter { $0.offset % 4 == lane }.map(\.element),
                logPath: "\(hospital.folder)/sender-\(lane).log")
        }
        for sender in senders {
            #expect(sender.wait() == 0, "\(sender.log)")
        }
        #expect(eventually(within: 60) { hospital.reports.count == 16 }, "\(hospital.log)")
    }
}

/// The probabilities of every image in percent with one decimal, sorted, whatever the classes are called.
private func percentages(inReport json: String) throws -> [[Double]] {
    let reading = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let groups = try #require(reading["groups"] as? [[String: Any]])
    return groups.map { (($0["probabilities"] as? [String: Double]) ?? [:]).values.map(rounded).sorted() }
}

private func percentages(inClassification json: String) throws -> [[Double]] {
    let files = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    return files.map {
        (($0["probabilities"] as? [String: Double]) ?? [:]).values.map { rounded($0 * 100) }.sorted()
    }
}

private func rounded(_ percent: Double) -> Double { (percent * 10).rounded() / 10 }
