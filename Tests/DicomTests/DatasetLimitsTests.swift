import Dicom
import Testing

@Suite struct DatasetLimitsTests {
    private func isLimit(_ error: any Error) -> Bool {
        if case DicomError.limit = error { true } else { false }
    }

    private func nested(_ depth: Int, _ encoding: Part10Writer.Encoding) -> Part10Writer {
        var inner = Part10Writer(encoding)
        inner.text(.codeMeaning, "LO", "x")
        for _ in 0..<depth {
            let content = inner.bytes
            inner = Part10Writer(encoding)
            inner.definedSequence(.contentSequence, [{ $0.raw(content) }])
        }
        var writer = Part10Writer(encoding)
        writer.text(.modality, "CS", "SR")
        writer.raw(inner.bytes)
        return writer
    }

    @Test(arguments: [Part10Writer.Encoding.implicitLittle, .explicitLittle, .explicitBig])
    func nestingIsBoundedBeforeParsing(encoding: Part10Writer.Encoding) throws {
        #expect(try Dataset(bytes: nested(60, encoding).part10()).items(.contentSequence).count == 1)
        #expect { try Dataset(bytes: nested(65, encoding).part10()) } throws: { isLimit($0) }
    }

    @Test func veryDeepNestingOfUndefinedLengthIsRefused() {
        var writer = Part10Writer()
        writer.text(.modality, "CS", "SR")
        for _ in 0..<200_000 {
            writer.header(.contentSequence, "SQ", length: .max)
            writer.header(Tag(0xFFFE, 0xE000), "", length: .max)
        }
        #expect { try Dataset(bytes: writer.part10()) } throws: { isLimit($0) }
    }

    @Test func nestingInsideUnknownValuesIsBounded() {
        var inner = Part10Writer(.implicitLittle)
        for _ in 0..<100 {
            let content = inner.bytes
            inner = Part10Writer(.implicitLittle)
            inner.definedSequence(.contentSequence, [{ $0.raw(content) }])
        }
        var writer = Part10Writer()
        writer.text(.modality, "CS", "SR")
        writer.element(.contentSequence, "UN", Array(inner.bytes.dropFirst(8)))
        #expect { try Dataset(bytes: writer.part10()) } throws: { isLimit($0) }
    }

    /// What DCMTK would leave at a delimiter, and then go on within: as deep as the file is long.
    @Test(arguments: [false, true])
    func noDelimiterHidesWhatIsBehindIt(inItem: Bool) {
        var hidden = Part10Writer()
        if inItem { hidden.header(Tag(0xFFFE, 0xE000), "", length: 200_016) }
        hidden.header(Tag(0xFFFE, inItem ? 0xE00D : 0xE0DD), "", length: 0)
        for _ in 0..<10_000 {
            hidden.header(.contentSequence, "SQ", length: .max)
            hidden.header(Tag(0xFFFE, 0xE000), "", length: .max)
        }
        var writer = Part10Writer()
        writer.text(.modality, "CS", "SR")
        writer.header(.contentSequence, "SQ", length: UInt32(hidden.bytes.count))
        writer.raw(hidden.bytes)
        #expect(throws: DicomError.self) { try Dataset(bytes: writer.part10()) }
    }

    /// The same where only the dictionary says that it is a sequence.
    @Test(arguments: [UInt16(0xE0DD), 0xE000], [UInt32(0), .max])
    func noDelimiterHidesWhatIsBehindItInImplicitVR(first: UInt16, length: UInt32) {
        var hidden = Part10Writer(.implicitLittle)
        hidden.header(Tag(0xFFFE, first), "", length: length)
        // Longer than what is left of the sequence.
        hidden.header(.codeMeaning, "LO", length: 4_000)
        for _ in 0..<10_000 {
            hidden.header(.contentSequence, "SQ", length: .max)
            hidden.header(Tag(0xFFFE, 0xE000), "", length: .max)
        }
        var writer = Part10Writer(.implicitLittle)
        writer.text(.modality, "CS", "SR")
        writer.header(.contentSequence, "SQ", length: 16)
        writer.raw(hidden.bytes)
        #expect(throws: DicomError.self) { try Dataset(bytes: writer.part10()) }
    }

