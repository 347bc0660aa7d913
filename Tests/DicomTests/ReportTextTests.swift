import Dicom
import Testing

@Suite("Texts of a report")
struct ReportTextTests {
    @Test func asciiStaysAsItIs() {
        let ascii = "AI, unverified: implant manufacturer Zimmer (93.4 %) [a] {b} <c> & 'd' \"e\" ^ = `|"
        #expect(ReportText.line(ascii) == ascii)
        #expect(ReportText.paragraphs(ascii) == ascii)
    }

    @Test(arguments: [
        ("Größe", "Grosse"), ("Crème Brûlée", "Creme Brulee"), ("240×240", "240x240"),
        ("a – b — c", "a - b - c"),
        ("“quoted” ‘so’", "\"quoted\" 'so'"), ("≥ 5 µm", ">= 5 um"), ("ﬁne", "fine"), ("½", "1/2"),
        ("肩", "?"),
        ("…", "..."), ("Łódź", "Lodz"), ("\u{1F9B4}", "?"), ("５", "5"),
    ])
    func foreignCharactersAreSpeltOutOrMarked(text: String, expected: String) {
        #expect(ReportText.line(text) == expected)
    }

    @Test func backslashAndTildeAreReplacedBecauseISO_IR13ShowsThemOtherwise() {
        #expect(ReportText.line("a\\b~c") == "a/b-c")
    }

    @Test func controlCharactersAndEscapesNeverGetIn() {
        #expect(ReportText.line("a\u{1B}$B\tb\nc\u{0}d\u{7F}e\u{85}") == "a $B b c d e ")
    }

    @Test func lineBreaksOfParagraphsAreCRLF() {
        #expect(ReportText.paragraphs("a\nb\r\nc\rd") == "a\r\nb\r\nc\r\nd")
    }

    @Test func aLongLineIsCutVisibly() {
        let long = String(repeating: "x", count: 100)
        #expect(ReportText.shortened(long) == String(repeating: "x", count: 61) + "...")
        #expect(ReportText.shortened(String(repeating: "x", count: 64)).count == 64)
        #expect(ReportText.shortened(String(repeating: "…", count: 30)).utf8.count == 64)
    }
}
