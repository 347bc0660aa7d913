import Foundation
import Learning
import Testing

@Suite struct HTMLPageTests {
    @Test func textIsNeverMarkup() {
        var page = HTMLPage(title: "<a> & \"b\"")
        page.list(["<script>alert('x')</script>"])
        page.table(header: ["<h>"], rows: [["<r>"]])
        let text = page.text
        #expect(text.contains("&lt;a&gt; &amp; &quot;b&quot;") && !text.contains("<script>"))
        #expect(text.contains("&lt;h&gt;") && text.contains("&lt;r&gt;"))
    }

    @Test(arguments: 0..<7)
    func picturesAreBase64(count: Int) {
        let bytes = (0..<count).map { UInt8(250 - $0 * 37) }
        let figure = HTMLPage.figure(png: bytes, caption: "c", width: 5)
        #expect(figure.contains("base64,\(Data(bytes).base64EncodedString())\""))
    }
}
