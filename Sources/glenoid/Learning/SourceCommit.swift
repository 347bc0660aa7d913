// Which source a program in a checkout was built from.
import Foundation

enum SourceCommit {
    /// The commit of the checkout that the program lies in, marked where files differ from it; nil outside of one.
    static var current: String? {
        guard let program = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
        let folder = program.deletingLastPathComponent().path
        guard let commit = git(["rev-parse", "HEAD"], in: folder) else { return nil }
        let changes = git(["status", "--porcelain", "--untracked-files=no"], in: folder) ?? ""
        return changes.isEmpty ? commit : "\(commit) with changes"
    }

    /// What git prints, without the last line's end; nil where it fails or is not installed.
    private static func git(_ arguments: [String], in folder: String) -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        process.arguments = ["-C", folder] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = try? output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data ?? Data(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
