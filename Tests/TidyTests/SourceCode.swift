/// Reads Swift, C and C++ just well enough to tell code from comments and strings.
enum SourceCode {
    private enum State: Equatable {
        case code
        case lineComment
        /// Swift's block comments nest; C's do not, which makes no difference in well-formed C.
        case blockComment(depth: Int)
        /// A string that ends with these characters, in which a backslash and `escape` marks escape.
        case string(end: [Character], escape: [Character])
    }

    /// The text with everything in comments and strings turned into spaces; lines stay where they are.
    ///
    /// Code within string interpolations is blanked too: rules about calls do not look there.
    static func blanked(_ text: String) -> String {
        let characters = Array(text)
        var output: [Character] = []
        output.reserveCapacity(characters.count)
        var state = State.code
        var index = 0

        func matches(_ expected: [Character]) -> Bool {
            index + expected.count <= characters.count
                && characters[index..<(index + expected.count)].elementsEqual(expected)
        }
        func blank(_ count: Int) {
            for character in characters[index..<min(index + count, characters.count)] {
                output.append(character.isNewline ? character : " ")
            }
            index += count
        }

        while index < characters.count {
            switch state {
            case .code:
                if matches(["/", "/"]) {
                    state = .lineComment
                } else if matches(["/", "*"]) {
                    state = .blockComment(depth: 1)
                    blank(2)
                } else if let opening = stringOpening(in: characters, at: index) {
                    state = .string(end: opening.end, escape: opening.escape)
                    blank(opening.length)
                } else {
                    output.append(characters[index])
                    index += 1
                }
            case .lineComment:
                if characters[index].isNewline { state = .code }
                blank(1)
            case .blockComment(let depth):
                if matches(["*", "/"]) {
                    state = depth == 1 ? .code : .blockComment(depth: depth - 1)
                    blank(2)
                } else if matches(["/", "*"]) {
                    state = .blockComment(depth: depth + 1)
                    blank(2)
                } else {
                    blank(1)
                }
            case .string(let end, let escape):
                if matches(escape) {
                    blank(escape.count + 1)
                } else if matches(end) {
                    state = .code
                    blank(end.count)
                } else {
                    blank(1)
                }
            }
        }
        return String(output)
    }

    /// The string that begins here, if one does: `"`, `"""`, `#"`, or a C character.
    private static func stringOpening(
        in characters: [Character], at start: Int
    ) -> (length: Int, end: [Character], escape: [Character])? {
        if characters[start] == "'" {
            // A C character; an apostrophe within a number (1'000) is not one, and Swift has neither.
            let isDigitSeparator = start > 0 && characters[start - 1].isNumber
            return isDigitSeparator ? nil : (1, ["'"], ["\\"])
        }
        var index = start
        while index < characters.count, characters[index] == "#" { index += 1 }
        let pounds = Array(repeating: Character("#"), count: index - start)
        guard index < characters.count, characters[index] == "\"" else { return nil }
        let isMultiline =
            index + 2 < characters.count && characters[index + 1] == "\"" && characters[index + 2] == "\""
        let quotes = Array(repeating: Character("\""), count: isMultiline ? 3 : 1)
        return (pounds.count + quotes.count, quotes + pounds, ["\\"] + pounds)
    }
}
