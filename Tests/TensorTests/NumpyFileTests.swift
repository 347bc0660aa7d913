import Foundation
import Tensor
import Testing

/// `.npy` files as NumPy writes them, and as it would not.
@Suite struct NumpyFileTests {
    private func file(
        _ header: String, version: UInt8 = 1, length: Int? = nil, data: [UInt8] = []
    ) throws -> TemporaryFile {
        let length = length ?? header.utf8.count
        let size = version == 1 ? 2 : 4
        return try TemporaryFile(
            [0x93] + Array("NUMPY".utf8) + [version, 0]
                + (0..<size).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
        )
    }

    private func header(_ shape: String, type: String = "<f4", order: String = "False") -> String {
        "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n"
    }

    private let two: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]  // 1 and −2

    @Test func whatIsWrittenComesBack() throws {
        let target = try TemporaryFile()
        for shape: Shape in [[2, 3], [6], [1, 1, 6], [0, 3], []] {
            let values = (0..<shape.count).map { Float($0) - 2.5 }
            try NumpyFile(shape: shape, values: values).write(to: target.path)
            let bytes = try #require(FileManager.default.contents(atPath: target.path))
            #expect((bytes.count - shape.count * 4) % 64 == 0, "the data begin on a boundary of 64")
            let read = try NumpyFile(path: target.path)
            #expect(read.shape == shape && read.values == values)
        }
    }

    @Test func allVersionsAreRead() throws {
        for version: UInt8 in 1...3 {
            let file = try file(header("(2,)"), version: version, data: two)
            #expect(try NumpyFile(path: file.path).values == [1, -2])
        }
        // Spacing and order of the keys are not fixed.
        let other = try file("{'shape':(1, 2),'descr':'<f4','fortran_order':False}", data: two)
        #expect(try NumpyFile(path: other.path).shape == [1, 2])
    }

    @Test(arguments: [
        ("(2,)", "<f8", "False", "float32"), ("(2,)", ">f4", "False", "float32"),
        ("(2,)", "|u1", "False", "float32"), ("(2,)", "<f4", "True", "Fortran"),
        ("2", "<f4", "False", "no shape"), ("(2", "<f4", "False", "no shape"),
        ("(-2,)", "<f4", "False", "impossible shape"), ("(x,)", "<f4", "False", "impossible shape"),
        ("(9223372036854775807, 9)", "<f4", "False", "impossible shape"),
        ("(3,)", "<f4", "False", "does not fill"), ("(1,)", "<f4", "False", "does not fill"),
        ("(4611686018427387905,)", "<f4", "False", "does not fill"),
    ])
    func whatIsNotAskedForIsRefused(shape: String, type: String, order: String, part: String) throws {
        let file = try file(header(shape, type: type, order: order), data: two)
        let error = #expect(throws: TensorError.self) { try NumpyFile(path: file.path) }
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }

    @Test func aFileCutAnywhereIsRefused() throws {
        let target = try TemporaryFile()
        try NumpyFile(shape: [2], values: [1, -2]).write(to: target.path)
        let whole = try #require(FileManager.default.contents(atPath: target.path)).map(\.self)
        for count in 0..<whole.count {
            let part = try TemporaryFile(Array(whole.prefix(count)))
            #expect(throws: TensorError.self, "\(count) bytes") { try NumpyFile(path: part.path) }
        }
    }

    @Test func foreignFilesAndAbsurdLengthsAreRefused() throws {
        for bytes in [Array("PK\u{3}\u{4}".utf8), [], Array(repeating: 0x93, count: 100)] {
            let file = try TemporaryFile(bytes)
            #expect(throws: TensorError.self) { try NumpyFile(path: file.path) }
        }
        let long = try file(header("(2,)"), version: 2, length: 0xFFFF_FFFF, data: two)
        #expect(throws: TensorError.self) { try NumpyFile(path: long.path) }
    }
}
