import Foundation

/// A file's data set as bytes, with what a C-STORE request must say about it; nothing of it need be right.
package struct RawFile {
    /// Of the file meta information, of the data set, or made up.
    package private(set) var sopClass = Script.secondaryCapture
    package private(set) var sopInstance: String
    package private(set) var transferSyntax = TestObject.explicitLittleEndian
    /// All that follows the file meta information; the whole file where there is none.
    package let dataSet: [UInt8]

    /// Takes a file apart as far as it can be read (PS3.10 7.1).
    ///
    /// - Parameter standIn: the SOP Instance UID of a file that has none.
    package init(_ bytes: [UInt8], standIn: String) {
        sopInstance = standIn
        var offset = bytes.dropFirst(128).starts(with: Array("DICM".utf8)) ? 132 : 0
        while offset + 8 <= bytes.count, bytes[offset] == 2, bytes[offset + 1] == 0 {
            let isLong = ["OB", "OW", "SQ", "UN", "UT"].contains {
                bytes[(offset + 4)...].starts(with: $0.utf8)
            }
            guard !isLong || offset + 12 <= bytes.count else { break }
            let head = isLong ? 12 : 8
            let lengthBytes =
                isLong ? bytes[(offset + 8)..<(offset + 12)] : bytes[(offset + 6)..<(offset + 8)]
            let end = offset + head + lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
            guard end <= bytes.count else { break }
            let value = Self.text(bytes[(offset + head)..<end])
            switch bytes[offset + 2] {
            case 0x02 where !value.isEmpty: sopClass = value
            case 0x03 where !value.isEmpty: sopInstance = value
            case 0x10 where !value.isEmpty: transferSyntax = value
            default: break
            }
            offset = end
        }
        dataSet = Array(bytes[offset...])
        // What the data set says counts: senders take it from there.
        sopClass = Self.uid(0x16, in: dataSet) ?? sopClass
        sopInstance = Self.uid(0x18, in: dataSet) ?? sopInstance
    }

    /// An identifier of group 0008, wherever its tag first stands in little endian.
    private static func uid(_ element: UInt8, in bytes: [UInt8]) -> String? {
        let tag: [UInt8] = [8, 0, element, 0]
        let last = min(bytes.count, 4096) - 8
        guard last > 0, let offset = (0..<last).first(where: { bytes[$0...].starts(with: tag) }) else {
            return nil
        }
        // Explicit or not, UIDs are shorter than 256 bytes.
        let isExplicit = bytes[(offset + 4)...].starts(with: Array("UI".utf8))
        let length = Int(isExplicit ? bytes[offset + 6] : bytes[offset + 4])
        let value = text(bytes[(offset + 8)...].prefix(length))
        return value.isEmpty ? nil : value
    }

    private static func text(_ value: ArraySlice<UInt8>) -> String {
        String(decoding: value.prefix(64).filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
    }
}

extension ScriptedPeer {
    /// How a peer answered an object that was pushed raw.
    package enum Answer: Hashable {
        case status(UInt16)
        /// Its presentation context was not accepted.
        case contextRefused
        /// The association ended instead.
        case aborted
    }

    /// Negotiates what a file needs, and sends its data set as it is.
    package func push(_ file: RawFile) -> Answer {
        send(
            Script.associateRequest(contexts: [
                Script.Context(
                    id: 3, abstractSyntax: file.sopClass, transferSyntaxes: [file.transferSyntax])
            ]))
        guard let accept = receivePDU(), accept.type == 2, accept.contexts[3]?.result == 0 else {
            return .contextRefused
        }
        let request = Script.request(
            0x0001, sopClass: file.sopClass, sopInstance: file.sopInstance, hasDataSet: true)
        send(Script.command(3, request))
        let size = 16_000
        for start in stride(from: 0, through: max(file.dataSet.count - 1, 0), by: size) {
            let end = min(start + size, file.dataSet.count)
            let isSent = send(
                Script.data(3, Array(file.dataSet[start..<end]), isLast: end == file.dataSet.count))
            // A refusal may be waiting there all the same.
            if !isSent { break }
        }
        guard let status = receivePDU(seconds: 30)?.response?.status else { return .aborted }
        return .status(status)
    }
}
