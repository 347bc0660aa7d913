import Daemon
import Dicom
import Testing

@Suite("What a destination's answer means")
struct DeliveryVerdictTests {
    @Test(
        "success and warnings mean that it has the report",
        arguments: [0x0000, 0xB000, 0xB006, 0xB007, 0x0111])
    func delivered(status: Int) {
        let verdict = DeliveryVerdict(DIMSEStatus(rawValue: UInt16(status)))
        guard case .delivered(let warning) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect((warning == nil) == (status == 0))
    }

    @Test(
        "lack of resources and failures of processing are worth another attempt",
        arguments: [0xA700, 0xA702, 0x0110])
    func transient(status: Int) {
        guard case .transient = DeliveryVerdict(DIMSEStatus(rawValue: UInt16(status))) else {
            Issue.record("\(status) is not transient")
            return
        }
    }

    @Test(
        "a refusal of the object itself is for good",
        arguments: [0xA900, 0xA901, 0xC000, 0xCFFF, 0x0122, 0x0124, 0x0106])
    func permanent(status: Int) {
        guard case .permanent = DeliveryVerdict(DIMSEStatus(rawValue: UInt16(status))) else {
            Issue.record("\(status) is not permanent")
            return
        }
    }

    @Test("a status that no standard knows is tried again rather than given up")
    func unknownStatus() {
        guard case .transient = DeliveryVerdict(DIMSEStatus(rawValue: 0x4242)) else {
            Issue.record("an unknown status was given up")
            return
        }
    }

    @Test("a rejection is tried again, whatever it says: somebody will enter our AE title")
    func rejection() {
        guard case .transient = DeliveryVerdict(StoreUserError.rejected(.callingAENotRecognized)) else {
            Issue.record("a rejection was given up")
            return
        }
    }

    @Test("a destination that takes no such class never will")
    func noContext() {
        let verdict = DeliveryVerdict(
            StoreUserError.noPresentationContext(UID(literal: "1.2.840.10008.5.1.4.1.1.88.34")))
        guard case .permanent = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }
}
