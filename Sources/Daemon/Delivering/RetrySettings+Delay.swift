extension RetrySettings {
    /// For what fails inside this machine, a disk that is full or cannot be read: patient enough for a day's outage, and
    /// never so quick that retries fill the log.
    static let internalWork: RetrySettings = {
        var settings = RetrySettings()
        (settings.first, settings.maximum) = (.seconds(5), .seconds(600))
        return settings
    }()

    /// The wait before the next attempt: it doubles from `first` up to `maximum`, and jitter takes away up to half, so
    /// that what piled up while a destination was down does not come back in one blow.
    ///
    /// - Parameters:
    ///   - attempt: the attempt that just failed, from 1.
    ///   - jitter: 0 for the whole wait, 1 for half of it.
    package func delay(afterAttempt attempt: Int, jitter: Double) -> Duration {
        precondition(attempt >= 1 && (0...1).contains(jitter), "an attempt from 1, a jitter from 0 to 1")
        var delay = min(first, maximum)
        // Sixty doublings of a microsecond are longer than any maximum; the bound keeps the loop short.
        for _ in 1..<min(attempt, 60) where delay < maximum { delay = min(delay * 2, maximum) }
        return delay * (1 - jitter / 2)
    }
}
