/// A number and its unit, as `10m` or `2GB`.
private struct Quantity {
    let number: Double
    let unit: String

    init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite else { return nil }
        self.number = number
        self.unit = text.dropFirst(digits.count).trimmingPrefix(" ").description
    }
}

extension ConfigurationForm where Value == Duration {
    /// A span of time in a range, written with its unit: a bare number would be misread one day.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let lowest = DurationText.text(range.lowerBound)
        let highest = DurationText.text(range.upperBound)
        return Self(
            scalar: "duration from \(lowest) to \(highest) (units ms, s, m, h, d)",
            parse: { text in DurationText.duration(text).flatMap { range.contains($0) ? $0 : nil } },
            text: { DurationText.text($0) })
    }
}

extension ConfigurationForm where Value == Int64 {
    /// A number of bytes in a range.
    static func size(_ range: ClosedRange<Int64>) -> Self {
        let lowest = SizeText.text(range.lowerBound)
        let highest = SizeText.text(range.upperBound)
        return Self(
            scalar:
                "size from \(lowest) to \(highest) (bytes, or units kB to TB, KiB to TiB)",
            parse: { text in SizeText.bytes(text).flatMap { range.contains($0) ? $0 : nil } },
            text: { SizeText.text($0) })
    }
}

/// Durations as text: `500ms`, `2s`, `10m`, `24h`, `30d`.
package enum DurationText {
    /// Units from the largest, with their milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Parses a duration; nil without a unit, and for anything else that is none.
    package static func duration(_ text: String) -> Duration? {
        guard let quantity = Quantity(text), let unit = units.first(where: { $0.name == quantity.unit })
        else {
            return nil
        }
        let milliseconds = (quantity.number * Double(unit.milliseconds)).rounded()
        return milliseconds < 1e15 ? .milliseconds(Int64(milliseconds)) : nil
    }

    /// Writes a duration in the largest unit that divides it.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        for unit in units where milliseconds % unit.milliseconds == 0 {
            // Two days read better than 48 hours, but "one day" is how nobody configures 24h.
            if unit.name == "d", milliseconds / unit.milliseconds < 2 { continue }
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }
}

/// Sizes as text: `131072`, `2GB`, `512MiB`.
package enum SizeText {
    /// Units with their bytes; decimal ones as disks are sold, binary ones as memory is.
    private static let units: [(name: String, bytes: Int64)] = [
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000),
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ]

    /// Parses a size; a bare number is bytes.
    package static func bytes(_ text: String) -> Int64? {
        guard let quantity = Quantity(text) else { return nil }
        let name = quantity.unit == "KB" ? "kB" : quantity.unit
        let factor = units.first { $0.name == name }?.bytes
        guard let factor = factor ?? (["", "B"].contains(name) ? 1 : nil) else { return nil }
        let bytes = (quantity.number * Double(factor)).rounded()
        return bytes < 9e18 ? Int64(bytes) : nil
    }

    /// Writes a size in the largest unit that divides it.
    package static func text(_ bytes: Int64) -> String {
        for unit in units where bytes != 0 && bytes % unit.bytes == 0 {
            return "\(bytes / unit.bytes)\(unit.name)"
        }
        return "\(bytes)"
    }
}