    /// A tool that did not know a private sequence left its explicit VR in a value that PS3.5 6.2.2 wants implicit.
    @Test func aPrivateValueThatOnlyBeginsLikeASequenceIsLeftOut() throws {
        var inner = Part10Writer()
        inner.text(.codeMeaning, "LO", "x")
        var value = Part10Writer()
        value.header(Tag(0xFFFE, 0xE000), "", length: UInt32(inner.bytes.count))
        value.raw(inner.bytes)
        let tag = Tag(0x0009, 0x1001)
        var writer = Part10Writer()
        writer.text(.modality, "CS", "DX")
        writer.element(tag, "UN", value.bytes)
        writer.text(Tag(0x0010, 0x0020), "LO", "behind")
        let dataset = try Dataset(bytes: writer.part10())
        #expect(dataset.contains(tag) && dataset.bytes(tag) == nil)
        #expect(dataset.string(Tag(0x0010, 0x0020)) == "behind")
    }

    @Test func aDelimiterAtTheVeryEndIsHarmless() throws {
        var inner = Part10Writer()
        inner.header(Tag(0xFFFE, 0xE000), "", length: .max)
        inner.text(.codeMeaning, "LO", "x")
        inner.header(Tag(0xFFFE, 0xE00D), "", length: 0)
        inner.header(Tag(0xFFFE, 0xE0DD), "", length: 0)
        var writer = Part10Writer()
        writer.header(.contentSequence, "SQ", length: UInt32(inner.bytes.count))
        writer.raw(inner.bytes)
        writer.text(Tag(0x0040, 0xA731), "LO", "behind")
        let dataset = try Dataset(bytes: writer.part10())
        #expect(dataset.items(.contentSequence).first?.string(.codeMeaning) == "x")
        #expect(dataset.string(Tag(0x0040, 0xA731)) == "behind")
    }

    @Test func elementsAreCounted() {
        var limits = DatasetLimits.standard
        limits.elementCountMax = 10
        var writer = Part10Writer()
        for element in 0..<20 { writer.us(Tag(0x0009, 0x1000 + UInt16(element)), 1) }
        writer.us(.rows, 1)
        var few = Part10Writer()
        few.text(.modality, "CS", "CT")
        #expect { try Dataset(bytes: writer.part10(), limits: limits) } throws: { isLimit($0) }
        #expect(throws: Never.self) { try Dataset(bytes: few.part10(), limits: limits) }
    }

    /// In descending order, where DCMTK looks through all before it for each one's place.
    @Test func elementsOfOneLevelAreCounted() {
        func object(_ count: Int, inItem: Bool) -> [UInt8] {
            var elements = Part10Writer()
            // What a probe of the encoding looks at is in order.
            elements.text(.sopClassUID, "UI", "1.2")
            elements.text(.sopInstanceUID, "UI", "1.3")
            elements.text(.modality, "CS", "OT")
            for number in (3..<count).reversed() { elements.us(Tag(0x0009, 0x1000 + UInt16(number)), 1) }
            guard inItem else { return elements.part10() }
            var writer = Part10Writer()
            writer.sequence(.contentSequence, [{ $0.raw(elements.bytes) }])
            return writer.part10()
        }
        let most = DatasetLimits.standard.levelElementsMax
        for inItem in [false, true] {
            #expect(throws: Never.self) { try Dataset(bytes: object(most, inItem: inItem)) }
            #expect { try Dataset(bytes: object(most + 1, inItem: inItem)) } throws: { isLimit($0) }
        }
    }

    @Test func sizesAreBounded() {
        var writer = Part10Writer()
        writer.text(.modality, "CS", "CT")
        writer.element(Tag(0x0042, 0x0011), "OB", [UInt8](repeating: 7, count: 5000))
        var limits = DatasetLimits.standard
        limits.objectBytesMax = 4000
        #expect { try Dataset(bytes: writer.part10(), limits: limits) } throws: { isLimit($0) }
        limits = .standard
        limits.headerBytesMax = 4000
        #expect { try Dataset(bytes: writer.part10(), limits: limits) } throws: { isLimit($0) }
    }

    @Test func longValuesAreLeftOutButKnownToBeThere() throws {
        var writer = Part10Writer()
        writer.text(.modality, "CS", "DOC")
        let document = Tag(0x0042, 0x0011)
        writer.element(document, "OB", [UInt8](repeating: 7, count: 5000))
        var limits = DatasetLimits.standard
        limits.valueBytesMax = 4000
        let dataset = try Dataset(bytes: writer.part10(), limits: limits)
        #expect(dataset.contains(document))
        #expect(dataset.bytes(document) == nil)
        #expect(dataset.string(.modality) == "DOC")
        #expect(try Dataset(bytes: writer.part10()).bytes(document)?.count == 5000)
    }
}
