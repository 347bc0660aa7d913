import Dicom
import Testing

@Suite("Classes of reports")
struct SRClassTests {
    @Test func everyClassIsFoundAgainByItsUID() {
        for reportClass in SRClass.allCases {
            #expect(SRClass(sopClassUID: reportClass.sopClassUID) == reportClass)
        }
        #expect(SRClass(sopClassUID: UID(literal: "1.2.840.10008.5.1.4.1.1.1.1")) == nil)
    }

    @Test func theRichestAcceptedClassIsChosen() {
        let accepted: Set<UID> = [SRClass.basicText.sopClassUID, SRClass.enhanced.sopClassUID]
        #expect(SRClass.richest(of: accepted) == .enhanced)
        #expect(SRClass.richest(of: Set(SRClass.allCases.map(\.sopClassUID))) == .comprehensive3D)
        #expect(SRClass.richest(of: []) == nil)
    }
}
