/// Rules about the shape of files: length, documentation, marks, paths.
enum ShapeRules {
    /// Longest file without a reason.
    static let fileLinesMax = 400
    /// Longest function without a reason.
    static let functionLinesMax = 60

    /// Files past the length, each with its reason.
    static let longFiles: [String: String] = [
        "Sources/Dicom/Values/Tag+Keywords.swift": "a table of the standard's keywords, two lines each"
    ]
    /// Functions past the length, as `path:name`, each with its reason.
    static let longFunctions: [String: String] = [:]

    /// A file that is longer than it may be.
    static func lengthSlips(in file: SourceFile, listed: [String: String] = longFiles) -> [Slip] {
        guard file.isSwift || file.isC, file.lines.count > fileLinesMax, listed[file.path] == nil else {
            return []
        }
        return [
            Slip(
                path: file.path, line: 0,
                text: "\(file.lines.count) lines; split it, or list it with a reason")
        ]
    }

    /// Swift functions that do not fit on a screen.
    static func functionSlips(in file: SourceFile, listed: [String: String] = longFunctions) -> [Slip] {
        guard file.isSwift, file.isInSources else { return [] }
        var slips: [Slip] = []
        for (start, line) in file.code.enumerated() {
            guard let name = functionName(line), let end = closingLine(of: start, in: file.code) else {
                continue
            }
            let length = end - start + 1
            if length > functionLinesMax, listed["\(file.path):\(name)"] == nil {
                slips.append(Slip(path: file.path, line: start + 1, text: "\(name) has \(length) lines"))
            }
        }
        return slips
    }

    /// Package declarations without a documentation comment.
    ///
    /// - Parameter requirements: Names that a protocol asks for; they are documented there, not at each witness.
    static func documentationSlips(in file: SourceFile, requirements: Set<String> = []) -> [Slip] {
        guard file.isSwift, file.isInSources else { return [] }
        return file.code.enumerated().compactMap { index, line in
            let trimmed = line.trimmingPrefix { $0 == " " }
            guard trimmed.hasPrefix("package "), let name = declaredName(line) else { return nil }
            if requirements.contains(name) || standardRequirements.contains(name) { return nil }
            var above = index - 1
            while above >= 0, file.lines[above].trimmingPrefix(while: { $0 == " " }).hasPrefix("@") {
                above -= 1
            }
            let isDocumented = above >= 0 && file.lines[above].trimmingPrefix { $0 == " " }.hasPrefix("///")
            return isDocumented
                ? nil : Slip(path: file.path, line: index + 1, text: "undocumented: \(trimmed.prefix(60))")
        }
    }

    /// The names that the protocols of a file ask for.
    static func requirements(in file: SourceFile) -> Set<String> {
        guard file.isSwift, file.isInSources else { return [] }
        var names: Set<String> = []
        for (start, line) in file.code.enumerated() where line.split(separator: " ").contains("protocol") {
            guard let end = closingLine(of: start, in: file.code) else { continue }
            names.formUnion(file.code[start...end].dropFirst().compactMap(declaredName))
        }
        return names
    }

    /// Names that protocols of the standard library and of our packages ask for.
    private static let standardRequirements: Set<String> = [
        "description", "debugDescription", "errorDescription", "hash", "encode", "id", "rawValue",
        "init(rawValue",
        "init(from", "init(arrayLiteral", "init(stringLiteral", "==", "<", "run", "log", "logLevel",
        "metadata",
        "metadataProvider", "subscript", "validate",
    ]

    /// The name a line declares; nil for imports and extensions, which have none of their own.
    private static func declaredName(_ line: String) -> String? {
        let words = line.split(separator: " ").map(String.init)
        if let initialiser = words.first(where: { $0.hasPrefix("init(") || $0.hasPrefix("init?(") }) {
            return String(initialiser.replacing("?", with: "").prefix { $0 != ":" && $0 != ")" })
        }
        if words.contains(where: { $0.hasPrefix("subscript(") }) { return "subscript" }
        let kinds: Set<String> = [
            "func", "var", "let", "struct", "class", "enum", "protocol", "actor", "typealias",
        ]
        guard let position = words.firstIndex(where: kinds.contains), position + 1 < words.count else {
            return nil
        }
        // `class func` and `static let` name their kind last.
        let name =
            kinds.contains(words[position + 1]) ? words.dropFirst(position + 2).first : words[position + 1]
        return name.map { String($0.prefix { !"(:<{=".contains($0) || $0 == "=" && $0 == name?.first }) }
    }

