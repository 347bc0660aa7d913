internal import Foundation

/// Makes the texts that we write ourselves representable in every Specific Character Set.
///
/// A report copies its patient's character set, whatever it is, and everything in the object is read with it
/// (PS3.3 C.12.1.1.2). Every defined term but one keeps ASCII where ASCII is; ISO_IR 13 shows "\" and "~" as a yen sign
/// and an overline (PS3.3 table C.12-2). So our texts are ASCII, without these two where it matters.
package enum ReportText {
    /// A single line: accents dropped, typographic characters spelt out, anything else foreign as "?", control
    /// characters as spaces, and no backslash, which would divide values (PS3.5 6.2).
    package static func line(_ text: String) -> String { ascii(text, breaksLines: false) }

    /// A text of any length (VR UT); line breaks become CR LF (PS3.5 6.1.3).
    package static func paragraphs(_ text: String) -> String { ascii(text, breaksLines: true) }

    /// A single line shortened to an LO's 64 characters, the cut marked by three full stops.
    package static func shortened(_ text: String, charactersMax: Int = 64) -> String {
        let line = line(text)
        guard line.utf8.count > charactersMax else { return line }
        return String(line.prefix(charactersMax - 3)) + "..."
    }

    private static func ascii(_ text: String, breaksLines: Bool) -> String {
        var result = ""
        for scalar in text.replacing("\r\n", with: "\n").decomposedStringWithCompatibilityMapping
            .unicodeScalars
        {
            switch scalar {
            case "\n" where breaksLines, "\r" where breaksLines: result += "\r\n"
            case "\\": result += "/"
            case "~": result += "-"
            case " "..."}": result.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": result += " "
            default:
                // What decomposing split off a letter is dropped with its accent.
                if scalar.properties.canonicalCombiningClass != .notReordered { continue }
                result += spelling[scalar] ?? "?"
            }
        }
        return result
    }

    private static let spelling: [Unicode.Scalar: String] = [
        "\u{2018}": "'", "\u{2019}": "'", "\u{201C}": "\"", "\u{201D}": "\"", "\u{2010}": "-",
        "\u{2011}": "-",
        "\u{2013}": "-", "\u{2014}": "-", "\u{2212}": "-", "\u{2044}": "/", "×": "x", "·": ".", "≥": ">=",
        "≤": "<=",
        "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
        "œ": "oe",
        "Œ": "OE", "ð": "d", "þ": "th", "ı": "i", "°": " degrees", "±": "+/-", "μ": "u", "→": "->",
    ]
}
