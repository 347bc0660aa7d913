import Foundation
import Tensor
import Testing

/// Safetensors files: what is written comes back; what is not whole, or not of the format, is refused with a reason.
@Suite struct SafetensorsFileTests {
    private func file(header: String, data: [UInt8] = [], length: UInt64? = nil) throws -> TemporaryFile {
        let length = length ?? UInt64(header.utf8.count)
        return try TemporaryFile(
            (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data)
    }

    private func expectRefused(_ file: TemporaryFile, _ part: String) {
        let error = #expect(throws: TensorError.self) { try SafetensorsFile(path: file.path) }
        #expect(error?.description.contains(part) == true, "\(String(describing: error)), expected: \(part)")
    }

    @Test func whatIsWrittenComesBack() throws {
        let target = try TemporaryFile()
        let values: [Float] = [0, -1.5, 65504, 0x1p-24, 3, -0.0]
        try SafetensorsWriter.write(
            ElementType.allCases.map {
                .init(name: "x \"\($0)\"\n", type: $0, shape: [2, 3], values: values)
            } + [
                .init(name: "empty", type: .float32, shape: [0, 4], values: []),
                .init(name: "scalar", type: .float32, shape: [], values: [7]),
            ], metadata: ["side": "64", "\\": "é"], to: target.path)
        let file = try SafetensorsFile(path: target.path)
        #expect(file.metadata == ["side": "64", "\\": "é"])
        #expect(file.entries.count == 5 && file.foreign.isEmpty)
        #expect(try file.floats("x \"float32\"\n") == values)
        #expect(try file.floats("x \"float16\"\n") == values)
        #expect(try file.floats("x \"bfloat16\"\n") == [0, -1.5, 65536, 0x1p-24, 3, -0.0])
        #expect(try file.floats("empty").isEmpty)
        #expect(try file.floats("scalar") == [7])
        #expect(file.entries["empty"]?.shape == [0, 4])
        #expect(throws: TensorError.absent(tensor: "y", path: target.path)) { try file.floats("y") }
    }

    /// Its pages are given back after each reading; neighbours share pages.
    @Test func aTensorOfManyPagesCanBeReadAgainAndAgain() throws {
        let target = try TemporaryFile()
        let values = (0..<5_000).map { Float($0) }
        try SafetensorsWriter.write(
            ["a", "b", "c"].map { .init(name: $0, type: .float32, shape: [5_000], values: values) },
            to: target.path)
        let file = try SafetensorsFile(path: target.path)
        for name in ["b", "a", "b", "c", "a"] { #expect(try file.floats(name) == values) }
    }

    @Test func equalContentGivesEqualBytes() throws {
        let (one, two) = (try TemporaryFile(), try TemporaryFile())
        let items = (0..<5).map {
            SafetensorsWriter.Item(name: "t\($0)", type: .float32, shape: [1], values: [Float($0)])
        }
        try SafetensorsWriter.write(items, to: one.path)
        try SafetensorsWriter.write(items.reversed(), to: two.path)
        #expect(
            FileManager.default.contents(atPath: one.path) == FileManager.default.contents(atPath: two.path))
    }

    @Test func aFileCutAnywhereIsRefused() throws {
        let target = try TemporaryFile()
        try SafetensorsWriter.write(
            [.init(name: "a", type: .float32, shape: [4], values: [1, 2, 3, 4])], to: target.path)
        let whole = try #require(FileManager.default.contents(atPath: target.path)).map(\.self)
        for count in 0..<whole.count {
            let part = try TemporaryFile(Array(whole.prefix(count)))
            #expect(throws: TensorError.self, "\(count) bytes") { try SafetensorsFile(path: part.path) }
        }
    }

    @Test func absurdHeadersAreRefused() throws {
        expectRefused(try file(header: "{}", length: 3), "truncated, or not safetensors")
        expectRefused(try file(header: "{}", length: .max), "truncated, or not safetensors")
        expectRefused(try file(header: "[]"), "not a JSON object")
        expectRefused(try file(header: "{\"a\":"), "header: JSON")
        expectRefused(try file(header: "{\"a\":1}"), "no dtype")
        expectRefused(try file(header: "{\"a\":{\"dtype\":\"F32\"}}"), "no shape")
        expectRefused(try file(header: "{\"__metadata__\":[]}"), "__metadata__")
        expectRefused(try file(header: "{\"__metadata__\":{\"k\":1}}"), "not a string")
        expectRefused(
            try TemporaryFile(Array("PK\u{3}\u{4} a zip archive".utf8)), "truncated, or not safetensors")
        expectRefused(try TemporaryFile(Array("short".utf8)), "too few")
    }

    private func entry(_ shape: String, _ begin: Int, _ end: Int, type: String = "F32") -> String {
        "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
    }

    @Test func tensorsThatDoNotFillTheDataAreRefused() throws {
        let data = [UInt8](repeating: 0, count: 16)
        func refuse(_ members: String, _ part: String) throws {
            expectRefused(try file(header: "{\(members)}", data: data), part)
        }
        try refuse("\"a\":\(entry("[4]", 0, 20))", "truncated")
        try refuse("\"a\":\(entry("[3]", 0, 16))", "does not fill")
        try refuse("\"a\":\(entry("[-4]", 0, 16))", "impossible shape")
        try refuse("\"a\":\(entry("[4.5]", 0, 16))", "impossible shape")
        try refuse("\"a\":\(entry("[4611686018427387904,4]", 0, 16))", "impossible shape")
        try refuse("\"a\":\(entry("[2305843009213693952]", 0, 16))", "tensor 'a'")
        try refuse("\"a\":\(entry("[4]", 16, 0))", "truncated")
        try refuse("\"a\":\(entry("[4]", -16, 0))", "truncated")
        try refuse("\"a\":\(entry("[2]", 0, 8))", "8 bytes after the last tensor")
        try refuse("\"a\":\(entry("[2]", 8, 16))", "a hole of 8 bytes")
        try refuse("\"a\":\(entry("[3]", 0, 12)),\"b\":\(entry("[2]", 8, 16))", "overlaps")
        try refuse("\"a\":\(entry("[4]", 0, 16)),\"a\":\(entry("[4]", 0, 16))", "twice")
        try refuse("\"a\":\(entry("[4]", 0, 16, type: "C64"))", "unknown dtype 'C64'")
    }

    @Test func tensorsInOtherFormatsAreNamedButNotDecoded() throws {
        let file = try file(
            header: "{\"n\":\(entry("[2]", 0, 16, type: "I64"))}", data: Array(repeating: 0, count: 16))
        let read = try SafetensorsFile(path: file.path)
        #expect(read.foreign == ["n": "I64"] && read.entries.isEmpty)
        #expect(throws: TensorError.self) { try read.floats("n") }
    }

    @Test func whatIsNoFileIsUnreadable() {
        for path in ["/nonexistent/weights.safetensors", "/", "/dev/null"] {
            let error = #expect(throws: TensorError.self) { try SafetensorsFile(path: path) }
            if case .unreadable = error { continue }
            Issue.record("\(path): \(String(describing: error))")
        }
    }
}
