import Dicom
import Testing

@Suite struct DigestTests {
    @Test func digestOfAbcIsThatOfTheStandard() {
        // FIPS 180-2 appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Digest(of: Array("abc".utf8)).hex == expected)
    }

    @Test func piecesGiveTheDigestOfTheWhole() {
        var builder = DigestBuilder()
        builder.update(Array("a".utf8))
        builder.update([])
        builder.update(Array("bc".utf8))
        #expect(builder.digest() == Digest(of: Array("abc".utf8)))
    }

    @Test func hexadecimalDigitsAreReadBack() {
        let digest = Digest(of: [])
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(hex: digest.hex.uppercased()) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
    }

    @Test(arguments: ["", "ab", String(repeating: "g", count: 64), String(repeating: "+f", count: 32)])
    func otherTextIsNoDigest(text: String) { #expect(Digest(hex: text) == nil) }

    @Test func otherLengthsAreNoDigest() {
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    }
}
