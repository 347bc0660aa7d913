import Dicom
import Testing

@Suite("Local times")
struct LocalTimeTests {
    @Test(arguments: [
        (Int64(0), 0, "19700101", "000000"),
        (-1, 0, "19691231", "235959"),
        (951_782_400, 0, "20000229", "000000"),
        (951_868_799, 60, "20000301", "005959"),
        (1_800_000_000, -240, "20270115", "040000"),
        (4_107_542_399, 0, "21000228", "235959"),
        (4_107_542_400, 0, "21000301", "000000"),
        (-62_167_132_800, 0, "00000102", "000000"),
        (253_402_214_400, 840, "99991231", "140000"),
    ])
    func dateAndTimeAreThoseOfTheZone(seconds: Int64, minutes: Int, date: String, time: String) {
        let local = LocalTime(secondsSince1970: seconds, minutesFromUTC: minutes)
        #expect(local.dicomDate == date)
        #expect(local.dicomTime == time)
    }

    @Test func theSameMomentCanBeToldInAnotherZone() {
        let berlin = LocalTime(secondsSince1970: 1_800_000_000, minutesFromUTC: 60)
        #expect(berlin.dicomTime == "090000")
        #expect(berlin.inZone(minutesFromUTC: 330).dicomTime == "133000")
        #expect(berlin.inZone(minutesFromUTC: 330).secondsSince1970 == berlin.secondsSince1970)
    }

    @Test(arguments: [("+0000", 0), ("+0100", 60), ("-0330", -210), ("+1400", 840), ("-1200", -720)])
    func aTimezoneOffsetIsRead(text: String, minutes: Int) {
        #expect(LocalTime.minutes(inTimezoneOffset: text) == minutes)
    }

    @Test(arguments: [
        "", "0100", "+01:00", "+100", "+1401", "-1201", "+0160", "+01 0", "Z", "+٠١٠٠", "++100",
    ])
    func whatIsNoTimezoneOffsetIsRefused(text: String) {
        #expect(LocalTime.minutes(inTimezoneOffset: text) == nil)
    }
}
