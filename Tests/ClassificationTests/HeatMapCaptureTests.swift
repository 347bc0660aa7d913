import Classification
import Dicom
import Foundation
import Testing

@Suite("Captures of heat maps")
struct HeatMapCaptureTests {
    private let moment = LocalTime(secondsSince1970: 1_800_000_000, minutesFromUTC: 60)

    /// The phantom with a warm implant.
    private func capture(of result: ImageResult, in document: ResultDocument) throws -> SecondaryCapture {
        let dataset = try Dataset(path: PhantomTests.fixture.path)
        let display = try PixelTransform(dataset: dataset, frameIndex: 0).display(dataset.frame(at: 0))
        let values: [Float] = (0..<64).map { cell in
            let (row, column) = (Double(cell / 8) - 3.2, Double(cell % 8) - 4.6)
            return Float(exp(-(row * row + column * column) / 2))
        }
        return document.capture(
            of: result,
            inspection: Inspection(
                display: display, map: ActivationMap(side: 8, values: values),
                letterbox: Letterbox(rows: display.rows, columns: display.columns, side: 240)),
            source: PhantomTests.fixture.path, composedAt: moment)
    }

    @Test func itIsAValidSecondaryCaptureInTheImagesStudy() throws {
        let result = try SampleResults.result(1)
        let bytes = try capture(of: result, in: SampleResults.document([result])).encoded()
        #expect(try Tool.dciodvfyErrors(bytes) == [])
        let dump = try Tool.dcmdump(
            bytes,
            [
                "0008,0016", "0010,0010", "0028,0301", "0008,0064", "0028,0004", "0008,2112", "0020,000d",
                "0008,0060",
                "0028,2110", "0020,0062", "0008,103e",
            ])
        for value in [
            "=SecondaryCaptureImageStorage", "[Phantom^Shoulder]", "[YES]", "[WSD]", "[RGB]", "[1.2.3.1.1]",
            "[OT]",
            "[121322]", "[00]", "[AI, unverified: shoulder-implant, heat maps]",
        ] { #expect(dump.contains(value), "\(value)\n\(dump)") }
        if let path = ProcessInfo.processInfo.environment["GLENOID_WRITE_CAPTURE"] {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
    }

    @Test func whatIsNoNumberIsDrawnBlack() {
        let display = DisplayImage(
            rows: 1, columns: 3, samplesPerPixel: 1, values: [.nan, .infinity, -.infinity], steps: [])
        let picture = HeatMap.image(
            over: display, map: ActivationMap(side: 1, values: [0]),
            letterbox: Letterbox(rows: 1, columns: 3, side: 16))
        #expect(picture.samples == .uint8([0, 0, 0, 255, 255, 255, 0, 0, 0]))
    }

    @Test func itsIdentifiersAreDerivedAndItsSeriesIsItsOwn() throws {
        let results = try [SampleResults.result(1), SampleResults.result(3)]
        let document = try SampleResults.document(results)
        let captures = try results.map { try capture(of: $0, in: document) }
        #expect(captures[0].sopInstanceUID != captures[1].sopInstanceUID)
        #expect(captures[0].seriesInstanceUID == captures[1].seriesInstanceUID)
        #expect(captures[0].seriesInstanceUID != document.seriesInstanceUID)
        #expect(captures.map(\.instanceNumber) == [1, 2])
        #expect(try capture(of: results[0], in: document) == captures[0])
    }

    @Test func whatWasLostStaysLostAndTheSideIsKept() throws {
        let result = try SampleResults.result(1)
        var source = try capture(of: result, in: SampleResults.document([result]))
        var object = Phantom(seed: 1).objectWithoutPixels
        object.set(0x0028_2110, "CS", "01")
        object.set(0x0028_2112, "DS", "12.5")
        source.sourcePath = try object.write()
        source.pixelAspectRatio = SecondaryCapture.PixelAspectRatio(1.25)
        let bytes = try source.encoded()
        #expect(try Tool.dciodvfyErrors(bytes) == [])
        let dump = try Tool.dcmdump(bytes, ["0028,2110", "0028,2112", "0020,0062", "0028,0034"])
        for value in ["[01]", "[12.5]", "[L]", "[12500\\10000]"] { #expect(dump.contains(value), "\(dump)") }
    }

    /// The capture of a grey image of this size.
    private func grey(rows: Int, columns: Int, prediction: Prediction = SampleResults.answer) throws
        -> SecondaryCapture
    {
        let result = try SampleResults.result(1, prediction: prediction)
        let display = DisplayImage(
            rows: rows, columns: columns, samplesPerPixel: 1,
            values: Array(repeating: 0.5, count: rows * columns),
            steps: [])
        return try SampleResults.document([result]).capture(
            of: result,
            inspection: Inspection(
                display: display, map: ActivationMap(side: 1, values: [0]),
                letterbox: Letterbox(rows: rows, columns: columns, side: 240)),
            source: PhantomTests.fixture.path, composedAt: moment)
    }

    @Test func theTextsStandAboveTheImageAndHideNothing() throws {
        let capture = try grey(rows: 300, columns: 400)
        #expect(capture.columns == 400)
        #expect(capture.rows > 300)
        #expect(capture.samples.suffix(300 * 400 * 3).allSatisfy { $0 == 128 })
        let strip = capture.samples.prefix((capture.rows - 300) * 400 * 3)
        #expect(Set(strip) == [0, 255])
        // Nine rows a line and a margin: the notice, the conclusion, the model.
        #expect(capture.rows == 300 + 3 * 9 + 2)
    }

    @Test func aSmallImageIsEnlargedUntilTheNoticeFits() throws {
        let capture = try grey(rows: 20, columns: 30)
        #expect(capture.columns == 150)
        #expect(capture.samples.suffix(100 * 150 * 3).allSatisfy { $0 == 128 })
    }

    @Test func aLongReasonIsBrokenIntoLines() throws {
        let reasons = [String(repeating: "x", count: 500), String(repeating: "word ", count: 100)]
        for reason in reasons {
            let long = try grey(
                rows: 30, columns: 400,
                prediction: Prediction(probabilities: [1, 0, 0, 0], abstention: reason))
            #expect(long.rows > 30 + 9 * 9, "\(long.rows)")
        }
    }

    @Test(arguments: [1.0, 0, -1, .nan, .infinity, 1.00001])
    func aPixelThatIsSquareOrSenselessHasNoAspectRatio(ratio: Double) {
        #expect(SecondaryCapture.PixelAspectRatio(ratio) == nil)
    }
}
