import Foundation

/// A file that is gone with its owner.
final class TemporaryFile {
    /// Where it is.
    let path = FileManager.default.temporaryDirectory.appending(path: "glenoid-\(UUID().uuidString)").path

    /// A file with these bytes.
    init(_ bytes: [UInt8] = []) throws { try Data(bytes).write(to: URL(filePath: path)) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
