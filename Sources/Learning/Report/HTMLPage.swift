/// One self-contained HTML page: no script, no font, no picture from elsewhere; it can be mailed and archived.
package struct HTMLPage: Sendable {
    /// The page's title.
    package let title: String
    private var body: [String] = []

    /// An empty page.
    package init(title: String) { self.title = title }

    /// Adds a heading.
    package mutating func heading(_ text: String) { body.append("<h2>\(Self.escaped(text))</h2>") }

    /// Adds a paragraph of plain text.
    package mutating func paragraph(_ text: String) { body.append("<p>\(Self.escaped(text))</p>") }

    /// Adds markup made by this room's charts.
    package mutating func markup(_ text: String) { body.append(text) }

    /// Adds charts or pictures side by side.
    package mutating func row(_ parts: [String]) { body.append("<div class=\"row\">\(parts.joined())</div>") }

    /// Adds a list of plain texts; nothing where there are none.
    package mutating func list(_ texts: [String]) {
        guard !texts.isEmpty else { return }
        body.append("<ul>\(texts.map { "<li>\(Self.escaped($0))</li>" }.joined())</ul>")
    }

    /// Adds a table of plain texts; the first column is a heading, the others are aligned right.
    package mutating func table(header: [String], rows: [[String]]) {
        let head = header.map { "<th>\(Self.escaped($0))</th>" }.joined()
        let lines = rows.map { row in
            let cells = row.enumerated().map { index, text in
                index == 0 ? "<th>\(Self.escaped(text))</th>" : "<td>\(Self.escaped(text))</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        body.append("<table><thead><tr>\(head)</tr></thead><tbody>\(lines.joined())</tbody></table>")
    }

    /// A picture with a caption, its bytes in the page.
    package static func figure(png: [UInt8], caption: String, width: Int) -> String {
        "<figure><img alt=\"\(escaped(caption))\" width=\"\(width)\" src=\"data:image/png;base64,\(base64(png))\">"
            + "<figcaption>\(escaped(caption))</figcaption></figure>"
    }

    /// Adds pictures with captions side by side, then the captions that have none, then how many of `count` are left out.
    package mutating func gallery(_ parts: [(caption: String, png: [UInt8]?)], of count: Int, width: Int) {
        row(
            parts.compactMap { part in
                part.png.map { Self.figure(png: $0, caption: part.caption, width: width) }
            })
        list(parts.filter { $0.png == nil }.map(\.caption))
        if parts.count < count { paragraph("and \(count - parts.count) more") }
    }

    /// The page as text.
    package var text: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>\(Self.escaped(title))</title>
        <style>\(Self.style)</style></head>
        <body><h1>\(Self.escaped(title))</h1>
        \(body.joined(separator: "\n"))
        </body></html>

        """
    }

    /// A text in which nothing is markup.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// RFC 4648 base 64.
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                result.append(
                    place <= group.count ? alphabet[value >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1d2330;max-width:1100px;margin:2em auto;padding:0 1em}
        h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #d5d9e0}
        table{border-collapse:collapse;margin:1em 0}th,td{padding:.25em .8em;border-bottom:1px solid #e4e7ec}
        thead th+th{text-align:right}td{text-align:right;font-variant-numeric:tabular-nums}th{text-align:left;font-weight:600}
        .row{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0}figcaption{font-size:.75em;color:#555f70;max-width:16em;
        overflow-wrap:anywhere}svg text{font:12px system-ui,sans-serif;fill:#1d2330}img{background:#000;image-rendering:auto}
        """
}
