// A destination that asks for them gets heat maps beside its reports, and never instead of them.
import Foundation
import Testing

@Suite("Heat maps at a destination", .serialized)
struct HeatMapDeliveryTests {
    private static let secondaryCapture = "SecondaryCaptureImageStorage"

    @Test("each image's picture follows its report, valid and in the same study")
    func delivered() throws {
        let hospital = try Hospital(settle: "1s", destination: ", heatmap: true")
        try hospital.openPACS()
        try hospital.open()
        let files = try Radiographs.make(2, in: hospital.folder)
        #expect(try hospital.push(files, ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 4 }, "\(hospital.log)")
        let captures = try hospital.reports.filter { try isCapture($0) }
        #expect(captures.count == 2)
        #expect(
            try Set(captures.map { try Radiographs.value("StudyInstanceUID", of: $0) })
                == Set(files.map { try Radiographs.value("StudyInstanceUID", of: $0) }))
        for capture in captures {
            #expect(try Radiographs.value("BurnedInAnnotation", of: capture) == "YES")
            let verdict = try Program.run("dciodvfy", [capture])
            #expect(!(verdict.output + verdict.errors).contains("Error"), "\(verdict.errors)")
        }
        let incoming = try FileManager.default.contentsOfDirectory(
            atPath: hospital.folder + "/spool/incoming")
        #expect(incoming.isEmpty)
    }

    @Test("a destination that takes only reports has its report, and the refusal is on record")
    func refused() throws {
        let hospital = try Hospital(destination: ", heatmap: true")
        try hospital.openPACS(accepting: "Comprehensive3DSRStorage")
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        #expect(eventually { hospital.log.contains("delivered with heat map:") }, "\(hospital.log)")
        #expect(hospital.reports.count == 1)
        let status = try #require(try hospital.json(["status"]) as? [String: Any])
        #expect(status["deadLetters"] as? Int == 0)
    }

    private func isCapture(_ file: String) throws -> Bool {
        try Program.run("dcmdump", ["+P", "SOPClassUID", file]).output.contains(Self.secondaryCapture)
    }
}
