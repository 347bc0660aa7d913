import Dicom
import Foundation
import Testing

@Suite struct DatasetTests {
    private static let encodings: [Part10Writer.Encoding] = [.implicitLittle, .explicitLittle, .explicitBig]

    /// An object with one attribute of each kind that matters.
    private func sample(_ encoding: Part10Writer.Encoding) -> Part10Writer {
        var writer = Part10Writer(encoding)
        writer.text(.imageType, "CS", "ORIGINAL\\PRIMARY \\")
        writer.text(.sopInstanceUID, "UI", "1.2.3")
        writer.text(.seriesNumber, "IS", " 12 ")
        writer.us(.rows, 512)
        writer.text(.windowCenter, "DS", "40.5\\-1e2")
        writer.us(.lutDescriptor, 256, 0, 16)
        writer.sequence(
            .modalityLUTSequence,
            [
                { $0.text(.lutExplanation, "LO", "first") },
                { $0.definedSequence(.modalityLUTSequence, [{ $0.text(.lutExplanation, "LO", "deep") }]) },
            ])
        return writer
    }

    @Test(arguments: encodings)
    func attributesAreReadInEveryEncoding(encoding: Part10Writer.Encoding) throws {
        let dataset = try Dataset(bytes: sample(encoding).part10())
        #expect(dataset.strings(.imageType) == ["ORIGINAL", "PRIMARY", ""])
        #expect(dataset.string(.imageType, at: 2) == nil)
        #expect(dataset.uid(.sopInstanceUID) == UID("1.2.3"))
        #expect(dataset.integer(.seriesNumber) == 12)
        #expect(dataset.integer(.rows) == 512)
        #expect(dataset.doubles(.windowCenter) == [40.5, -100])
        #expect(dataset.integers(.lutDescriptor) == [256, 0, 16])
        #expect(!dataset.contains(.columns))
        #expect(dataset.integer(.columns) == nil)
    }

    @Test(arguments: encodings)
    func itemsAreReadAtEveryDepth(encoding: Part10Writer.Encoding) throws {
        let dataset = try Dataset(bytes: sample(encoding).part10())
        let items = dataset.items(.modalityLUTSequence)
        #expect(items.count == 2)
        #expect(items.first?.string(.lutExplanation) == "first")
        #expect(items.last?.items(.modalityLUTSequence).first?.string(.lutExplanation) == "deep")
        #expect(dataset.items(.voiLUTSequence).isEmpty)
        #expect(dataset.items(.rows).isEmpty)
        #expect(dataset.string(.modalityLUTSequence) == nil)
    }

    @Test(arguments: encodings)
    func objectWithoutMetaInformationIsRecognised(encoding: Part10Writer.Encoding) throws {
        let dataset = try Dataset(bytes: sample(encoding).bytes)
        #expect(dataset.integer(.rows) == 512)
    }

    @Test func objectWithoutPreambleIsRecognised() throws {
        let dataset = try Dataset(bytes: Array(sample(.explicitLittle).part10().dropFirst(132)))
        #expect(dataset.integer(.rows) == 512)
        #expect(dataset.transferSyntax == .explicitLittleEndian)
    }

    @Test func transferSyntaxThatLiesAboutTheValueRepresentationIsSeenThrough() throws {
        let dataset = try Dataset(bytes: sample(.implicitLittle).part10("1.2.840.10008.1.2.1"))
        #expect(dataset.integer(.rows) == 512)
    }

    @Test func fileIsReadLikeBytes() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).dcm").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(sample(.explicitLittle).part10()).write(to: URL(fileURLWithPath: path))
        #expect(try Dataset(path: path).integer(.rows) == 512)
        #expect(throws: DicomError.self) { try Dataset(path: path + "x") }
        #expect(throws: DicomError.world("not a regular file")) { try Dataset(path: "/") }
    }

    @Test(arguments: [
        [], Array("not DICOM at all, but quite long enough to be looked at".utf8),
        [UInt8](repeating: 0, count: 4096),
        [8, 0], [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + Array("rubbish in here".utf8),
    ])
    func otherBytesAreRefused(bytes: [UInt8]) {
        #expect {
            try Dataset(bytes: bytes)
        } throws: { error in
            if case DicomError.badData = error { true } else { false }
        }
    }

    @Test func truncatedElementIsRefusedByName() throws {
        let bytes = sample(.explicitLittle).part10()
        for count in stride(from: 200, to: bytes.count, by: 7) {
            // Whatever is cut, the answer is an error or an object: never a crash. At element edges it is an
            // object.
            _ = try? Dataset(bytes: Array(bytes.prefix(count)))
        }
        var writer = Part10Writer()
        writer.text(.modality, "CS", "DX")
        writer.header(.patientName, "PN", length: 40)
        writer.raw(Array("short".utf8))
        #expect(throws: DicomError.badData(.patientName, "says it has 40 bytes, but only 5 are there")) {
            try Dataset(bytes: writer.part10())
        }
    }

    @Test func unknownVRIsReadAsTheDictionarySays() throws {
        var writer = Part10Writer()
        writer.text(.modality, "CS", "DX")
        writer.element(.rows, "UN", [0x34, 0x12])
        #expect(try Dataset(bytes: writer.part10()).integer(.rows) == 0x1234)
    }

    @Test func readingNumbersIsTolerantButNeverGuesses() throws {
        var writer = Part10Writer()
        writer.text(.seriesNumber, "IS", "3.0")
        writer.text(.windowCenter, "DS", "40\\abc")
        writer.text(.windowWidth, "DS", "")
        writer.text(.rescaleSlope, "DS", "1,5")
        let dataset = try Dataset(bytes: writer.part10())
        #expect(dataset.integer(.seriesNumber) == 3)
        #expect(dataset.doubles(.windowCenter) == [])
        #expect(dataset.contains(.windowWidth) && dataset.double(.windowWidth) == nil)
        #expect(dataset.double(.rescaleSlope) == nil)
    }
}
