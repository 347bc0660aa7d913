import Daemon
import Testing

@Suite struct CallerTests {
    @Test(
        arguments: [
            ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/0", "192.168.1.1", true), ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("10.1.2.128/25", "10.1.2.127", false), ("10.1.2.128/25", "10.1.2.255", true),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("10.0.0.0/8", "fd12::1", false), ("::/0", "10.0.0.1", false), ("10.0.0.0/8", "nonsense", false),
        ]) func rangeContainsItsAddresses(range: String, address: String, isInside: Bool) throws
    {
        #expect(try #require(AddressRange(range)).contains(address) == isInside)
    }

    @Test(arguments: [
        "", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.256", "host", "fd00::/129", "/8",
    ])
    func textThatIsNoRangeIsRefused(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test func emptyListAdmitsAnyone() {
        #expect(DicomSettings().admits(callingAETitle: "ANY", address: "192.0.2.1"))
    }

    @Test func onlyListedCallersAreAdmitted() {
        var dicom = DicomSettings()
        dicom.callers = [Caller(aeTitle: "CT"), Caller(aeTitle: "PACS", address: AddressRange("10.0.0.0/8"))]
        #expect(dicom.admits(callingAETitle: "CT", address: "192.0.2.1"))
        #expect(dicom.admits(callingAETitle: "PACS", address: "10.0.0.9"))
        #expect(!dicom.admits(callingAETitle: "PACS", address: "192.0.2.1"))
        #expect(!dicom.admits(callingAETitle: "pacs", address: "10.0.0.9"))
        #expect(!dicom.admits(callingAETitle: "MR", address: "10.0.0.9"))
    }
}
