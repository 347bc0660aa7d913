/// A JSON text (RFC 8259) as values: the headers of safetensors files and the layer graphs of Keras files.
///
/// Foundation's decoder takes the last of two equal keys without a word and wants a Swift type for every shape of
/// object; a weight file with two tensors of one name must be refused, and a layer graph has no fixed type.
package enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    /// Every number as a double: exact for integers up to 2^53, beyond any offset in a real file.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// Arrays and objects deeper than this are refused.
    package static let depthMax = 200

    /// What is wrong with a text, and at which byte.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// From 0.
        package let byte: Int
        /// What was expected there.
        package let reason: String
        package var description: String { "JSON, byte \(byte): \(reason)" }
    }

    /// Reads one value that fills the text.
    ///
    /// Trailing white space is allowed, anything else after it is not.
    ///
    /// Python writes `NaN`, `Infinity` and `-Infinity`, which RFC 8259 does not know; Keras configurations may hold
    /// them, so they are read as numbers.
    package init(parsing text: [UInt8]) throws(Failure) {
        var parser = JSONParser(text: text)
        self = try parser.document()
    }

    /// The value under a key, when this is an object that has it.
    package subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The element at an index, when this is an array that reaches so far.
    package subscript(index: Int) -> JSON? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    /// The text, if it is one.
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The elements, if it is an array.
    package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    /// The members, if it is an object.
    package var object: [String: JSON]? { if case .object(let value) = self { value } else { nil } }
    /// The number, if it is one.
    package var number: Double? { if case .number(let value) = self { value } else { nil } }
    /// The truth value, if it is one.
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// A whole number up to 2^53 in size.
    package var integer: Int? {
        guard let number, number.magnitude <= 0x1p53, number.rounded() == number else { return nil }
        return Int(number)
    }
}

/// Recursive descent over the bytes.
private struct JSONParser {
    let text: [UInt8]
    var position = 0
    var depth = 0

    mutating func document() throws(JSON.Failure) -> JSON {
        let result = try value()
        skipSpace()
        guard position == text.count else { throw failure("text after the end of the value") }
        return result
    }

    func failure(_ reason: String) -> JSON.Failure { JSON.Failure(byte: position, reason: reason) }

    mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    mutating func take(word: String) -> Bool {
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    mutating func value() throws(JSON.Failure) -> JSON {
        skipSpace()
        guard position < text.count else { throw failure("the text ends where a value should be") }
        switch text[position] {
        case UInt8(ascii: "{"): return try nested { (parser) throws(JSON.Failure) in try parser.object() }
        case UInt8(ascii: "["): return try nested { (parser) throws(JSON.Failure) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        default: break
        }
        if take(word: "true") { return .bool(true) }
        if take(word: "false") { return .bool(false) }
        if take(word: "null") { return .null }
        if take(word: "NaN") { return .number(.nan) }
        if take(word: "Infinity") { return .number(.infinity) }
        if take(word: "-Infinity") { return .number(-.infinity) }
        return .number(try number())
    }

    mutating func nested(
        _ read: (inout JSONParser) throws(JSON.Failure) -> JSON
    ) throws(JSON.Failure) -> JSON {
        depth += 1
        guard depth <= JSON.depthMax else { throw failure("nested deeper than \(JSON.depthMax)") }
        position += 1
        let result = try read(&self)
        depth -= 1
        return result
    }

    mutating func object() throws(JSON.Failure) -> JSON {
        var members: [String: JSON] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            let key = try string()
            guard take(":") else { throw failure("':' expected") }
            let member = try value()
            guard members.updateValue(member, forKey: key) == nil else {
                throw failure("key '\(key)' twice")
            }
        } while take(",")
        guard take("}") else { throw failure("',' or '}' expected") }
        return .object(members)
    }

    mutating func array() throws(JSON.Failure) -> JSON {
        var elements: [JSON] = []
        if take("]") { return .array(elements) }
        repeat { elements.append(try value()) } while take(",")
        guard take("]") else { throw failure("',' or ']' expected") }
        return .array(elements)
    }

    mutating func number() throws(JSON.Failure) -> Double {
        let start = position
        while position < text.count, "+-.eE0123456789".utf8.contains(text[position]) { position += 1 }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        guard isNumber(text[start..<position]), let number = Double(digits), number.isFinite else {
            position = start
            throw failure("a value expected")
        }
        return number
    }

    /// Whether characters of numbers are in the order of RFC 8259, section 6; the language's own parser takes more.
    func isNumber(_ characters: ArraySlice<UInt8>) -> Bool {
        var rest = characters
        func digits() -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithNought = rest.first == UInt8(ascii: "0")
        let wholeCount = digits()
        guard wholeCount > 0, !startsWithNought || wholeCount == 1 else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    mutating func string() throws(JSON.Failure) -> String {
        guard position < text.count, text[position] == UInt8(ascii: "\"") else {
            throw failure("'\"' expected")
        }
        position += 1
        var bytes: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: bytes, as: UTF8.self) else {
                    throw failure("not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): bytes.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw failure("control character in a string")
            default: bytes.append(byte)
            }
        }
        throw failure("the text ends inside a string")
    }

    mutating func escape() throws(JSON.Failure) -> Unicode.Scalar {
        guard position < text.count else { throw failure("the text ends inside a string") }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): break
        default: throw failure("unknown escape")
        }
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code), take(word: "\\u") {  // a pair of surrogates is one character
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
        return scalar
    }

    mutating func hexadecimal() throws(JSON.Failure) -> UInt32 {
        guard position + 4 <= text.count, text[position] != UInt8(ascii: "+"),
            let code = UInt32(String(decoding: text[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits expected") }
        position += 4
        return code
    }
}
