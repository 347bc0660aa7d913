import Classification
import Dicom
import Testing

@Suite("Result documents")
struct ResultDocumentTests {
    @Test func theSameResultsInAnotherOrderAreTheSameDocument() throws {
        let results = try (1...12).map { try SampleResults.result($0) }
        let document = try SampleResults.document(results)
        for _ in 0..<5 {
            let other = try SampleResults.document(results.shuffled())
            #expect(other.sopInstanceUID == document.sopInstanceUID)
            #expect(other.seriesInstanceUID == document.seriesInstanceUID)
            #expect(other.results == document.results)
        }
    }

    @Test func imagesStandBySeriesAndByNumber() throws {
        let results = try [10, 9, 2, 1].map { try SampleResults.result($0) }
        let uids = try SampleResults.document(results).results.map(\.sopInstanceUID.text)
        #expect(uids == ["1.2.3.0.2", "1.2.3.0.10", "1.2.3.1.1", "1.2.3.1.9"])
    }

    @Test func aRepeatedResultCountsOnce() throws {
        let result = try SampleResults.result(1)
        let document = try SampleResults.document([result, result, result])
        #expect(document.results == [result])
        #expect(try document.sopInstanceUID == SampleResults.document([result]).sopInstanceUID)
    }

    @Test func everyFrameOfAnImageCanHaveItsResult() throws {
        let results = try [3, 1, 2].map { try SampleResults.result(1, frameNumbers: [$0]) }
        let document = try SampleResults.document(results)
        #expect(document.results.map(\.frameNumbers) == [[1], [2], [3]])
    }

    @Test func whatCannotBeReportedIsRefusedWithTheReason() throws {
        let one = try SampleResults.result(1)
        #expect(throws: ResultDocumentError.noResults) { try SampleResults.document([]) }
        #expect(throws: ResultDocumentError.severalStudies) {
            try SampleResults.document([one, SampleResults.result(2, study: "1.2.4")])
        }
        #expect(throws: ResultDocumentError.contradictoryResults(one.sopInstanceUID)) {
            try SampleResults.document([one, SampleResults.result(1, digest: "ff")])
        }
        #expect(throws: ResultDocumentError.contradictoryResults(one.sopInstanceUID)) {
            try SampleResults.document([one, SampleResults.result(1, prediction: SampleResults.abstention)])
        }
    }

    @Test(arguments: [
        Prediction(probabilities: [0.5, 0.5], answerIndex: 0),
        Prediction(probabilities: [0.5, 0.5, 0, 1.5], answerIndex: 0),
        Prediction(probabilities: [0.5, 0.5, 0, -0.1], answerIndex: 0),
        Prediction(probabilities: [.nan, 0, 0, 0], answerIndex: 0),
    ])
    func aResultThatIsNotOfThisModelIsRefused(prediction: Prediction) throws {
        let result = try SampleResults.result(1, prediction: prediction)
        #expect {
            try SampleResults.document([result])
        } throws: { error in
            if case .foreignResult(result.sopInstanceUID, _) = error as? ResultDocumentError {
                true
            } else {
                false
            }
        }
    }

    @Test(arguments: [[], [0], [1, -1], [Int.max]])
    func frameNumbersThatDicomCannotNameAreRefused(numbers: [Int]) throws {
        let result = try SampleResults.result(1, frameNumbers: numbers)
        #expect(throws: ResultDocumentError.self) { try SampleResults.document([result]) }
    }
}

@Suite("Identifiers of a report")
struct ResultDocumentIdentityTests {
    @Test func theyAreTheSameOnEveryMachine() throws {
        // Golden: a change here gives every site new series and devices for what it already has. The report's own
        // identifier also holds the model's whole description, so it changes with the format of model.json.
        let document = try SampleResults.document([SampleResults.result(1), SampleResults.result(2)])
        #expect(document.seriesInstanceUID.text == "2.25.305144365553261134108768581340026537210")
        #expect(document.deviceObserverUID.text == "2.25.142557087760055608524753633743809292035")
        #expect(document.seriesNumber == 9327)
        #expect(document.instanceNumber == 1)
    }

