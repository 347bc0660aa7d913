// What is not a radiograph, or no proper one, is refused or skipped with a reason, and never answered wrongly.
import Foundation
import Testing

@Suite("Refusals", .serialized)
struct RefusalTests {
    @Test("an association that calls another AE title is rejected, and the log says so")
    func wrongAETitle() throws {
        let hospital = try Hospital()
        try hospital.open()
        #expect(try hospital.echo(calling: "SOMEBODY") != 0)
        #expect(try hospital.echo() == 0)
        #expect(hospital.log.contains("SOMEBODY"))
    }

    @Test("a caller that is not on the list is rejected")
    func unknownCaller() throws {
        let hospital = try Hospital(dicom: ", callers: [{aeTitle: MODALITY, address: 127.0.0.0/8}]")
        try hospital.open(calling: "MODALITY")
        let refused = try Program.run(
            "echoscu", ["-aec", "GLENOID", "-aet", "ELSE", "127.0.0.1", "\(hospital.port)"])
        #expect(refused.status != 0)
        let admitted = try Program.run(
            "echoscu", ["-aec", "GLENOID", "-aet", "MODALITY", "127.0.0.1", "\(hospital.port)"])
        #expect(admitted.status == 0)
    }

    @Test("bytes that are not DICOM neither stop the daemon nor hold it up")
    func notDICOM() throws {
        let hospital = try Hospital()
        try hospital.open()
        for text in ["GET / HTTP/1.1\r\n\r\n", "", String(repeating: "\u{01}", count: 5000)] {
            let script = "exec 3<>/dev/tcp/127.0.0.1/\(hospital.port); printf '%s' \"$1\" >&3"
            _ = try Program.run("bash", ["-c", script, "bash", text])
        }
        #expect(try hospital.echo() == 0)
    }

    @Test("a Structured Report is kept, skipped, and its reason can be asked for")
    func structuredReport() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        let report = try #require(hospital.reports.first)
        #expect(try hospital.push([report], ["-R"]).status == 0)
        try expectSkipped(try Radiographs.value("SOPInstanceUID", of: report), in: hospital)
        #expect(hospital.reports.count == 1)
    }

    @Test("an encapsulated PDF is kept and skipped")
    func pdf() throws {
        let hospital = try Hospital()
        try hospital.open()
        let pdf = hospital.folder + "/letter.pdf"
        try "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
            .write(toFile: pdf, atomically: true, encoding: .utf8)
        let file = hospital.folder + "/letter.dcm"
        #expect(try Program.run("pdf2dcm", [pdf, file]).status == 0)
        #expect(try hospital.push([file]).status == 0)
        try expectSkipped(try Radiographs.value("SOPInstanceUID", of: file), in: hospital)
    }

    @Test("a radiograph of another body part is skipped")
    func otherBodyPart() throws {
        let hospital = try Hospital()
        try hospital.open()
        let file = try Radiographs.make(
            ["(0018,0015)=CHEST", "(0008,0018)=\(Radiographs.uid())"], erase: ["(0008,2218)"],
            in: hospital.folder)
        #expect(try hospital.push([file], ["-xt"]).status == 0)
        try expectSkipped(try Radiographs.value("SOPInstanceUID", of: file), in: hospital)
    }

    @Test("pixel data of no length gives no answer, but a reason")
    func emptyPixels() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let plain = try uncompressed(in: hospital)
        let empty = try Program.run("dcmodify", ["-nb", "-imt", "-ie", "-m", "PixelData=", plain])
        #expect(empty.status == 0, "\(empty.errors)")
        #expect(try hospital.push([plain]).status == 0)
        try expectNoAnswer(try Radiographs.value("SOPInstanceUID", of: plain), in: hospital)
    }

    @Test("pixel data that are cut short give no answer, but a reason")
    func truncatedPixels() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let plain = try uncompressed(in: hospital)
        // More rows than there are samples for: the object says more than it holds.
        #expect(try Program.run("dcmodify", ["-nb", "-m", "Rows=9000", plain]).status == 0)
        #expect(try hospital.push([plain]).status == 0)
        try expectNoAnswer(try Radiographs.value("SOPInstanceUID", of: plain), in: hospital)
    }

    @Test("a file that ends in the middle is not answered")
    func truncatedFile() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let file = try Radiographs.make(["(0008,0018)=\(Radiographs.uid())"], in: hospital.folder)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file))
        // storescu may refuse it itself; what it does send must not be answered.
        _ = try hospital.push([file], ["-xt"])
        Thread.sleep(forTimeInterval: 1)
        #expect(hospital.reports.isEmpty)
        #expect(try hospital.echo() == 0)
    }

    private func uncompressed(in hospital: Hospital) throws -> String {
        let path = hospital.folder + "/plain-\(UUID().uuidString).dcm"
        #expect(
            try Program.run("dcmdjpls", [Fixtures.phantom, path]).status == 0
                || Program.run("dcmdjpeg", [Fixtures.phantom, path]).status == 0)
        return path
    }

    private func expectSkipped(_ uid: String, in hospital: Hospital) throws {
        var reason = ""
        #expect(
            try eventually {
                let work = try states(of: uid, in: hospital)
                reason = work.first?["reason"] as? String ?? ""
                return work.contains { $0["state"] as? String == "done" } && !reason.isEmpty
            }, "\(uid) was not skipped: \(hospital.log)")
    }

    /// Dead with a reason or skipped with a reason; never in a report.
    private func expectNoAnswer(_ uid: String, in hospital: Hospital) throws {
        #expect(
            try eventually {
                let work = try states(of: uid, in: hospital)
                return work.contains {
                    ["done", "dead"].contains($0["state"] as? String ?? "") && $0["reason"] is String
                }
            }, "\(uid): \(hospital.log)")
        #expect(hospital.reports.isEmpty)
        #expect(try hospital.echo() == 0)
    }

    private func states(of uid: String, in hospital: Hospital) throws -> [[String: Any]] {
        let run = try Program.run("glenoid", ["explain", uid, "--config", hospital.configuration, "--json"])
        guard run.status == 0 else { return [] }
        let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        let work = object?["work"] as? [[String: Any]] ?? []
        return work.filter { ($0["work"] as? String)?.hasPrefix("i") == true }
    }
}
