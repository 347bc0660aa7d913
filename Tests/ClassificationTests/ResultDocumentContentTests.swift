import Classification
import Dicom
import Testing

@Suite("Content of a report")
struct ResultDocumentContentTests {
    private let moment = LocalTime(secondsSince1970: 1_800_000_000, minutesFromUTC: 0)

    private func groups(of results: [ImageResult], model: ModelDescription = SampleResults.model) throws
        -> [ContentItem]
    {
        let document = try SampleResults.document(results, model: model)
        return document.report(source: "", composedAt: moment).content.flattened.filter {
            $0.concept?.value == "125007"
        }
    }

    private func values(_ code: String, in item: ContentItem) -> [ContentItem.Value] {
        item.flattened.filter { $0.concept?.value == code }.map(\.value)
    }

    @Test func oneGroupTellsOneImage() throws {
        let group = try #require(groups(of: [SampleResults.result(1)]).first)
        #expect(group.value == .container(templateIdentifier: "1501"))
        #expect(values("112039", in: group) == [.text("Implant in image 1.2.3.1.1")])
        #expect(values("121071", in: group) == [.code(CodedEntry("40388003", "SCT", "Implant"))])
        #expect(values("111001", in: group) == [.text("shoulder-implant")])
        #expect(values("111003", in: group) == [.text("1.0.0")])
        #expect(
            values("111002", in: group) == [
                .text("Model SHA-256: " + String(repeating: "ab", count: 32)),
                .text("window 2048/4096 (LINEAR)"), .text("resized from 2140x1760 to 240x240, bicubic"),
            ])
        let percent = CodedEntry("%", "UCUM", "Percent")
        #expect(
            values("122157", in: group)
                == ["1.0", "2.0", "3.6", "93.4"].map { .number($0, unit: percent) })
        #expect(values("113878", in: group).last == .code(CodedEntry("ZIMMER", "99GLENOID", "Zimmer")))
        #expect(
            values("121077", in: group) == [.text("AI, unverified: implant manufacturer Zimmer (93.4 %)")])
    }

    @Test func withoutASerialNumberTheDeviceIsToldByItsIdentifier() throws {
        var installation = SampleResults.installation
        installation.serialNumber = ""
        let document = try SampleResults.document([SampleResults.result(1)], installation: installation)
        let report = document.report(source: "", composedAt: moment)
        #expect(report.equipment.serialNumber == document.deviceObserverUID.text)
        #expect(values("121016", in: report.content) == [.text(document.deviceObserverUID.text)])
    }

    @Test func anAbstentionSaysUndeterminedAndWhy() throws {
        let group = try #require(
            groups(of: [SampleResults.result(1, prediction: SampleResults.abstention)]).first)
        #expect(
            values("113878", in: group).last
                == .code(CodedEntry("UNDETERMINED", "99GLENOID", "Undetermined")))
        let sentence =
            "AI, unverified: implant manufacturer undetermined: the largest probability, 40.0 %, is below 50.0 %"
        #expect(values("121077", in: group) == [.text(sentence)])
        #expect(values("122157", in: group).count == 4)
    }

    @Test(arguments: [
        ("L", CodedEntry("7771000", "SCT", "Left")), ("R", CodedEntry("24028007", "SCT", "Right")),
    ])
    func theSideIsThatOfTheImage(laterality: String, code: CodedEntry) throws {
        let group = try #require(groups(of: [SampleResults.result(1, laterality: laterality)]).first)
        #expect(values("272741003", in: group) == [.code(code)])
    }

    @Test(arguments: [nil, "", "B", "U", "left"])
    func aSideIsNeverGuessed(laterality: String?) throws {
        let group = try #require(groups(of: [SampleResults.result(1, laterality: laterality)]).first)
        #expect(values("272741003", in: group) == [])
        #expect(values("363698007", in: group).count == 1)
    }

    @Test func withoutAFindingSiteThereIsNone() throws {
        var model = SampleResults.model
        model.report.findingSite = nil
        let group = try #require(groups(of: [SampleResults.result(1)], model: model).first)
        #expect(values("363698007", in: group) == [])
    }

    @Test func framesAreNamed() throws {
        let results = try [[2], [5, 7]].map { try SampleResults.result(1, frameNumbers: $0) }
        let groups = try groups(of: results)
        #expect(
            groups.flatMap { values("112039", in: $0) } == [
                .text("Implant in image 1.2.3.1.1 frame 2"), .text("Implant in image 1.2.3.1.1 frames 5, 7"),
            ])
        let frames: [[Int]] = groups.flatMap { values("121112", in: $0) }.map {
            if case .image(_, _, let numbers) = $0 { numbers } else { [] }
        }
        #expect(frames == [[2], [5, 7]])
        #expect(groups.map { values("112040", in: $0) }[0] != groups.map { values("112040", in: $0) }[1])
    }

    @Test func everySourceIsEvidenceOnceWhateverItsFrames() throws {
        let results =
            try (1...3).map { try SampleResults.result(1, frameNumbers: [$0]) } + [SampleResults.result(2)]
        let report = try SampleResults.document(results).report(source: "", composedAt: moment)
        #expect(report.evidence.map(\.sopInstanceUID.text) == ["1.2.3.0.2", "1.2.3.1.1"])
        let library = report.content.flattened.filter { $0.concept == nil }
        #expect(library.count == 2)
    }

    @Test func aFindingKeepsItsTrackingIdentifierInTheNextReport() throws {
        let first = try groups(of: [SampleResults.result(1)])
        let second = try groups(of: [SampleResults.result(1), SampleResults.result(3)])
        #expect(values("112040", in: first[0]) == values("112040", in: second[0]))
        #expect(values("112039", in: first[0]) == values("112039", in: second[0]))
        #expect(values("112040", in: second[0]) != values("112040", in: second[1]))
    }

    @Test func everyPrivateSchemeThatIsUsedIsDeclared() throws {
        var model = SampleResults.model
        model.report.procedure = CodedEntry("P1", "99SITE", "Procedure of the site")
        let report = try SampleResults.document([SampleResults.result(1)], model: model)
            .report(source: "", composedAt: moment)
        #expect(report.codingSchemes.map(\.designator) == ["99GLENOID", "99SITE"])
        #expect(report.codingSchemes.first?.name == "Glenoid")
    }

    @Test(arguments: [
        (0.9339, "93.4"), (0.5, "50.0"), (1.0, "100.0"), (0.0, "0.0"), (0.9996, "99.96"), (0.99996, "99.996"),
        (0.9999996, "100.0"), (0.0004, "0.04"), (0.000004, "0.0004"), (0.00000004, "0.0"), (0.99949, "99.9"),
    ])
    func percentNeverTurnsDoubtIntoCertaintyByRounding(probability: Double, text: String) throws {
        let rest = 1 - probability
        let prediction = Prediction(probabilities: [probability, rest, 0, 0], answerIndex: 0)
        let group = try #require(groups(of: [SampleResults.result(1, prediction: prediction)]).first)
        let percent = CodedEntry("%", "UCUM", "Percent")
        #expect(values("122157", in: group).first == .number(text, unit: percent))
    }
}
