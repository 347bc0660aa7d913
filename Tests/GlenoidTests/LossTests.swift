// What the disk has lost, or does not show: nothing is begun over it, and what comes again mends it.
import Foundation
import Testing

@Suite("Loss", .serialized)
struct LossTests {
    @Test("does not start on a spool that is not its queue's until the operator says so")
    func anotherSpool() throws {
        let hospital = try Hospital()
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        #expect(hospital.close() == 0)
        let (spool, disk) = (hospital.folder + "/spool", hospital.folder + "/disk")
        // As it looks where the disk is not mounted.
        try FileManager.default.moveItem(atPath: spool, toPath: disk)
        try hospital.launch()
        #expect(eventually { hospital.daemon?.isRunning == false })
        #expect(hospital.log.contains("Is the spool's disk mounted?"), "\(hospital.log)")
        #expect(hospital.log.contains("glenoid queue adopt-spool"), "\(hospital.log)")
        try FileManager.default.removeItem(atPath: spool)
        try FileManager.default.moveItem(atPath: disk, toPath: spool)
        try hospital.openPACS()
        try hospital.open()
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        #expect(hospital.close() == 0)
        // Lost for good.
        try FileManager.default.removeItem(atPath: spool)
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: false)
        let adoption = try Program.run(
            "glenoid", ["queue", "adopt-spool", "--config", hospital.configuration])
        #expect(adoption.status == 0 && adoption.output.contains("belong together now"), "\(adoption.errors)")
        try hospital.open()
    }

    /// What a disk that is lost, or an administrator's mistake, does.
    private func loseFiles(of hospital: Hospital) throws {
        for folder in ["reports", "instances"] {
            let path = "\(hospital.folder)/spool/\(folder)"
            for name in try FileManager.default.subpathsOfDirectory(atPath: path)
            where name.hasSuffix(".dcm") {
                try FileManager.default.removeItem(atPath: "\(path)/\(name)")
            }
        }
    }

    @Test(
        "an image that is sent again after its file was lost brings its report back",
        arguments: [true, false])
    func lostFiles(isReportMade: Bool) throws {
        let hospital = try Hospital(settle: isReportMade ? "0s" : "4s")
        try hospital.open()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        func status(_ key: String) throws -> Any? { (try hospital.json(["status"]) as? [String: Any])?[key] }
        #expect(
            try eventually {
                let work = try #require(try status("instances") as? [String: Any])
                return try work["done"] as? Int == 1
                    && (!isReportMade || status("recordedReports") as? Int == 1)
            }, "\(hospital.log)")
        #expect(hospital.close(SIGKILL) != 0)
        try loseFiles(of: hospital)
        try hospital.open()
        #expect(try eventually { try status("deadLetters") as? Int == 1 }, "\(hospital.log)")
        try hospital.openPACS()
        #expect(try hospital.push([Fixtures.phantom], ["-xt"]).status == 0)
        let retry = try Program.run("glenoid", ["queue", "retry", "--all", "-c", hospital.configuration])
        #expect(retry.status == 0, "\(retry.errors)")
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        #expect(try Promise.standing(hospital.reports).first?.images.count == 1)
        #expect(try status("deadLetters") as? Int == 0)
    }

    @Test("a report whose predecessor's file is lost supersedes it all the same")
    func lostPredecessor() throws {
        let hospital = try Hospital()
        try hospital.openPACS()
        try hospital.open()
        let images = try Radiographs.make(2, perStudy: 2, in: hospital.folder)
        #expect(try hospital.push([images[0]], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 1 }, "\(hospital.log)")
        #expect(hospital.close() == 0)
        try loseFiles(of: hospital)
        try hospital.open()
        #expect(try hospital.push([images[1]], ["-xt"]).status == 0)
        #expect(eventually { hospital.reports.count == 2 }, "\(hospital.log)")
        let standing = try Promise.standing(hospital.reports)
        #expect(standing.count == 1 && standing.first?.images.count == 2, "\(standing)")
        #expect(standing.first?.predecessors.count == 1)
        // One series, and a number that goes on.
        let elements = ["+P", "SeriesInstanceUID", "+P", "InstanceNumber"]
        let dump = try Program.run("dcmdump", ["-s"] + elements + hospital.reports).output
        let series = dump.split(separator: "\n").filter { $0.hasPrefix("(0020,000e)") }
        #expect(Set(series).count == 1, "\(dump)")
        #expect(dump.contains("[1]") && dump.contains("[2]"), "\(dump)")
    }
}
