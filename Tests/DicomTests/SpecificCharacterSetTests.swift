import Dicom
import Testing

/// The examples of PS3.5 annexes H, I, J and K, and files that break the rules.
@Suite struct SpecificCharacterSetTests {
    private func values(_ terms: [String], _ bytes: [UInt8]) -> [String] {
        SpecificCharacterSet(terms).values(bytes)
    }

    @Test(
        arguments: [
            (["ISO_IR 100"], [0xC4, 0x6E, 0x65, 0x61, 0x73], "Äneas"),
            (["ISO_IR 101"], [0x57, 0xB3, 0x61, 0x64], "Wład"),
            (["ISO_IR 144"], [0xBB, 0xEE, 0xDA, 0x63], "Люкc"),
            (["ISO_IR 126"], [0xC4, 0xE9, 0xEF, 0xED], "Διον"),
            (["ISO_IR 138"], [0xF9, 0xF8, 0xE5, 0xEF], "שרון"),
            (["ISO_IR 127"], [0xE2, 0xC8, 0xC7, 0xE6], "قبان"),
            (["ISO_IR 166"], [0xB9, 0xD2, 0xC2], "นาย"),
            (["ISO_IR 13"], [0xD4, 0xCF, 0xC0, 0xDE], "ﾔﾏﾀﾞ"),
            (["ISO_IR 192"], [0xE7, 0x8E, 0x8B], "王"),
            (["GB18030"], [0xCD, 0xF5], "王"),
            (["GBK"], [0xCD, 0xF5], "王"),
        ] as [([String], [UInt8], String)])
    func singleSetsAreConverted(terms: [String], bytes: [UInt8], text: String) {
        #expect(values(terms, bytes) == [text])
    }

    @Test func japaneseWithCodeExtensions() {
        // PS3.5 H.3.1: Yamada^Tarou in romaji, kanji and hiragana.
        let bytes: [UInt8] =
            Array("Yamada^Tarou=".utf8)
            + [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x42, 0x5E]
            + [0x1B, 0x24, 0x42, 0x42, 0x40, 0x4F, 0x3A, 0x1B, 0x28, 0x42, 0x3D]
            + [0x1B, 0x24, 0x42, 0x24, 0x64, 0x24, 0x5E, 0x24, 0x40, 0x1B, 0x28, 0x42, 0x5E]
            + [0x1B, 0x24, 0x42, 0x24, 0x3F, 0x24, 0x6D, 0x24, 0x26, 0x1B, 0x28, 0x42]
        #expect(values(["", "ISO 2022 IR 87"], bytes) == ["Yamada^Tarou=山田^太郎=やまだ^たろう"])
    }

    @Test func japaneseWithKatakanaAtTheBeginning() {
        // PS3.5 H.3.2: half-width katakana, then kanji with a return to JIS X 0201 romaji.
        let bytes: [UInt8] =
            [0xD4, 0xCF, 0xC0, 0xDE, 0x5E, 0xC0, 0xDB, 0xB3, 0x3D]
            + [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x4A]
        #expect(values(["ISO 2022 IR 13", "ISO 2022 IR 87"], bytes) == ["ﾔﾏﾀﾞ^ﾀﾛｳ=山田"])
    }

    @Test func koreanIsDesignatedAfterEachDelimiterOrForgotten() {
        let designation: [UInt8] = [0x1B, 0x24, 0x29, 0x43]
        let hong: [UInt8] = [0xFB, 0xF3], gil: [UInt8] = [0xD1, 0xCE, 0xD4, 0xD7]
        let terms = ["", "ISO 2022 IR 149"]
        #expect(values(terms, designation + hong + [0x5E] + designation + gil) == ["洪^吉洞"])
        #expect(values(terms, designation + hong + [0x5E] + gil) == ["洪^吉洞"])
    }

    @Test func chineseWithCodeExtensions() {
        // PS3.5 K.3: Wang^XiaoDong.
        let bytes: [UInt8] = [0x1B, 0x24, 0x29, 0x41, 0xCD, 0xF5, 0x5E, 0x1B, 0x24, 0x29, 0x41, 0xD0, 0xA1]
        #expect(values(["", "ISO 2022 IR 58"], bytes) == ["王^小"])
    }

    @Test func halfOfACharacterIsNoSeparatorOfValues() {
        // In GB18030 the second byte of a character can be the backslash's.
        #expect(values(["GB18030"], [0x81, 0x5C, 0x5C, 0x41]).count == 2)
        // In JIS X 0208 a character can hold the codes of caret and backslash.
        #expect(values(["", "ISO 2022 IR 87"], [0x1B, 0x24, 0x42, 0x30, 0x5C, 0x1B, 0x28, 0x42]).count == 1)
    }

    @Test func liesAreSeenThroughAndNothingIsLost() {
        let latin: [UInt8] = [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72]
        // No set declared, or UTF-8, but the bytes are Latin-1.
        #expect(values([], latin) == ["Müller"])
        #expect(values(["ISO_IR 192"], latin) == ["Müller"])
        // No set declared, but the bytes are UTF-8.
        #expect(values([], Array("Müller^王".utf8)) == ["Müller^王"])
        #expect(values(["ISO_IR 6"], Array("Müller".utf8)) == ["Müller"])
        #expect(values(["ISO_IR 999"], Array("Müller".utf8)) == ["Müller"])
        // A cut two-byte character stays visible.
        #expect(values(["", "ISO 2022 IR 149"], [0x1B, 0x24, 0x29, 0x43, 0xFB]).first?.isEmpty == false)
        #expect(values(["GB18030"], [0x41, 0xFF]) == ["Aÿ"])
    }

    @Test func termsAreUnderstoodInSloppySpellings() {
        for term in ["ISO IR 100", "iso_ir 100", "ISO-IR100", "ISO 2022 IR 100"] {
            #expect(values([term], [0xFC]) == ["ü"], "\(term)")
        }
        #expect(values(["UTF-8"], Array("ü".utf8)) == ["ü"])
    }

    @Test func textOfOneValueKeepsItsBackslashes() {
        #expect(SpecificCharacterSet.default.text(Array("a\\b^c".utf8)) == "a\\b^c")
        #expect(SpecificCharacterSet(["ISO_IR 100"]).values(Array("a\\b".utf8)) == ["a", "b"])
        #expect(SpecificCharacterSet(["", ""]).terms == [])
    }

    @Test func noBytesMakeItFailOrLoseCharacters() {
        let sets = [
            [], ["ISO_IR 192"], ["GBK"], ["", "ISO 2022 IR 87"], ["ISO 2022 IR 13", "ISO 2022 IR 159"],
        ]
        var state: UInt64 = 7
        for _ in 0..<500 {
            let bytes = (0..<12).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            for terms in sets { #expect(!SpecificCharacterSet(terms).text(bytes).isEmpty) }
        }
    }

    @Test func itemsInheritTheSetOrBringTheirOwn() throws {
        var writer = Part10Writer()
        writer.text(.specificCharacterSet, "CS", "ISO_IR 100")
        writer.element(.patientName, "PN", [0xFC])
        writer.sequence(
            .contentSequence,
            [
                { $0.element(.codeMeaning, "LO", [0xFC]) },
                {
                    $0.text(.specificCharacterSet, "CS", "ISO_IR 144")
                    $0.element(.codeMeaning, "LO", [0xBB])
                },
            ])
        let dataset = try Dataset(bytes: writer.part10())
        #expect(dataset.string(.patientName) == "ü")
        #expect(dataset.items(.contentSequence).map { $0.string(.codeMeaning) } == ["ü", "Л"])
    }
}
