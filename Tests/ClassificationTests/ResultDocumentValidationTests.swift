import Classification
import Dicom
import Foundation
import Testing

@Suite("Reports before their judges", .serialized)
struct ResultDocumentValidationTests {
    /// What is reported, by name.
    static let cases: [(name: String, results: @Sendable () throws -> [ImageResult], isSuccessor: Bool)] = [
        ("one image", { [try SampleResults.result(1)] }, false),
        ("one image, right", { [try SampleResults.result(1, laterality: "R")] }, false),
        ("one image, no side", { [try SampleResults.result(1, laterality: nil)] }, false),
        ("an abstention", { [try SampleResults.result(1, prediction: SampleResults.abstention)] }, false),
        ("forty images", { try (1...40).map { try SampleResults.result($0) } }, false),
        ("frames", { try (1...3).map { try SampleResults.result(1, frameNumbers: [$0]) } }, false),
        ("a successor", { [try SampleResults.result(1), try SampleResults.result(2)] }, true),
        (
            "everything",
            {
                [
                    try SampleResults.result(1), longStep(try SampleResults.result(2)),
                    try SampleResults.result(3, prediction: SampleResults.abstention, laterality: nil),
                    try SampleResults.result(4, laterality: "R", frameNumbers: [2, 3]),
                ]
            }, true
        ),
        ("a long step", { [longStep(try SampleResults.result(1))] }, false),
    ]

    private static func longStep(_ result: ImageResult) -> ImageResult {
        ImageResult(
            sopClassUID: result.sopClassUID, sopInstanceUID: result.sopInstanceUID,
            studyInstanceUID: result.studyInstanceUID, seriesInstanceUID: result.seriesInstanceUID,
            digest: result.digest, frameNumbers: nil, laterality: nil, prediction: result.prediction,
            steps: [String(repeating: "The image was sharpened – twice. ", count: 3000), "日本語"])
    }

    private func reports(_ name: String) throws -> [SRClass: [UInt8]] {
        let found = try #require(Self.cases.first { $0.name == name })
        let results = try found.results()
        let first = try SampleResults.document([SampleResults.result(9)])
        let document = try SampleResults.document(
            results, predecessors: found.isSuccessor ? [first.asPredecessor] : [])
        return try Dictionary(
            uniqueKeysWithValues: SRClass.allCases.map { ($0, try SampleResults.encoded(document, as: $0)) })
    }

    @Test(arguments: cases.map(\.name))
    func dciodvfyFindsNoErrorInAnyClass(name: String) throws {
        for (reportClass, bytes) in try reports(name) {
            #expect(try Tool.dciodvfyErrors(bytes) == [], "\(reportClass)")
        }
    }

    @Test func theKnownWarningsAreTheOnlyOnes() throws {
        let bytes = try SampleResults.encoded(try SampleResults.document([SampleResults.result(1)]))
        let (_, output) = try Tool.run("dciodvfy", [try Scratch.write(bytes)])
        let warnings = Set(output.split(separator: "\n").filter { $0.hasPrefix("Warning") })
        #expect(
            warnings == [
                "Warning - Unrecognized defined term <99GLENOID> for value 1 of attribute <Coding Scheme Designator>"
            ])
    }

    @Test func bothValidatorsAcceptTheTemplate() throws {
        let shared = ProcessInfo.processInfo.environment["GLENOID_SHARED"] ?? "../shared"
        let tool = URL(fileURLWithPath: shared).appending(path: "tools/validate-sr").path
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            print("NOT TESTED: \(tool) is absent; set GLENOID_SHARED to the shared folder")
            return
        }
        let file = try Scratch.write(try #require(reports("everything")[.comprehensive3D]))
        let (status, output) = try Tool.run(tool, [file], environment: ["STRICT": "1"])
        #expect(status == 0, "\(output)")
    }

    @Test func dsrdumpReadsNaturally() throws {
        let results = [
            try SampleResults.result(1), try SampleResults.result(2, prediction: SampleResults.abstention),
        ]
        let bytes = try SampleResults.encoded(try SampleResults.document(results))
        let dump = try Tool.dsrdump(bytes, ["+Pl"])
        for line in [
            "<contains TEXT:(,,\"Conclusion\")=\"AI, unverified: implant manufacturer Zimmer (93.4 %)\">",
            "<contains NUM:(,,\"Probability\")=\"93.4\" (%,UCUM,\"Percent\")>",
            "<has concept mod CODE:(,,\"Device Manufacturer\")=(ZIMMER,99GLENOID,\"Zimmer\")>",
            "<has concept mod CODE:(,,\"Laterality\")=(7771000,SCT,\"Left\")>",
            "<contains CODE:(,,\"Device Manufacturer\")=(UNDETERMINED,99GLENOID,\"Undetermined\")>",
        ] { #expect(dump.contains(line), "\(line)\n\(dump)") }
    }

    @Test func basicTextSaysTheSameFindings() throws {
        let bytes = try #require(try reports("one image")[.basicText])
        let dump = try Tool.dsrdump(bytes, ["+Pl"])
        for text in ["\"1.0 %\"", "\"2.0 %\"", "\"3.6 %\"", "\"93.4 %\"", "manufacturer Zimmer (93.4 %)\""] {
            #expect(dump.contains(text), "\(text)")
        }
    }

    @Test func highdicomReadsAMeasurementReport() throws {
        guard let python = ProcessInfo.processInfo.environment["GLENOID_PEERS"], !python.isEmpty else {
            print("NOT TESTED: set GLENOID_PEERS to a Python that has pydicom and highdicom")
            return
        }
        let script = URL(fileURLWithPath: #filePath).appending(path: "../../Peers/read_report.py")
            .standardized.path
        let file = try Scratch.write(try #require(reports("everything")[.comprehensive3D]))
        let (status, output) = try Tool.run(python, [script, file])
        #expect(status == 0, "\(output)")
        for line in [
            "patient Phantöm^Ada^Byron^Dr.^jr.", "finding Implant", "measurement Probability 93.4 %",
            "evaluation Device Manufacturer = Zimmer", "evaluation Device Manufacturer = Undetermined",
        ] { #expect(output.contains(line), "\(line)\n\(output)") }
    }
}
