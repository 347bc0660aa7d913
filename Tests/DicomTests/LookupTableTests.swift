import Dicom
import Testing

struct LookupTableTests {
    private func table(
        _ descriptor: [Int], _ data: [UInt8]?, inputMayBeNegative: Bool = false
    ) throws -> LookupTable {
        try LookupTable(
            descriptor: descriptor, descriptorTag: .lutDescriptor, data: data, dataTag: .lutData,
            inputMayBeNegative: inputMayBeNegative)
    }

    @Test func zeroEntriesMean65536() throws {
        let data = [UInt8](repeating: 1, count: 131072)
        #expect(try table([0, 0, 16], data).entries.count == 65536)
        #expect(throws: DicomError.self) { try table([0, 0, 16], Array(data.dropLast(2))) }
    }

    @Test func firstValueIsSignedOnlyWhereTheInputMayBe() throws {
        #expect(try table([1, 65535, 8], [5, 0]).firstInput == 65535)
        #expect(try table([1, 65535, 8], [5, 0], inputMayBeNegative: true).firstInput == -1)
        // A reader that took the value as SS gives the same bits.
        #expect(try table([1, -1, 8], [5, 0]).firstInput == 65535)
        #expect(try table([1, -1, 8], [5, 0], inputMayBeNegative: true).firstInput == -1)
    }

    @Test func eightBitsMayBePackedOrInWords() throws {
        #expect(try table([3, 0, 8], [1, 2, 3, 0]).entries == [1, 2, 3])
        #expect(try table([3, 0, 8], [1, 0, 2, 0, 3, 0]).entries == [1, 2, 3])
    }

    @Test func moreDataThanPromisedIsIgnored() throws {
        #expect(try table([2, 0, 16], [1, 0, 2, 0, 9, 9]).entries == [1, 2])
    }

    @Test(
        arguments: [
            ([3, 0, 16], [1, 0, 2, 0]), ([3, 0, 8], [1, 2]), ([3, 0, 8], []), ([1, 0, 0], [1, 0]),
            ([1, 0, 17], [1, 0]),
            ([1, 0], [1, 0]), ([], [1, 0]),
        ] as [([Int], [UInt8])])
    func tableThatIsNotWholeIsRefused(descriptor: [Int], data: [UInt8]) {
        #expect(throws: DicomError.self) { try table(descriptor, data) }
    }

    @Test func absentDataIsRefusedByName() {
        let error = #expect(throws: DicomError.self) { try table([1, 0, 8], nil) }
        #expect(error?.tag == .lutData)
    }

    @Test func inputsOutsideGetTheEnds() throws {
        let table = LookupTable(firstInput: -2, bits: 8, entries: [10, 20, 30])
        let outputs = [-1e300, -3, -2, -1, -0.5, 0, 1, 1e300, .nan, .infinity].map(table.output)
        #expect(outputs == [10, 10, 10, 20, 20, 30, 30, 30, 10, 30])
    }
}
