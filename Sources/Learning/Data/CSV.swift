/// Comma-separated values as RFC 4180 has them: quotes around fields with commas, quotes or line breaks.
enum CSV {
    /// One record with the line it starts at, counted from 1.
    struct Row: Equatable {
        let line: Int
        var fields: [String]
    }

    /// The longest field, in characters; a missing quote must not swallow a whole file silently.
    static let fieldLengthMax = 4096

    /// The records of a text; blank lines are none. Spaces around unquoted fields are dropped.
    static func rows(_ text: String, name: String) throws(LearningError) -> [Row] {
        var reader = Reader(text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text, name: name)
        return try reader.read()
    }

    private struct Reader {
        let text: String
        let name: String
        private var rows: [Row] = []
        private var fields: [String] = []
        private var field = ""
        private var wasQuoted = false
        private var isQuoted = false
        private var line = 1
        private var startLine = 1

        init(text: String, name: String) {
            self.text = text
            self.name = name
        }

        mutating func read() throws(LearningError) -> [Row] {
            let scalars = Array(text.unicodeScalars)
            var index = 0
            while index < scalars.count {
                let next = index + 1 < scalars.count ? scalars[index + 1] : nil
                index += try take(scalars[index], next: next)
            }
            guard !isQuoted else { throw .data("\(name):\(startLine): a quote is not closed") }
            endRow()
            return rows
        }

        /// Takes one character; returns how many were used up.
        private mutating func take(_ scalar: Unicode.Scalar, next: Unicode.Scalar?) throws(LearningError)
            -> Int
        {
            if scalar == "\n" { line += 1 }
            if isQuoted {
                if scalar == "\"", next == "\"" {
                    field.unicodeScalars.append("\"")
                    return 2
                }
                if scalar == "\"" { isQuoted = false } else { field.unicodeScalars.append(scalar) }
                guard field.unicodeScalars.count <= fieldLengthMax else {
                    throw .data("\(name):\(startLine): a field is longer than \(fieldLengthMax) characters")
                }
                return 1
            }
            switch scalar {
            case "\"" where field.allSatisfy { $0 == " " } && !wasQuoted:
                field = ""
                isQuoted = true
                wasQuoted = true
            case "\"": throw .data("\(name):\(line): a quote in the middle of a field")
            case ",": endField()
            case "\r" where next == "\n": break
            case "\n", "\r": endRow()
            default: field.unicodeScalars.append(scalar)
            }
            return 1
        }

        private mutating func endField() {
            fields.append(wasQuoted ? field : trimmed(field))
            field = ""
            wasQuoted = false
        }

        private mutating func endRow() {
            endField()
            if fields != [""] { rows.append(Row(line: startLine, fields: fields)) }
            fields = []
            startLine = line
        }

        private func trimmed(_ text: String) -> String {
            let start = text.drop { $0 == " " || $0 == "\t" }
            return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
    }
}
