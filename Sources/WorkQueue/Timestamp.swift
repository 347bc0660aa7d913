/// A moment of the queue's time line, in microseconds since 1970-01-01 UTC.
///
/// Moments come from a ``TimeSource``, the only door through which time enters the daemon, and are compared
/// and stored as whole numbers. They are not wall-clock readings: see ``SystemTime``.
package struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    package let microseconds: Int64

    /// The moment so many microseconds after 1970-01-01 00:00:00 UTC.
    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The earliest moment the queue knows; work whose time this is may start at once, whatever the clock says.
    package static let distantPast = Timestamp(microseconds: 0)

    /// Whether one moment is before another.
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The moment a duration later; saturates rather than overflows, since durations come from a configuration.
    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (sum, overflow) = left.microseconds.addingReportingOverflow(right.microseconds)
        return Timestamp(microseconds: overflow ? (right < .zero ? .min : .max) : sum)
    }

    /// The moment a duration earlier; saturates.
    package static func - (left: Timestamp, right: Duration) -> Timestamp {
        let (difference, overflow) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return Timestamp(microseconds: overflow ? (right < .zero ? .max : .min) : difference)
    }

    /// The time from the right moment to the left one; negative when the left one is earlier.
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        let (difference, overflow) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return .microseconds(overflow ? (left < right ? .min : .max) : difference)
    }

    /// ISO 8601 in UTC with milliseconds: `2026-11-24T05:31:25.123Z`.
    package var description: String {
        let (day, time) = microseconds.flooredDivision(by: 86_400_000_000)
        let date = CivilDate(daysSince1970: day)
        let milliseconds = time / 1000
        let fields = [milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60]
        let clock = fields.map { padded($0, to: 2) }.joined(separator: ":")
        let calendar = "\(padded(date.year, to: 4))-\(padded(date.month, to: 2))-\(padded(date.day, to: 2))"
        return "\(calendar)T\(clock).\(padded(milliseconds % 1000, to: 3))Z"
    }
}

extension Duration {
    /// The duration in whole microseconds, rounded towards zero; saturates.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }
}

/// A day of the proleptic Gregorian calendar.
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Days to year, month and day, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
    /// `civil_from_days`: eras of 400 years (146,097 days), years that begin in March.
    init(daysSince1970: Int64) {
        let (era, dayOfEra) = (daysSince1970 + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    /// Quotient rounded down and the remainder that is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// A number with leading zeros up to a width.
private func padded(_ number: Int64, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
