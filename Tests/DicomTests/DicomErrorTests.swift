import Dicom
import Testing

@Suite struct DicomErrorTests {
    @Test func descriptionNamesTheTag() {
        #expect("\(DicomError.badData(.rows, "is zero"))" == "Rows (0028,0010): is zero")
        #expect("\(DicomError.absent(nil, "no such frame"))" == "no such frame")
        #expect(DicomError.absent(.rows, "missing").tag == .rows)
        #expect(DicomError.limit("too long").tag == nil)
    }

    @Test func kindsAreTold() {
        #expect("\(DicomError.unsupported("MPEG-4"))" == "not supported: MPEG-4")
        #expect("\(DicomError.limit("nesting"))" == "over the limit: nesting")
        #expect("\(DicomError.world("disk full"))" == "disk full")
    }
}
