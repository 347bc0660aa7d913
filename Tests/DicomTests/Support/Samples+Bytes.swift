import Dicom

extension Frame.Samples {
    /// The samples as bytes, each with its least significant byte first.
    var littleEndianBytes: [UInt8] {
        switch self {
        case .uint8(let values): values
        case .int8(let values): Self.bytes(values)
        case .uint16(let values): Self.bytes(values)
        case .int16(let values): Self.bytes(values)
        case .uint32(let values): Self.bytes(values)
        case .int32(let values): Self.bytes(values)
        case .float32(let values): Self.bytes(values)
        case .float64(let values): Self.bytes(values)
        }
    }

    /// The samples as numbers.
    var numbers: [Double] {
        switch self {
        case .uint8(let values): values.map { Double($0) }
        case .int8(let values): values.map { Double($0) }
        case .uint16(let values): values.map { Double($0) }
        case .int16(let values): values.map { Double($0) }
        case .uint32(let values): values.map { Double($0) }
        case .int32(let values): values.map { Double($0) }
        case .float32(let values): values.map { Double($0) }
        case .float64(let values): values
        }
    }

    /// The name that numpy has for the samples' type.
    var typeName: String {
        switch self {
        case .uint8: "|u1"
        case .int8: "|i1"
        case .uint16: "<u2"
        case .int16: "<i2"
        case .uint32: "<u4"
        case .int32: "<i4"
        case .float32: "<f4"
        case .float64: "<f8"
        }
    }

    /// The machines of this project are little endian.
    private static func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
        unsafe numbers.withUnsafeBytes { unsafe Array($0) }
    }
}
