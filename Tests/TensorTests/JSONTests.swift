import Tensor
import Testing

/// JSON texts by RFC 8259, and what is none.
@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

    @Test func valuesAreRead() throws {
        let text =
            " {\"a\": [1, -2.5e1, true, false, null], \"b\": {\"c\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é\"}} "
        let value = try parse(text)
        #expect(value["a"] == .array([.number(1), .number(-25), .bool(true), .bool(false), .null]))
        #expect(value["b"]?["c"]?.string == "\"\\/\u{8}\u{c}\n\r\té😀é")
        #expect(value["a"]?[0]?.integer == 1 && value["a"]?[1]?.number == -25 && value["a"]?[9] == nil)
        #expect(try parse("[]") == .array([]) && parse("{}") == .object([:]))
        #expect(try parse("0") == .number(0) && parse("-0.5E-2") == .number(-0.005))
    }

    @Test func numbersThatPythonWritesAreRead() throws {
        #expect(try parse("NaN").number?.isNaN == true)
        #expect(try parse("[Infinity, -Infinity]") == .array([.number(.infinity), .number(-.infinity)]))
    }

    @Test func wholeNumbersAreToldFromOthers() throws {
        #expect(try parse("9007199254740992").integer == 9_007_199_254_740_992)
        for text in ["1.5", "1e300", "-Infinity", "NaN", "\"1\"", "9007199254740994"] {
            #expect(try parse(text).integer == nil, "\(text)")
        }
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "[1", "[1,",
        "[1,]", "{a:1}",
        "{'a':1}", "{1:1}", "[1 2]", "[1]]", "nul", "truefalse", "+1", "01", "-", "1.", ".5", "1e", "--1",
        "0x10", "1e400",
        "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"",
        "{\"a\":1,\"a\":2}",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: JSON.Failure.self, "\(text)") { try parse(text) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0xEF, 0xBB, 0xBF, 0x31], [0x22, 0xED, 0xA0, 0x80, 0x22],
        ] {
            #expect(throws: JSON.Failure.self) { try JSON(parsing: bytes) }
        }
    }

    @Test func depthIsBounded() throws {
        let most = JSON.depthMax
        #expect(throws: Never.self) {
            try parse(String(repeating: "[", count: most) + String(repeating: "]", count: most))
        }
        for open in ["[", "{\"a\":"] {
            let error = #expect(throws: JSON.Failure.self) {
                try parse(String(repeating: open, count: 1_000_000))
            }
            #expect(error?.reason.contains("nested deeper") == true)
        }
    }

    @Test func theFailureSaysWhere() {
        let error = #expect(throws: JSON.Failure.self) { try parse("[1, 2, ?]") }
        #expect(error?.byte == 7 && error?.reason == "a value expected")
    }
}
