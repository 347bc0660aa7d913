import Dicom
import Testing

@Suite struct TagTests {
    @Test func numberAndPartsAreTheSameTag() {
        #expect(Tag(number: 0x7FE0_0010) == .pixelData)
        #expect(Tag.pixelData.number == 0x7FE0_0010)
        #expect(Tag.pixelData.group == 0x7FE0 && Tag.pixelData.element == 0x0010)
    }

    @Test func tagsSortAsInADataSet() {
        #expect(Tag.sopInstanceUID < .patientName)
        #expect(Tag(0x0028, 0x0010) < Tag(0x0028, 0x0011))
    }

    @Test func descriptionHasKeywordAndNumber() {
        #expect("\(Tag.rows)" == "Rows (0028,0010)")
        #expect("\(Tag(0x0009, 0x10AB))" == "(0009,10AB)")
    }

    @Test func oddGroupsArePrivate() {
        #expect(Tag(0x0009, 0x0010).isPrivate)
        #expect(!Tag.rows.isPrivate)
    }
}