    @Test func whateverTheReportSaysIsInItsIdentifier() throws {
        let base = try SampleResults.document([SampleResults.result(1)])
        var weights = SampleResults.model
        weights.weights.sha256 = String(repeating: "cd", count: 32)
        var threshold = SampleResults.model
        threshold.threshold = 0.7
        var settings = SampleResults.model.report
        settings.procedure = CodedEntry("43468-8", "LN", "XR unspecified body region")
        var installation = SampleResults.installation
        installation.serialNumber = "0002"
        let others = try [
            SampleResults.document([SampleResults.result(1), SampleResults.result(2)]),
            SampleResults.document([SampleResults.result(1, digest: "ff")]),
            SampleResults.document([SampleResults.result(1, frameNumbers: [1])]),
            SampleResults.document([SampleResults.result(1)], model: weights),
            SampleResults.document([SampleResults.result(1)], model: threshold),
            SampleResults.document([SampleResults.result(1)], settings: settings),
            SampleResults.document([SampleResults.result(1)], installation: installation),
            SampleResults.document([SampleResults.result(1)], predecessors: [base.asPredecessor]),
        ]
        #expect(Set(others.map(\.sopInstanceUID)).union([base.sopInstanceUID]).count == others.count + 1)
    }

    @Test func aSuccessorStaysInTheSeriesAndCountsOn() throws {
        let first = try SampleResults.document([SampleResults.result(1)])
        let second = try SampleResults.document(
            [SampleResults.result(1), SampleResults.result(2)], predecessors: [first.asPredecessor])
        let third = try SampleResults.document(
            [SampleResults.result(1), SampleResults.result(2)],
            predecessors: [first.asPredecessor, second.asPredecessor])
        #expect(second.seriesInstanceUID == first.seriesInstanceUID)
        #expect([first, second, third].map(\.instanceNumber) == [1, 2, 3])
        #expect(Set([first, second, third].map(\.sopInstanceUID)).count == 3)
    }

    /// Two earlier reports, one of them stored as Basic Text too: the destination may have any of the three.
    @Test func aSuccessorNamesEveryEarlierReportInEveryClassItWasStoredAs() throws {
        let first = try SampleResults.document([SampleResults.result(1)])
        let second = try SampleResults.document(
            [SampleResults.result(1)], predecessors: [first.asPredecessor])
        let stored = ResultDocument.Predecessor(
            sopInstanceUID: first.sopInstanceUID, seriesInstanceUID: first.seriesInstanceUID,
            instanceNumber: 1,
            otherClasses: [.basicText])
        let third = try SampleResults.document(
            [SampleResults.result(1)], predecessors: [stored, second.asPredecessor])
        let plain = StructuredReport.sopInstanceUID(first.sopInstanceUID, as: .basicText)
        let expected: [SRClass: [UID]] = [
            .comprehensive3D: [first.sopInstanceUID, plain, second.sopInstanceUID],
            .basicText: [plain, StructuredReport.sopInstanceUID(second.sopInstanceUID, as: .basicText)],
        ]
        for (reportClass, uids) in expected {
            let reading = try ReportReading(
                Dataset(bytes: try SampleResults.encoded(third, as: reportClass)))
            #expect(reading.predecessors == uids.map(\.text))
        }
    }

    @Test func anotherModelOpensAnotherSeriesAndCountsAnew() throws {
        let first = try SampleResults.document([SampleResults.result(1)])
        var model = SampleResults.model
        model.version = "2.0.0"
        let second = try SampleResults.document(
            [SampleResults.result(1)], model: model, predecessors: [first.asPredecessor])
        #expect(second.seriesInstanceUID != first.seriesInstanceUID)
        #expect(second.instanceNumber == 1)
    }

    @Test func anotherStudyOpensAnotherSeriesOfTheSameDevice() throws {
        let first = try SampleResults.document([SampleResults.result(1)])
        let second = try SampleResults.document([SampleResults.result(1, study: "1.2.4")])
        #expect(second.seriesInstanceUID != first.seriesInstanceUID)
        #expect(second.deviceObserverUID == first.deviceObserverUID)
    }

    @Test func aNewProgramVersionIsTheSameDeviceButAnotherReport() throws {
        var installation = SampleResults.installation
        installation.softwareVersion = "0.2.0"
        let old = try SampleResults.document([SampleResults.result(1)])
        let new = try SampleResults.document([SampleResults.result(1)], installation: installation)
        #expect(new.deviceObserverUID == old.deviceObserverUID)
        #expect(new.sopInstanceUID != old.sopInstanceUID)
    }

    @Test func seriesNumbersAreLegalAndNotThoseOfModalities() throws {
        for number in 0..<200 {
            let document = try SampleResults.document([SampleResults.result(1, study: "1.2.\(number)")])
            #expect((9000...9999).contains(document.seriesNumber))
        }
    }
}
