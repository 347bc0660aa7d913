// The daemon's log: one line an event on standard error, for a person, the journal, or a log shipper.
import Foundation
import Glibc
import Locks
package import Logging
import WorkQueue

/// Least severe level that is written; shared by every logger, so that a reload changes them all at once.
package final class LogThreshold: Sendable {
    private let level: Lock<LogLevel>

    /// A threshold at a level.
    package init(_ level: LogLevel) {
        self.level = Lock(level)
    }

    /// The level in force.
    package var current: LogLevel {
        get { level.withLock { $0 } }
        set { level.withLock { $0 = newValue } }
    }
}

/// Writes one line an event: `TIME LEVEL PART: MESSAGE key=value …`, or one JSON object.
///
/// Under systemd (`JOURNAL_STREAM` is set) the text form starts with the journal's priority, `<3>` to `<7>`
/// (sd-daemon(3)), and leaves the time out, since the journal has its own. Line breaks within a value are written
/// as `\n`: an AE title or a peer's text must not be able to forge a line.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let threshold: LogThreshold
    private let isUnderJournal: Bool
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - label: the part of the daemon, e.g. `receiver`.
    ///   - write: takes a finished line with its line feed; the default writes it to standard error in one call,
    ///     so that lines of several threads do not mix.
    package init(
        label: String, format: LogFormat, threshold: LogThreshold,
        isUnderJournal: Bool = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil,
        write: @escaping @Sendable (String) -> Void = writeToStandardError
    ) {
        self.label = label
        self.format = format
        self.threshold = threshold
        self.isUnderJournal = isUnderJournal
        self.write = write
    }

    package var logLevel: Logger.Level {
        get { Logger.Level(rawValue: threshold.current.rawValue) ?? .info }
        set { _ = newValue }  // The level is the daemon's, not a logger's.
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let facts = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) {
            $1
        }
        .sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let now = SystemTime().now()
        switch format {
        case .text:
            let head = isUnderJournal ? "<\(event.level.priority)>" : "\(now) \(event.level.rawValue) "
            let tail = facts.map { " \($0)=\(quoted($1))" }.joined()
            write("\(head)\(label): \(oneLine(event.message.description))\(tail)\n")
        case .json:
            var object = Dictionary(facts) { first, _ in first }
            object["time"] = now.description
            object["level"] = event.level.rawValue
            object["part"] = label
            object["message"] = event.message.description
            // A dictionary of strings always encodes.
            let data = (try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])) ?? Data()
            write(String(decoding: data, as: UTF8.self) + "\n")
        }
    }
}

/// Writes a line to standard error in one call. A log that cannot be written is given up: there is nobody to tell.
package func writeToStandardError(_ line: String) {
    var line = line
    _ = line.withUTF8 { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// The text without anything that would start a new line or move a terminal's cursor.
private func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
        return text
    }
    return text.unicodeScalars.map { scalar in
        switch scalar {
        case "\n": "\\n"
        case "\t": "\\t"
        default: scalar.properties.generalCategory == .control ? "?" : String(scalar)
        }
    }.joined()
}

private func quoted(_ value: String) -> String {
    let line = oneLine(value)
    let isPlain = !line.isEmpty && !line.contains { $0 == " " || $0 == "\"" || $0 == "=" }
    return isPlain ? line : "\"\(line.replacingOccurrences(of: "\"", with: "\\\""))\""
}

extension Logger.Level {
    /// The priority of syslog(3) that the journal sorts by.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
