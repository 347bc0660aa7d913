import Dicom

/// A small report with every value type, and the radiograph it is about.
enum SampleReport {
    /// A radiograph's header with an ordinary patient.
    static var source: RawObject {
        var object = RawObject()
        object.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.1.1")
        object.set(0x0008_0018, "UI", "1.2.3.4.5")
        object.set(0x0008_0020, "DA", "20260102")
        object.set(0x0008_0030, "TM", "101500")
        object.set(0x0008_0050, "SH", "ACC00001")
        object.set(0x0008_0060, "CS", "DX")
        object.set(0x0008_0090, "PN", "Referrer^Rita")
        object.set(0x0008_1030, "LO", "Shoulder left 2 views")
        object.set(0x0010_0010, "PN", "Phantom^Ada^Byron^Dr.^jr.")
        object.set(0x0010_0020, "LO", "P-0001")
        object.set(0x0010_0021, "LO", "HOSPITAL")
        object.set(0x0010_0030, "DA", "19500101")
        object.set(0x0010_0040, "CS", "O")
        object.set(0x0020_000D, "UI", "1.2.3")
        object.set(0x0020_000E, "UI", "1.2.3.4")
        object.set(0x0020_0010, "SH", "S1")
        return object
    }

    /// The report on the radiograph at `sourcePath`.
    static func report(sourcePath: String, image: String = "1.2.3.4.5") -> StructuredReport {
        let study = UID(literal: "1.2.3")
        let xa = UID(literal: "1.2.840.10008.5.1.4.1.1.12.1")
        let reference = StructuredReport.InstanceReference(
            studyInstanceUID: study, seriesInstanceUID: UID(literal: "1.2.3.4"), sopClassUID: xa,
            sopInstanceUID: UID(received: image) ?? study)
        return StructuredReport(
            sopInstanceUID: UID(literal: "2.25.1"), studyInstanceUID: study,
            seriesInstanceUID: UID(literal: "2.25.2"), seriesNumber: 9001, instanceNumber: 1,
            seriesDescription: "AI, unverified",
            composedAt: LocalTime(secondsSince1970: 1_800_000_000, minutesFromUTC: 60),
            equipment: StructuredReport.Equipment(
                manufacturer: "Glenoid", modelName: "Glenoid", serialNumber: "1",
                softwareVersions: ["0.1", "model 1"]),
            evidence: [reference],
            codingSchemes: [
                StructuredReport.CodingSchemeIdentification(
                    designator: "99GLENOID", name: "Glenoid", responsibleOrganization: "Glenoid")
            ],
            sourcePath: sourcePath, content: content(of: reference))
    }

    /// A content tree with a container, text, code, number, UID and image.
    static func content(of reference: StructuredReport.InstanceReference, text: String = "Words")
        -> ContentItem
    {
        let maker = CodedEntry("113878", "DCM", "Device Manufacturer")
        let zimmer = CodedEntry("ZIMMER", "99GLENOID", "Zimmer")
        return ContentItem(
            .root, CodedEntry("126000", "DCM", "Imaging Measurement Report"),
            .container(templateIdentifier: "1500"),
            children: [
                ContentItem(
                    .hasObservationContext, CodedEntry("121012", "DCM", "Device Observer UID"),
                    .uid(UID(literal: "2.25.3"))),
                ContentItem(
                    .contains, CodedEntry("125007", "DCM", "Measurement Group"),
                    .container(templateIdentifier: nil),
                    children: [
                        ContentItem(
                            .contains, CodedEntry("122157", "DCM", "Probability"),
                            .number("93.4", unit: CodedEntry("%", "UCUM", "Percent")),
                            children: [ContentItem(.hasConceptModifier, maker, .code(zimmer))]),
                        ContentItem(
                            .contains, nil,
                            .image(
                                sopClassUID: reference.sopClassUID, sopInstanceUID: reference.sopInstanceUID,
                                frameNumbers: [1, 3])),
                        ContentItem(.contains, maker, .code(zimmer)),
                    ]),
                ContentItem(.contains, CodedEntry("121077", "DCM", "Conclusion"), .text(text)),
            ])
    }
}