    /// Marks for later work without the number of an issue behind them, as in `(#12)`.
    static func markSlips(in file: SourceFile) -> [Slip] {
        let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
        return file.lines.enumerated().flatMap { index, line in
            marks.filter { mark in
                guard let range = line.firstRange(of: mark) else { return false }
                let before =
                    range.lowerBound == line.startIndex ? " " : line[line.index(before: range.lowerBound)]
                let rest = line[range.upperBound...]
                let isWord = !before.isLetter && rest.first?.isLetter != true
                return isWord && !rest.hasPrefix("(#")
            }.map { Slip(path: file.path, line: index + 1, text: "\($0) without the number of an issue") }
        }
    }

    /// Paths that exist on somebody's machine only.
    static func pathSlips(in file: SourceFile) -> [Slip] {
        let paths = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/opt/" + "swift"]
        return file.lines.enumerated().flatMap { index, line in
            paths.filter { line.contains($0) }.map {
                Slip(path: file.path, line: index + 1, text: "machine path \($0)")
            }
        }
    }

    /// Test files that test nothing.
    static func testFileSlips(in file: SourceFile) -> [Slip] {
        guard file.isInTests, file.path.hasSuffix("Tests.swift") else { return [] }
        var slips: [Slip] = []
        if !file.code.contains("import Testing") {
            slips.append(Slip(path: file.path, line: 0, text: "does not import Testing"))
        }
        let asserts = ["#expect", "#require", "Issue.record", "confirmation("]
        if !file.code.contains(where: { line in asserts.contains { line.contains($0) } }) {
            slips.append(Slip(path: file.path, line: 0, text: "asserts nothing"))
        }
        return slips
    }

    /// `@unchecked` and `nonisolated(unsafe)` without a comment on the line or right above the declaration.
    static func uncheckedSlips(in file: SourceFile) -> [Slip] {
        guard file.isSwift, file.isInSources else { return [] }
        return file.code.enumerated().compactMap { index, line in
            guard line.contains("@unchecked") || line.contains("nonisolated(unsafe)") else { return nil }
            // One comment may stand above several such declarations.
            var above = index - 1
            while above >= 0,
                file.code[above].contains("nonisolated(unsafe)") || file.code[above].contains("@safe")
            {
                above -= 1
            }
            let around = [index, above, index + 1].filter(file.lines.indices.contains)
            let isExplained = around.contains { file.lines[$0].contains("//") }
            return isExplained
                ? nil : Slip(path: file.path, line: index + 1, text: "unchecked without its reason beside it")
        }
    }

    /// The name of the function a line begins, if it begins one.
    private static func functionName(_ line: String) -> String? {
        let words = line.split(separator: " ").map(String.init)
        guard
            let position = words.firstIndex(where: {
                $0 == "func" || $0.hasPrefix("init(") || $0.hasPrefix("init<")
            })
        else { return nil }
        let modifiers: Set<String> = [
            "package", "private", "fileprivate", "internal", "static", "mutating", "consuming", "borrowing",
            "override",
            "convenience", "required", "nonisolated", "final", "unsafe", "@safe",
        ]
        guard words[..<position].allSatisfy({ modifiers.contains($0) || $0.hasPrefix("@") }) else {
            return nil
        }
        guard words[position] == "func" else { return "init" }
        return words.dropFirst(position + 1).first.map { String($0.prefix { $0 != "(" && $0 != "<" }) }
    }

    /// The line on which the braces that open from this line on are all closed; nil for a requirement without a body.
    private static func closingLine(of start: Int, in code: [String]) -> Int? {
        var depth = 0
        var hasOpened = false
        for index in start..<code.count {
            for character in code[index] {
                if character == "{" {
                    depth += 1
                    hasOpened = true
                }
                if character == "}" { depth -= 1 }
                if depth < 0 { return nil }
            }
            if hasOpened, depth == 0 { return index }
            // A requirement of a protocol: the next declaration begins before any brace.
            if !hasOpened, index > start, functionName(code[index]) != nil { return nil }
        }
        return nil
    }
}
