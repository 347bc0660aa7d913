/// A moment and the zone it is told in, for the dates and times we write ourselves.
package struct LocalTime: Hashable, Sendable, Codable {
    /// Seconds since 1 January 1970, 00:00 UTC.
    package let secondsSince1970: Int64
    /// How far the zone is ahead of UTC, in minutes; negative in the west.
    package let minutesFromUTC: Int

    /// A moment as given; the zone is at most 14 hours from UTC, as PS3.3 C.12.1 has it.
    ///
    /// A moment outside the years 0000 to 9999, or such a zone, is a fault of the caller and stops the process.
    package init(secondsSince1970: Int64, minutesFromUTC: Int) {
        precondition((-840...840).contains(minutesFromUTC), "no such time zone")
        precondition(
            (-62_167_132_800...253_402_214_400).contains(secondsSince1970), "the year has not four digits")
        self.secondsSince1970 = secondsSince1970
        self.minutesFromUTC = minutesFromUTC
    }

    /// The same moment told in another zone.
    package func inZone(minutesFromUTC: Int) -> LocalTime {
        LocalTime(secondsSince1970: secondsSince1970, minutesFromUTC: minutesFromUTC)
    }

    /// The date as VR DA: YYYYMMDD.
    package var dicomDate: String {
        let date = Self.civilDate(daysSince1970: Self.floorDivide(localSeconds, Self.secondsPerDay))
        return Self.digits(date.year, 4) + Self.digits(date.month, 2) + Self.digits(date.day, 2)
    }

    /// The time of day as VR TM: HHMMSS.
    package var dicomTime: String {
        let second = localSeconds - Self.floorDivide(localSeconds, Self.secondsPerDay) * Self.secondsPerDay
        return Self.digits(second / 3600, 2) + Self.digits(second / 60 % 60, 2) + Self.digits(second % 60, 2)
    }

    /// The minutes from UTC that a Timezone Offset From UTC (0008,0201) means: "+0130" is 90; nil if it is not one.
    package static func minutes(inTimezoneOffset text: String) -> Int? {
        let characters = Array(text.utf8)
        guard characters.count == 5, let sign = ["+": 1, "-": -1][text.prefix(1)] else { return nil }
        let digits = characters.dropFirst().map { Int($0) - Int(UInt8(ascii: "0")) }
        guard digits.allSatisfy((0...9).contains) else { return nil }
        let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        let total = hours * 60 + minutes
        // PS3.3 C.12.1: from -1200 to +1400.
        guard minutes < 60, (-720...840).contains(sign * total) else { return nil }
        return sign * total
    }

    private static let secondsPerDay: Int64 = 86400

    private var localSeconds: Int64 { secondsSince1970 + Int64(minutesFromUTC) * 60 }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
    }

    /// The Gregorian date of a day number, after Hinnant's `civil_from_days`.
    ///
    /// Years begin in March, so that the leap day is the last, and 400 years (146097 days) repeat.
    private static func civilDate(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
