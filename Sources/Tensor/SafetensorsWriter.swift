import Glibc

/// Writes safetensors files.
package enum SafetensorsWriter {
    /// One tensor to write.
    package struct Item: Sendable {
        /// Its name in the file.
        package let name: String
        /// Number format in the file.
        package let type: ElementType
        /// Extents, outermost first.
        package let shape: Shape
        /// The elements, as many as the shape says.
        package let values: [Float]

        /// A tensor as given.
        package init(name: String, type: ElementType, shape: Shape, values: [Float]) {
            precondition(values.count == shape.count)
            self.name = name
            self.type = type
            self.shape = shape
            self.values = values
        }
    }

    /// One tensor whose elements are asked for when they are written, and are in memory only then.
    package struct LazyItem {
        let name: String
        let type: ElementType
        let shape: Shape
        let values: () -> [Float]

        /// A tensor as given; `values` gives as many elements as the shape says.
        package init(name: String, type: ElementType, shape: Shape, values: @escaping () -> [Float]) {
            self.name = name
            self.type = type
            self.shape = shape
            self.values = values
        }
    }

    /// Writes the tensors, sorted by name, so that equal content gives equal bytes.
    ///
    /// The file appears whole or not at all: it is written beside its place, synced and renamed. The folder is not
    /// synced; whoever needs that does it after all files of a bundle are in place.
    package static func write(
        _ items: [Item], metadata: [String: String] = [:], to path: String
    ) throws(TensorError) {
        let lazy = items.map { item in
            LazyItem(name: item.name, type: item.type, shape: item.shape, values: { item.values })
        }
        try write(lazily: lazy, metadata: metadata, to: path)
    }

    /// The same for tensors that are asked for one after the other.
    package static func write(
        lazily items: [LazyItem], metadata: [String: String] = [:], to path: String
    ) throws(TensorError) {
        let sorted = items.sorted { $0.name < $1.name }
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for item in sorted {
            let end = offset + item.shape.count * item.type.bytes
            let extents = item.shape.extents.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(item.name)):{\"dtype\":\"\(item.type.rawValue)\",\"shape\":[\(extents)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)  // data on 8 bytes
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        try AtomicFile.write(to: path) { write throws(TensorError) in
            try write(length + header)
            for item in sorted {
                let values = item.values()
                precondition(values.count == item.shape.count)
                try write(item.type.encode(values))
            }
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
