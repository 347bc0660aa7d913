import Classification
import Dicom
import Testing

/// A data set with some text attributes and, as a rule, a small image.
private func dataset(_ texts: [(Dicom.Tag, String)], withImage: Bool = true) throws -> Dataset {
    var writer = Part10Writer()
    for (tag, text) in texts.sorted(by: { $0.0.number < $1.0.number }) where tag.number < 0x0028_0000 {
        writer.text(tag, "CS", text)
    }
    if withImage {
        writer.us(.rows, 1)
        writer.us(.columns, 1)
    }
    for (tag, text) in texts.sorted(by: { $0.0.number < $1.0.number }) where tag.number >= 0x0028_0000 {
        writer.text(tag, "CS", text)
    }
    if withImage { writer.words(.pixelData, "OW", [1]) }
    return try Dataset(bytes: writer.part10())
}

struct EligibilityTests {
    private static let shoulders = Acceptance(modality: ["DX", "CR"], bodyPart: ["SHOULDER"])

    private func reason(_ texts: [(Dicom.Tag, String)], withImage: Bool = true) throws -> String? {
        Eligibility.decide(try dataset(texts, withImage: withImage), Self.shoulders).reason
    }

    @Test func absentAttributesDoNotExclude() throws {
        #expect(try reason([]) == nil)
        #expect(try reason([(.modality, ""), (.bodyPartExamined, "")]) == nil)
    }

    @Test func attributesThatFitDoNotExclude() throws {
        for part in ["SHOULDER", "L SHOULDER", "Shoulder", "RSHOULDER", "SHOULDER_AP"] {
            #expect(try reason([(.modality, "DX"), (.bodyPartExamined, part)]) == nil)
        }
        #expect(
            try reason([
                (.imageType, "DERIVED\\PRIMARY"), (.burnedInAnnotation, "NO"), (.qualityControlImage, "NO"),
                (.presentationIntentType, "FOR PRESENTATION"),
            ]) == nil)
    }

    @Test(
        arguments: [
            ([(.modality, "CT")], "Modality (0008,0060)"),
            ([(.bodyPartExamined, "CHEST")], "BodyPartExamined (0018,0015)"),
            ([(.burnedInAnnotation, "YES")], "BurnedInAnnotation (0028,0301)"),
            ([(.qualityControlImage, "YES")], "QualityControlImage (0028,0300)"),
            ([(.imageType, "DERIVED\\SECONDARY\\OTHER")], "ImageType (0008,0008)"),
            ([(.imageType, "ORIGINAL\\PRIMARY\\LOCALIZER")], "ImageType (0008,0008)"),
            ([(.presentationIntentType, "FOR PROCESSING")], "PresentationIntentType (0008,0068)"),
            ([(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1.1.1")], "SOPClassUID (0008,0016)"),
            // A segmentation has pixel data and is no image.
            ([(.sopClassUID, "1.2.840.10008.5.1.4.1.1.66.4")], "SOPClassUID (0008,0016)"),
            (
                [(.manufacturer, "Glenoid"), (.manufacturerModelName, "Glenoid")],
                "ManufacturerModelName (0008,1090)"
            ),
        ] as [([(Dicom.Tag, String)], String)])
    func contradictingAttributesExcludeByName(texts: [(Dicom.Tag, String)], name: String) throws {
        let reason = try #require(try reason(texts))
        #expect(reason.hasPrefix(name), "\(reason)")
        // No value of the image is repeated, only what the rules are about.
        #expect(!reason.contains("CHEST") && !reason.contains("CT "))
    }

    @Test func objectWithoutPixelsIsNotAnImage() throws {
        let reason = try #require(try reason([(.modality, "DX")], withImage: false))
        #expect(reason.contains("not an image"))
    }

    @Test func modelWithoutRulesLooksAtEverything() throws {
        let chest = try dataset([(.modality, "CT"), (.bodyPartExamined, "CHEST")])
        #expect(Eligibility.decide(chest, Acceptance()) == .eligible)
    }

    @Test(
        arguments: [("Shoulder joint", nil), ("Thorax", "AnatomicRegionSequence (0008,2218)")]
            as [(String, String?)])
    func anatomicRegionSpeaksWhereTheBodyPartDoesNot(meaning: String, excluded: String?) throws {
        var writer = Part10Writer()
        writer.sequence(.anatomicRegionSequence, [{ $0.text(.codeMeaning, "LO", meaning) }])
        writer.words(.pixelData, "OW", [1])
        let decision = Eligibility.decide(try Dataset(bytes: writer.part10()), Self.shoulders)
        if let excluded {
            #expect(decision.reason?.contains(excluded) == true)
        } else {
            #expect(decision == .eligible)
        }
    }

    @Test func oneThatFitsIsEnough() throws {
        var writer = Part10Writer()
        writer.sequence(.anatomicRegionSequence, [{ $0.text(.codeMeaning, "LO", "Shoulder") }])
        writer.text(.bodyPartExamined, "CS", "EXTREMITY")
        writer.words(.pixelData, "OW", [1])
        #expect(Eligibility.decide(try Dataset(bytes: writer.part10()), Self.shoulders) == .eligible)
    }
}
