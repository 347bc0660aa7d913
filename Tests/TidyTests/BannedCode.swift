/// Calls and words that are not written here, each with its reason and the places where it is right after all.
enum BannedCode {
    /// One thing that is not written.
    struct Rule: Sendable {
        let name: String
        /// Why, and what to do instead.
        let reason: String
        /// Where the rule holds.
        let holds: @Sendable (SourceFile) -> Bool
        /// Whether a line breaks it. The line has neither comments nor strings.
        let isBroken: @Sendable (String) -> Bool
        /// Files where it is right, each with its reason.
        var exceptions: [String: String] = [:]
    }

    private static let inSwift: @Sendable (SourceFile) -> Bool = { $0.isSwift }
    private static let inSources: @Sendable (SourceFile) -> Bool = { $0.isSwift && $0.isInSources }
    private static let inC: @Sendable (SourceFile) -> Bool = { $0.isC && $0.isInSources }

    static let rules: [Rule] = [
        Rule(
            name: "try!", reason: "an error that cannot happen is a precondition with its sentence",
            holds: inSwift, isBroken: { $0.contains("try!") }),
        Rule(
            name: "as!", reason: "a cast that cannot fail is a precondition with its sentence",
            holds: inSwift, isBroken: { contains($0, word: "as", followedBy: "!") }),
        Rule(
            name: "force unwrap", reason: "use guard, #require, or a precondition with its sentence",
            holds: inSwift, isBroken: isForceUnwrap),
        Rule(
            name: "fatalError", reason: "use precondition with the fact that does not hold",
            holds: inSources, isBroken: { calls($0, "fatalError") }),
        Rule(
            name: "print", reason: "only the program's commands print; rooms return values or throw",
            holds: { $0.isSwift && $0.isInSources && $0.room != "glenoid" },
            isBroken: { calls($0, "print") || calls($0, "debugPrint") || calls($0, "dump") }),
        Rule(
            name: "@testable", reason: "tests see package declarations; tests in release see no others",
            holds: { $0.isSwift && $0.isInTests }, isBroken: { $0.contains("@testable") }),
        Rule(
            name: "sleep",
            reason: "wait for the event; what must wait for a time waits on the monotonic clock",
            holds: inSources,
            isBroken: {
                calls($0, "usleep") || calls($0, "nanosleep") || $0.contains("sleep(forTimeInterval")
                    || $0.contains("Glibc.sleep(")
            }),
        Rule(
            name: "underscored attribute",
            reason: "it serves ABI-stable libraries and may change with any compiler",
            holds: inSwift, isBroken: { $0.contains("@_") }),
        Rule(
            name: "public", reason: "the product is a program: package is as far as anything goes",
            holds: inSources,
            isBroken: {
                contains($0, word: "public", followedBy: " ")
                    || contains($0, word: "open", followedBy: " class")
            }),
        Rule(
            name: "empty catch", reason: "an error is handled, passed on, or its being ignored explained",
            holds: inSwift,
            isBroken: { line in
                let dense = line.filter { $0 != " " }
                return dense.contains("catch{}")
            }),
        Rule(
            name: "output from C",
            reason: "DCMTK's and our own messages go through the log, without patient data",
            holds: inC,
            isBroken: {
                calls($0, "printf") || calls($0, "fprintf") || $0.contains("std::cout")
                    || $0.contains("std::cerr")
            }),
        Rule(
            name: "allocation in a kernel", reason: "CKernels work on what they are given",
            holds: { $0.isC && $0.room == "CKernels" },
            isBroken: {
                calls($0, "malloc") || calls($0, "calloc") || calls($0, "realloc") || calls($0, "free")
            }),
        Rule(
            name: "unchecked arithmetic",
            reason: "-Ounchecked deletes the preconditions this design leans on",
            holds: { $0.path == "Package.swift" || $0.path == "Makefile" },
            isBroken: { $0.contains("-Ounchecked") }),
    ]

    /// Where a file breaks a rule.
    static func slips(in file: SourceFile, rules: [Rule] = rules) -> [Slip] {
        rules.filter { $0.holds(file) && $0.exceptions[file.path] == nil }.flatMap { rule in
            // Compiler flags stand in strings.
            let lines = rule.name == "unchecked arithmetic" ? file.lines : file.code
            return lines.enumerated().filter { rule.isBroken($0.element) }.map { index, _ in
                Slip(path: file.path, line: index + 1, text: "\(rule.name): \(rule.reason)")
            }
        }
    }

    /// Whether a line calls a function of this name, not a method of another (`FileHandle.print(`).
    private static func calls(_ line: String, _ name: String) -> Bool {
        contains(line, word: name, followedBy: "(")
    }

    /// Whether a word stands in the line with these characters right behind it.
    private static func contains(_ line: String, word: String, followedBy suffix: String) -> Bool {
        var rest = line[...]
        while let range = rest.firstRange(of: word + suffix) {
            let before =
                range.lowerBound == line.startIndex ? " " : line[line.index(before: range.lowerBound)]
            if !before.isLetter, !before.isNumber, before != "_", before != "#" { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    /// Whether a `!` stands right behind a value.
    private static func isForceUnwrap(_ line: String) -> Bool {
        let characters = Array(line)
        return characters.indices.contains { index in
            guard characters[index] == "!", index > 0 else { return false }
            let before = characters[index - 1]
            let after = index + 1 < characters.count ? characters[index + 1] : " "
            let isValue = before.isLetter || before.isNumber || "_)]\"`".contains(before)
            let isOther = after == "=" || line.contains("try!") || contains(line, word: "as", followedBy: "!")
            return isValue && !isOther
        }
    }
}
