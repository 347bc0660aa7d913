import Dicom
import Testing

struct PaletteTests {
    /// A palette image of one row with eight-bit indices.
    private func display(
        _ indices: [UInt8], _ attributes: (inout Part10Writer) -> Void
    ) throws -> DisplayImage {
        var writer = Part10Writer()
        writer.image(
            Part10Writer.Image(
                rows: 1, columns: UInt16(indices.count), photometricInterpretation: "PALETTE COLOR",
                bitsAllocated: 8))
        attributes(&writer)
        writer.element(.pixelData, "OB", indices)
        let dataset = try Dataset(bytes: writer.part10())
        return try PixelTransform(dataset: dataset, frameIndex: 0).display(dataset.frame(at: 0))
    }

    private static let descriptors: [Dicom.Tag] = [
        .redPaletteColorLookupTableDescriptor, .greenPaletteColorLookupTableDescriptor,
        .bluePaletteColorLookupTableDescriptor,
    ]
    private static let tables: [Dicom.Tag] = [
        .redPaletteColorLookupTableData, .greenPaletteColorLookupTableData, .bluePaletteColorLookupTableData,
    ]

    @Test func indicesBecomeColours() throws {
        let image = try display([0, 1, 2, 9]) { writer in
            for tag in Self.descriptors { writer.us(tag, 3, 0, 16) }
            for (offset, tag) in Self.tables.enumerated() {
                writer.words(tag, "OW", [0, 13107, 65535].map { offset == 2 ? 65535 - $0 : $0 })
            }
        }
        #expect(image.samplesPerPixel == 3)
        #expect(image.values == [0, 0, 1, 0.2, 0.2, 0.8, 1, 1, 0, 1, 1, 0])
    }

    @Test func wordsInAnEightBitTableCountFully() throws {
        let image = try display([0, 1]) { writer in
            for tag in Self.descriptors { writer.us(tag, 2, 0, 8) }
            for tag in Self.tables { writer.words(tag, "OW", [0, 65535]) }
        }
        #expect(image.values == [0, 0, 0, 1, 1, 1])
    }

    @Test func absentTableIsRefusedByName() {
        let error = #expect(throws: DicomError.self) {
            try display([0]) { $0.us(.redPaletteColorLookupTableDescriptor, 1, 0, 16) }
        }
        #expect(error?.tag == .redPaletteColorLookupTableData)
    }

    /// PS3.3 C.7.9.2: discrete 0, 10; linear over 2 to 30; indirect: the first segment again.
    private static let segments: [UInt16] = [0, 2, 0, 10, 1, 2, 30, 2, 1, 0, 0]

    private func segmented(_ words: [UInt16], entries: Int = 6) throws -> LookupTable {
        let bytes = words.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        return try LookupTable(
            descriptor: [entries, 0, 16], segments: bytes, tag: .segmentedRedPaletteColorLookupTableData,
            inputMayBeNegative: false)
    }

    @Test func segmentsAreExpanded() throws {
        #expect(try segmented(Self.segments).entries == [0, 10, 20, 30, 0, 10])
    }

    @Test func segmentsOfBytesAreExpanded() throws {
        let bytes: [UInt8] = [0, 2, 0, 10, 1, 2, 30, 2, 1, 0, 0, 0, 0]
        let table = try LookupTable(
            descriptor: [6, 0, 8], segments: bytes, tag: .segmentedRedPaletteColorLookupTableData,
            inputMayBeNegative: false)
        #expect(table.entries == [0, 10, 20, 30, 0, 10])
    }

    @Test(
        arguments: [
            [0, 3, 0, 10],  // cut short
            [0],  // no length
            [1, 2, 30],  // linear with nothing before it
            [0, 7, 1, 2, 3, 4, 5, 6, 7],  // more than promised
            [0, 1, 5],  // fewer than promised
            [7, 1, 0],  // unknown
            [0, 1, 5, 2, 1, 3],  // indirect, cut
            [0, 1, 5, 2, 1, 6, 0],  // indirect to itself
            [0, 1, 5, 2, 1, 0xFFFF, 0xFFFF],  // indirect to nowhere
            [0, 0, 0, 6, 1, 2, 3, 4, 5, 6],  // discrete, of nothing
            [0, 1, 5, 1, 0, 9, 0, 5, 1, 2, 3, 4, 5],  // linear, over nothing
            [0, 1, 5, 2, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5],  // indirect, of no segments
        ] as [[UInt16]])
    func segmentsThatAreBrokenAreRefused(words: [UInt16]) {
        #expect(throws: DicomError.self) { try segmented(words) }
    }
}
