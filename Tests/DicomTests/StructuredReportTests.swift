import Dicom
import Foundation
import Testing

@Suite("Structured Reports")
struct StructuredReportTests {
    private func sample() throws -> StructuredReport {
        SampleReport.report(sourcePath: try SampleReport.source.write())
    }

    @Test(arguments: SRClass.allCases)
    func everyClassIsValidAndSaysTheSame(reportClass: SRClass) throws {
        let bytes = try sample().encoded(as: reportClass)
        #expect(try Tool.dciodvfyErrors(bytes) == [])
        let dump = try Tool.dsrdump(bytes)
        #expect(dump.contains("(ZIMMER,99GLENOID,\"Zimmer\")"))
        #expect(dump.contains(reportClass == .basicText ? "=\"93.4 %\"" : "=\"93.4\" (%,UCUM,\"Percent\")"))
        #expect(dump.contains("\"Words\""))
        let header = try Tool.dcmdump(bytes, ["0002,0010", "0002,0012", "0002,0013"])
        #expect(header.contains("=LittleEndianExplicit"))
        #expect(header.contains("[\(Implementation.classUID)]"))
        #expect(header.contains("[\(Implementation.versionName)]"))
    }

    @Test func everyClassIsAnObjectOfItsOwn() throws {
        let report = try sample()
        let uids = SRClass.allCases.map(report.sopInstanceUID(as:))
        #expect(Set(uids).count == SRClass.allCases.count)
        #expect(report.sopInstanceUID(as: .comprehensive3D) == report.sopInstanceUID)
        for (reportClass, uid) in zip(SRClass.allCases, uids) {
            let dump = try Tool.dcmdump(try report.encoded(as: reportClass), ["0008,0018", "0002,0003"])
            #expect(
                dump.components(separatedBy: "[\(uid)]").count == 3,
                "in the data set and the meta information")
        }
    }

    @Test func theSameReportHasTheSameBytes() throws {
        let report = try sample()
        #expect(try report.encoded() == report.encoded())
    }

    @Test func theDocumentIsCompleteAndUnverifiedAndNamesItsEvidence() throws {
        let dump = try Tool.dcmdump(
            try sample().encoded(),
            ["0040,a491", "0040,a493", "0040,a375", "0008,1111", "0040,a372", "0008,0014", "0040,a360"])
        #expect(dump.contains("[COMPLETE]"))
        #expect(dump.contains("[UNVERIFIED]"))
        #expect(dump.contains("CurrentRequestedProcedureEvidenceSequence"))
        #expect(dump.contains("#=0)      #   0, 1 ReferencedPerformedProcedureStepSequence"))
        #expect(dump.contains("#=0)      #   0, 1 PerformedProcedureCodeSequence"))
        #expect(!dump.contains("InstanceCreatorUID"))
        #expect(!dump.contains("PredecessorDocumentsSequence"))
    }

    @Test(arguments: SRClass.allCases)
    func aPredecessorIsNamedInTheClassTheDestinationHas(reportClass: SRClass) throws {
        var report = try sample()
        let old = UID(literal: "2.25.77")
        report.predecessors = [
            StructuredReport.InstanceReference(
                studyInstanceUID: report.studyInstanceUID, seriesInstanceUID: UID(literal: "2.25.2"),
                sopClassUID: SRClass.comprehensive3D.sopClassUID, sopInstanceUID: old)
        ]
        let bytes = try report.encoded(as: reportClass)
        #expect(try Tool.dciodvfyErrors(bytes) == [])
        let dump = try Tool.dcmdump(bytes, ["0040,a360"])
        #expect(dump.contains("[\(StructuredReport.sopInstanceUID(old, as: reportClass))]"))
    }

    @Test func datesAreTheInstallationsWhereTheSourceNamesNoZone() throws {
        let dump = try Tool.dcmdump(try sample().encoded(), ["0008,0023", "0008,0033", "0008,0201"])
        #expect(dump.contains("[20270115]"))
        #expect(dump.contains("[090000]"))
        #expect(!dump.contains("0008,0201"))
    }

    @Test func datesAreToldInTheZoneThatTheSourceNames() throws {
        var source = SampleReport.source
        source.set(0x0008_0201, "SH", "-0930")
        let report = SampleReport.report(sourcePath: try source.write())
        let dump = try Tool.dcmdump(try report.encoded(), ["0008,0023", "0008,0033", "0008,0201"])
        #expect(dump.contains("[20270114]"))
        #expect(dump.contains("[223000]"))
        #expect(dump.contains("[-0930]"))
    }

    @Test func theEquipmentIsOurs() throws {
        var source = SampleReport.source
        source.set(0x0008_0070, "LO", "Vendor of the detector")
        let report = SampleReport.report(sourcePath: try source.write())
        let dump = try Tool.dcmdump(
            try report.encoded(),
            ["0008,0070", "0008,1090", "0018,1000", "0018,1020", "0008,103e", "0020,0011"])
        #expect(!dump.contains("Vendor"))
        #expect(dump.contains("[0.1\\model 1]"))
        #expect(dump.contains("[AI, unverified]"))
        #expect(dump.contains("[9001]"))
    }

    @Test func aVeryLongTextIsCarriedWhole() throws {
        var report = try sample()
        let text = String(repeating: "The image was sharpened twice. ", count: 20_000)
        report.content = SampleReport.content(of: report.evidence[0], text: text)
        let bytes = try report.encoded()
        #expect(bytes.count > text.utf8.count)
        #expect(try Tool.dciodvfyErrors(bytes) == [])
    }

    @Test func identifiersOfForeignObjectsAreGivenBackAsTheyCame() throws {
        var report = SampleReport.report(sourcePath: try SampleReport.source.write(), image: "1.2.03.004")
        report.studyInstanceUID = try #require(UID(received: "1.2.05"))
        let dump = try Tool.dcmdump(try report.encoded(), ["0008,1155", "0020,000d"])
        #expect(dump.components(separatedBy: "[1.2.03.004]").count == 3)
        #expect(dump.contains("[1.2.05]"))
    }

    @Test func aCodeThatDicomCannotCarryIsRefused() throws {
        var report = try sample()
        report.content.concept = CodedEntry("12345678901234567", "DCM", "Too long")
        #expect(
            throws: DicomError.badData(
                .conceptNameCodeSequence,
                "a code cannot be written: the code value has 17 characters, DICOM allows 16")
        ) {
            _ = try report.encoded()
        }
    }

    @Test func aHeaderTextThatDicomCannotCarryIsRefused() throws {
        var report = try sample()
        report.equipment.serialNumber = String(repeating: "9", count: 65)
        #expect { _ = try report.encoded() } throws: { ($0 as? DicomError)?.tag == .deviceSerialNumber }
        report = try sample()
        report.seriesNumber = 3_000_000_000
        #expect { _ = try report.encoded() } throws: { ($0 as? DicomError)?.tag == .seriesNumber }
    }

    @Test func equipmentWithoutASerialNumberIsRefused() throws {
        var report = try sample()
        report.equipment.serialNumber = ""
        #expect { _ = try report.encoded() } throws: { ($0 as? DicomError)?.tag == .manufacturer }
    }

    @Test func anItemThatTheClassDoesNotAdmitIsRefused() throws {
        var report = try sample()
        report.content.children[1].relationship = .hasProperties
        #expect { _ = try report.encoded() } throws: { ($0 as? DicomError)?.tag == .contentSequence }
    }

    @Test func aNumberThatIsNoDecimalStringIsRefused() throws {
        for number in ["", "ninety", "93,4", "0.12345678901234567"] {
            var report = try sample()
            report.content.children[1].children[0].value = .number(
                number, unit: CodedEntry("%", "UCUM", "Percent"))
            #expect(throws: DicomError.self, "\(number)") { _ = try report.encoded() }
        }
    }
}
