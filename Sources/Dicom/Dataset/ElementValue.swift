/// An element's value and the value representation that says how to read it (PS3.5 6.2).
package struct ElementValue: Equatable, Sendable {
    /// The value representation's two letters.
    package let vr: String
    /// Text as it stands in the object; numbers in this machine's byte order.
    package let bytes: [UInt8]

    /// How the bytes are to be read.
    private enum Form {
        /// Text of one value, in which the backslash is a character like any other; blanks at its start
        /// matter.
        case longText
        /// Text of several values separated by backslashes.
        case text
        /// Text without Specific Character Set: codes, numbers, dates, UIDs.
        case plainText
        case unsigned(bytes: Int)
        case signed(bytes: Int)
        case float, double, opaque
    }

    private var form: Form {
        switch vr {
        case "LT", "ST", "UT": .longText
        case "LO", "PN", "SH", "UC": .text
        case "AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR": .plainText
        case "US", "AT", "OW": .unsigned(bytes: 2)
        case "SS": .signed(bytes: 2)
        case "UL", "OL": .unsigned(bytes: 4)
        case "SL": .signed(bytes: 4)
        case "UV", "OV": .unsigned(bytes: 8)
        case "SV": .signed(bytes: 8)
        case "OB": .unsigned(bytes: 1)
        case "FL", "OF": .float
        case "FD", "OD": .double
        default: .opaque
        }
    }

    // MARK: - Text

    /// The values as text in UTF-8, without padding.
    func strings(in characterSet: SpecificCharacterSet) -> [String] {
        switch form {
        case .longText:
            return bytes.isEmpty ? [] : [Self.trimmed(characterSet.text(bytes), keepingLeadingBlanks: true)]
        case .text:
            return bytes.isEmpty ? [] : characterSet.values(bytes).map { Self.trimmed($0) }
        case .plainText, .opaque:
            return bytes.isEmpty ? [] : SpecificCharacterSet.default.values(bytes).map { Self.trimmed($0) }
        case .unsigned, .signed:
            return integers.map { String($0) }
        case .float, .double:
            return doubles.map { String($0) }
        }
    }

    /// The terms of Specific Character Set, which are always in the default repertoire.
    var characterSetTerms: [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\\", omittingEmptySubsequences: false)
            .map { Self.trimmed(String($0)) }
    }

    private static func trimmed(_ text: String, keepingLeadingBlanks: Bool = false) -> String {
        var scalars = Substring(text).unicodeScalars
        let isPadding = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\0" }
        while let last = scalars.last, isPadding(last) { scalars.removeLast() }
        if !keepingLeadingBlanks {
            while let first = scalars.first, isPadding(first) { scalars.removeFirst() }
        }
        return String(scalars)
    }

    // MARK: - Numbers

    /// The values as numbers; none if one of them is no number.
    var doubles: [Double] {
        switch form {
        case .float: return chunks(of: 4).map { Double(Float(bitPattern: UInt32($0))) }
        case .double: return chunks(of: 8).map { Double(bitPattern: $0) }
        case .unsigned, .signed: return integers.map { Double($0) }
        case .text, .plainText, .opaque, .longText: return parsed { Double($0) }
        }
    }

    /// The values as whole numbers; none if one of them is no whole number.
    var integers: [Int] {
        switch form {
        case .unsigned(let width): return chunks(of: width).map { Int(truncatingIfNeeded: $0) }
        case .signed(let width):
            let unused = 64 - 8 * width
            return chunks(of: width).map { Int((Int64(truncatingIfNeeded: $0) << unused) >> unused) }
        case .float, .double: return Self.all(doubles) { Int(exactly: $0) }
        // Integer strings with a decimal point are in circulation ("1.0"); they are whole numbers all the
        // same.
        case .text, .plainText, .opaque, .longText:
            return parsed { text in Int(text) ?? Double(text).flatMap { Int(exactly: $0) } }
        }
    }

    private func parsed<Number>(_ parse: (String) -> Number?) -> [Number] {
        Self.all(strings(in: .default), parse)
    }

    private static func all<Input, Number>(_ inputs: [Input], _ parse: (Input) -> Number?) -> [Number] {
        let numbers = inputs.compactMap(parse)
        return numbers.count == inputs.count ? numbers : []
    }

    /// The bytes as numbers of `width` bytes in this machine's byte order, which is little endian.
    private func chunks(of width: Int) -> [UInt64] {
        stride(from: 0, to: bytes.count - bytes.count % width, by: width).map { start in
            bytes[start..<start + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
    }
}
