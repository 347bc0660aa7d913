import Foundation
import Testing
import WorkQueue

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"),
            (1_767_225_600_000_000, "2026-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func readsAsISO8601(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test func agreesWithFoundationOverFourCenturies() {
        let formatter = ISO8601DateFormatter()
        for day in stride(from: Int64(-80_000), to: 80_000, by: 37) {
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))
            #expect(Timestamp(microseconds: day * 86_400_000_000).description.prefix(19) == text.prefix(19))
        }
    }

    @Test func arithmeticSaturates() {
        let late = Timestamp(microseconds: .max - 5)
        #expect(late + .seconds(1) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min + 5) - .seconds(1) == Timestamp(microseconds: .min))
        #expect(late + Duration.seconds(Int64.max) == Timestamp(microseconds: .max))
        #expect(late - Timestamp(microseconds: 5) == .microseconds(Int64.max - 10))
        #expect(Duration.milliseconds(-1500).microseconds == -1_500_000)
    }

    @Test func systemTimeFollowsTheWallClockAndNeverGoesBack() {
        let time = SystemTime()
        let difference = time.now() - Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
        #expect(abs(difference.microseconds) < 5_000_000)
        var last = time.now()
        for _ in 0..<10_000 {
            let next = time.now()
            #expect(next >= last)
            last = next
        }
    }

    @Test func aStepOfTheWallClockMovesNothing() {
        let clocks = Clocks()
        let time = SystemTime(wall: { clocks.wall }, uptime: { clocks.uptime })
        let start = time.now()
        #expect(start == Timestamp(microseconds: 1_767_225_600_000_000))
        for step in [365, -730, 36_500] as [Int64] {
            clocks.wall += step * 86_400_000_000
            #expect(time.now() == start)
        }
        clocks.uptime += 7_000_000
        #expect(time.now() - start == .seconds(7))
    }

    @Test func manualTimeStandsStillUntilMoved() {
        let time = ManualTime()
        let start = time.now()
        #expect(time.now() == start)
        time.advance(by: .seconds(3))
        #expect(time.now() - start == .seconds(3))
        time.advance(by: .seconds(-5))
        #expect(time.now() < start)
    }
}

/// The two clocks of a machine, for a test on one thread.
private final class Clocks: @unchecked Sendable {
    var wall: Int64 = 1_767_225_600_000_000
    var uptime: Int64 = 123_456_789
}
