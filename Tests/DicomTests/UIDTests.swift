import Dicom
import Foundation
import Testing

@Suite struct UIDTests {
    @Test(arguments: ["1.2.840.10008.1.2", "0", "2.25.0", String(repeating: "1", count: 64)])
    func legalIdentifiersAreAccepted(text: String) { #expect(UID(text)?.text == text) }

    @Test(arguments: [
        "", ".", "1.", ".1", "1..2", "1.02", "1.2 ", "1.2\0", "1.a", "1.-2", "１.2",
        String(repeating: "1", count: 65),
    ])
    func everythingElseIsRefused(text: String) { #expect(UID(text) == nil) }

    @Test func foreignIdentifierKeepsItsLeadingZeros() {
        #expect(UID(received: "1.2.0003")?.text == "1.2.0003")
        #expect(UID(received: "1..3") == nil)
        #expect(UID(received: String(repeating: "1", count: 65)) == nil)
    }

    @Test func derivedIdentifierIsLegalAndDependsOnEveryBitButVersionAndVariant() {
        let digest = [UInt8](0..<32)
        let uid = UID(derivedFrom: digest)
        #expect(UID(uid.text) == uid)
        #expect(uid.text.hasPrefix("2.25."))
        #expect(UID(derivedFrom: digest) == uid)
        var other = digest
        other[15] ^= 1
        #expect(UID(derivedFrom: other) != uid)
    }

    @Test func derivedIdentifierIsTheDecimalOfAUUID() {
        // 00000000-0000-8000-8000-000000000000 as a number.
        let uid = UID(derivedFrom: [UInt8](repeating: 0, count: 16))
        #expect(uid.text == "2.25.\(UInt128(0x8000) << 64 | UInt128(0x8000) << 48)")
        let largest = UID(derivedFrom: [UInt8](repeating: 255, count: 16))
        #expect(largest.text.count <= 64)
    }

    @Test func codingKeepsTheText() throws {
        let uids = [UID(literal: "1.2.3")]
        let data = try JSONEncoder().encode(uids)
        #expect(String(decoding: data, as: UTF8.self) == #"["1.2.3"]"#)
        #expect(try JSONDecoder().decode([UID].self, from: data) == uids)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([UID].self, from: Data(#"["1.2.x"]"#.utf8))
        }
    }
}
