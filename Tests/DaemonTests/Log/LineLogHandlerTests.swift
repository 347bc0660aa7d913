import Daemon
import Foundation
import Locks
import Logging
import Testing

@Suite("Log lines")
struct LineLogHandlerTests {
    /// What a logger wrote.
    private final class Lines: Sendable {
        private let text = Lock("")
        func add(_ line: String) { text.withLock { $0 += line } }
        var all: String { text.withLock { $0 } }
    }

    private func logger(
        _ lines: Lines, format: LogFormat = .text, level: LogLevel = .info, journal: Bool = false
    ) -> (Logger, LogThreshold) {
        let threshold = LogThreshold(level)
        let logger = Logger(label: "part") { label in
            LineLogHandler(
                label: label, format: format, threshold: threshold, isUnderJournal: journal, write: lines.add)
        }
        return (logger, threshold)
    }

    @Test("text has time, level, part, message and sorted facts")
    func text() {
        let lines = Lines()
        logger(lines).0.info("kept", metadata: ["work": "i1", "caller": "PACS ONE"])
        #expect(lines.all.hasSuffix(" info part: kept caller=\"PACS ONE\" work=i1\n"))
        #expect(lines.all.first?.isNumber == true)
    }

    @Test("under systemd a line starts with the journal's priority and has no time of its own")
    func journal() {
        let lines = Lines()
        let (logger, _) = logger(lines, journal: true)
        logger.error("no")
        logger.notice("yes")
        #expect(lines.all == "<3>part: no\n<5>part: yes\n")
    }

    @Test("a peer cannot forge a line")
    func forgery() {
        let lines = Lines()
        logger(lines).0.warning("AE", metadata: ["called": "X\n<0>all is well\u{1B}[2J"])
        #expect(lines.all.split(separator: "\n").count == 1)
        #expect(!lines.all.contains("\u{1B}"))
    }

    @Test("JSON lines are JSON")
    func json() throws {
        let lines = Lines()
        logger(lines, format: .json).0.error("a \"quoted\" text", metadata: ["work": "d7"])
        let object = try JSONSerialization.jsonObject(with: Data(lines.all.utf8)) as? [String: String]
        #expect(object?["message"] == "a \"quoted\" text")
        #expect(object?["work"] == "d7")
        #expect(object?["level"] == "error")
    }

    @Test("a reload changes the level of every logger at once")
    func level() {
        let lines = Lines()
        let (logger, threshold) = logger(lines)
        logger.debug("hidden")
        threshold.current = .debug
        logger.debug("shown")
        #expect(!lines.all.contains("hidden"))
        #expect(lines.all.contains("shown"))
    }
}
