// How the commands get at the queue of a daemon that may be running.
import ArgumentParser
import Daemon
import Foundation
import WorkQueue

/// The options of every command that looks into the queue file.
struct QueueAccess: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Flag(help: "Print JSON.")
    var json = false

    /// Opens the queue that the configuration names, beside the daemon or without it.
    func open(_ access: SQLiteWorkQueue.Access) throws -> SQLiteWorkQueue {
        let path = try configuration.loaded().queue.databasePath
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(
                "there is no queue at \(path), or you may not look there: has the daemon of this configuration ever run? "
                    + "Its user may: sudo -u glenoid glenoid …")
        }
        do {
            // A node of its own: what this process does must not look like the daemon's doing.
            return try SQLiteWorkQueue(path: path, settings: QueueSettings(node: "command"), access: access)
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }
}

extension Work.State {
    /// The state in a word, as tables and JSON show it.
    var word: String { String(describing: self) }
}

/// Lines of columns, each as wide as its widest cell.
func table(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
        rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
        let cells = row.enumerated().map { column, cell in
            column == row.count - 1
                ? cell : cell.padding(toLength: widths[column], withPad: " ", startingAt: 0)
        }
        return cells.joined(separator: "  ")
    }.joined(separator: "\n")
}
