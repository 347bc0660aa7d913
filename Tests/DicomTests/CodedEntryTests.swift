import Dicom
import Testing

@Suite("Coded terms")
struct CodedEntryTests {
    @Test func ordinaryTermsCanBeCarried() {
        #expect(CodedEntry("40388003", "SCT", "Implant").problem == nil)
        #expect(CodedEntry("%", "UCUM", "Percent", schemeVersion: "1.4").problem == nil)
        #expect(CodedEntry("ABCDEFGHIJKLMNOP", "99GLENOID", String(repeating: "m", count: 64)).problem == nil)
    }

    @Test func privateSchemesStartWith99() {
        #expect(CodedEntry("ZIMMER", "99GLENOID", "Zimmer").isPrivateScheme)
        #expect(!CodedEntry("40388003", "SCT", "Implant").isPrivateScheme)
    }

    @Test(arguments: [
        (CodedEntry("", "SCT", "Implant"), "the code value is empty"),
        (CodedEntry("40388003", "  ", "Implant"), "the coding scheme designator is empty"),
        (CodedEntry("ABCDEFGHIJKLMNOPQ", "99X", "Long"), "the code value has 17 characters, DICOM allows 16"),
        (
            CodedEntry("A", "99X", String(repeating: "é", count: 65)),
            "the code meaning has 65 characters, DICOM allows 64"
        ),
        (CodedEntry("A\\B", "99X", "Two"), "the code value holds a backslash or a control character"),
        (CodedEntry("A", "99X", "Two\nlines"), "the code meaning holds a backslash or a control character"),
        (CodedEntry("A", "99X", " Padded"), "the code meaning begins or ends with a space"),
        (
            CodedEntry("A", "99X", "Good", schemeVersion: String(repeating: "1", count: 17)),
            "the scheme version has 17 characters, DICOM allows 16"
        ),
    ])
    func termsThatDicomCannotCarrySayWhy(entry: CodedEntry, problem: String) {
        #expect(entry.problem == problem)
    }
}
