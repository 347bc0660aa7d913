// `glenoid queue adopt-spool`: after a disk was lost for good.
import ArgumentParser
import Daemon
import Foundation
import WorkQueue

struct QueueAdoptSpoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt-spool",
        abstract: "Makes the queue and the spool belong together after one of them was lost.",
        discussion: """
            The daemon refuses to start where its queue and its spool have not worked together before: most likely a \
            disk is not mounted. If one of the two is lost for good, this makes them a pair. The daemon must not be \
            running. When it starts, work whose files are missing becomes dead letters, and files that the queue does \
            not know are set aside in the spool's orphans/, from where they can be sent again.
            """)

    @OptionGroup var configuration: ConfigurationOptions

    func run() throws {
        let settings = try configuration.loaded()
        let (folder, path) = (settings.spool.folder, settings.queue.databasePath)
        try checkOwner(of: folder)
        do {
            let spool = try Spool(folder: folder) { 0 }
            // A lost queue is begun anew, as the daemon would.
            let queue = try SQLiteWorkQueue(path: path, settings: QueueSettings(node: "command"))
            try spool.adopt(queue)
        } catch {
            throw CommandFailure("\(error)")
        }
        print("\(path) and \(folder) belong together now")
    }

    /// What root writes here, the daemon's user could not read.
    private func checkOwner(of folder: String) throws {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: folder)
        } catch {
            throw CommandFailure("\(folder): \(error.localizedDescription)")
        }
        guard let owner = attributes[.ownerAccountID] as? Int, owner != Int(geteuid()) else { return }
        let name = attributes[.ownerAccountName] as? String ?? "\(owner)"
        throw CommandFailure("\(folder) belongs to \(name): sudo -u \(name) glenoid queue adopt-spool …")
    }
}
