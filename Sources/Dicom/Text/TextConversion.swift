internal import Glibc

/// Conversion to UTF-8 through the C library's converter.
enum TextConversion {
    /// These bytes of the encoding `name` as text; `nil` if one of them is not of that encoding.
    static func utf8(_ bytes: [UInt8], from name: String) -> String? {
        if name == "UTF-8" { return String(validating: bytes, as: UTF8.self) }
        let converter = unsafe iconv_open("UTF-8", name)
        // POSIX: (iconv_t)-1 where the conversion is not known; then the bytes are read some other way.
        guard unsafe converter != iconv_t(bitPattern: -1) else { return nil }
        defer { unsafe _ = iconv_close(converter) }
        // No character of one byte becomes more than three of UTF-8; those of more bytes grow less.
        var output = [CChar](repeating: 0, count: bytes.count * 3 + 4)
        var input = bytes.map { CChar(bitPattern: $0) }
        let written = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output -> Int? in
                var from = input.baseAddress
                var fromLeft = input.count
                var to = output.baseAddress
                var toLeft = output.count
                let result = unsafe iconv(converter, &from, &fromLeft, &to, &toLeft)
                return result == -1 || fromLeft > 0 ? nil : output.count - toLeft
            }
        }
        return written.map {
            String(decoding: output.prefix($0).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
