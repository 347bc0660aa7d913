import Daemon
import Testing

@Suite struct QuantityTests {
    @Test(
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("2s", .seconds(2)), ("2 s", .seconds(2)),
            ("1.5h", .seconds(5400)),
            ("10m", .seconds(600)), ("24h", .seconds(86400)), ("30d", .seconds(30 * 86400)), ("0s", .zero),
        ]) func durationIsRead(text: String, duration: Duration)
    {
        #expect(DurationText.duration(text) == duration)
        #expect(DurationText.duration(DurationText.text(duration)) == duration)
    }

    @Test(arguments: [
        "", "2", "s", "2S", "2 seconds", "-2s", "1e3s", "2s2", "1..5s", "99999999999999d", "٢s",
    ])
    func textThatIsNoDurationIsRefused(text: String) {
        #expect(DurationText.duration(text) == nil)
    }

    @Test(
        arguments: [
            ("0", Int64(0)), ("131072", 131_072), ("131072B", 131_072), ("2GB", 2_000_000_000),
            ("2 GiB", 2 << 30),
            ("1.5kB", 1500), ("1KB", 1000), ("1TB", 1_000_000_000_000),
        ]) func sizeIsRead(text: String, bytes: Int64)
    {
        #expect(SizeText.bytes(text) == bytes)
        #expect(SizeText.bytes(SizeText.text(bytes)) == bytes)
    }

    @Test(arguments: ["", "GB", "2gb", "-1", "2GBs", "1e30", "99999999999TB"])
    func textThatIsNoSizeIsRefused(text: String) {
        #expect(SizeText.bytes(text) == nil)
    }
}
