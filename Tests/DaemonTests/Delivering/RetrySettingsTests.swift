import Daemon
import Testing

@Suite("Back-off")
struct RetrySettingsTests {
    private func settings(_ first: Duration, _ maximum: Duration) -> RetrySettings {
        var settings = RetrySettings()
        settings.first = first
        settings.maximum = maximum
        return settings
    }

    @Test("the wait doubles up to its maximum")
    func doubles() {
        let retry = settings(.seconds(1), .seconds(10))
        let waits = (1...6).map { retry.delay(afterAttempt: $0, jitter: 0) }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(10), .seconds(10)])
    }

    @Test("jitter shortens the wait by at most half")
    func jitter() {
        let retry = settings(.seconds(8), .seconds(8))
        #expect(retry.delay(afterAttempt: 1, jitter: 1) == .seconds(4))
        #expect(retry.delay(afterAttempt: 1, jitter: 0.5) == .seconds(6))
    }

    @Test("a destination that was down for months neither overflows nor waits longer than the maximum")
    func largeAttempts() {
        let retry = settings(.milliseconds(1), .seconds(3600))
        #expect(retry.delay(afterAttempt: 1_000_000, jitter: 0) == .seconds(3600))
    }

    @Test("a first wait above the maximum is the maximum")
    func firstAboveMaximum() {
        #expect(settings(.seconds(5), .seconds(2)).delay(afterAttempt: 1, jitter: 0) == .seconds(2))
    }
}
