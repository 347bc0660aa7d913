import Foundation

/// One text file of the checkout.
struct SourceFile: Sendable {
    /// Path from the top of the checkout, with `/`.
    let path: String
    /// Its lines, without their line feeds.
    let lines: [String]
    /// Its lines with the contents of comments and strings blanked; the same as `lines` for other languages.
    let code: [String]

    /// Takes a file's text apart.
    init(path: String, text: String) {
        self.path = path
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let blanked = ["swift", "c", "cpp", "h", "hpp"].contains { path.hasSuffix("." + $0) }
        self.code =
            blanked
            ? SourceCode.blanked(text).split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
            : lines
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isC: Bool { ["c", "cpp", "h", "hpp"].contains { path.hasSuffix("." + $0) } }
    var isInSources: Bool { path.hasPrefix("Sources/") }
    var isInTests: Bool { path.hasPrefix("Tests/") }

    /// The room a source file belongs to.
    var room: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }
}

/// The checkout this test was compiled from.
enum SourceTree {
    /// Endings of files that are text and ours.
    private static let endings: Set<String> = [
        "swift", "c", "cpp", "h", "hpp", "md", "yaml", "yml", "sh", "py", "service", "sysusers", "tmpfiles",
        "modulemap",
    ]

    /// Its folder.
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every text file of it, hidden folders left out but for `.ci`.
    static let files: [SourceFile] = {
        let tops = ["Sources", "Tests", "conf", "docs", "systemd", ".ci"]
        var paths = ["Package.swift", "Makefile", "README.md", "CHANGELOG.md"]
        for top in tops {
            let inside = FileManager.default.enumerator(atPath: folder.appending(path: top).path)
            while let path = inside?.nextObject() as? String {
                let ending = path.split(separator: ".").last.map(String.init) ?? ""
                if endings.contains(ending) || top == ".ci" { paths.append("\(top)/\(path)") }
            }
        }
        return paths.sorted().compactMap { path in
            guard let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8) else {
                return nil
            }
            return SourceFile(path: path, text: text)
        }
    }()
}

/// Something that breaks a rule.
struct Slip: Equatable, CustomStringConvertible {
    let path: String
    /// Counted from 1; 0: the file as a whole.
    let line: Int
    let text: String

    var description: String { line == 0 ? "\(path): \(text)" : "\(path):\(line): \(text)" }
}
