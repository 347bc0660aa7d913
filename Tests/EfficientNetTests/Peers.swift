import Foundation
import Testing

/// The other programs' answers: PyTorch, timm and Keras, through the Python that `GLENOID_PEERS` names.
///
/// They are large and take minutes to install, so they may be absent; the tests that need them then say so aloud, and
/// the golden activations of `GoldenTests` stand for them.
enum Peers {
    /// The Python with the peers; nil, with a line on standard error, when `GLENOID_PEERS` is not set.
    static let python: String? = {
        guard let path = ProcessInfo.processInfo.environment["GLENOID_PEERS"], !path.isEmpty else {
            FileHandle.standardError.write(
                Data(
                    """
                    PEERS ABSENT: comparisons with PyTorch and Keras are not run. Set GLENOID_PEERS to a Python that \
                    has torch, torchvision, timm, keras, tensorflow, safetensors and h5py.\n
                    """.utf8))
            return nil
        }
        return path
    }()

    /// The shared script that writes reference networks, in `GLENOID_SHARED`, else beside the checkout; nil, with a line on
    /// standard error, where it is absent.
    static let referenceScript: String? = {
        let shared =
            ProcessInfo.processInfo.environment["GLENOID_SHARED"]
            ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared")
            .standardized.path
        let script = "\(shared)/tools/peers/reference.py"
        guard FileManager.default.fileExists(atPath: script) else {
            FileHandle.standardError.write(
                Data(
                    "PEERS ABSENT: \(script) is not there; reference networks are not compared. Set GLENOID_SHARED.\n"
                        .utf8))
            return nil
        }
        return script
    }()

    private static let making = NSLock()

    /// Folder with the files that `script` writes for these arguments; made once and kept in the temporary folder.
    static func files(_ script: String, _ arguments: [String] = []) throws -> String {
        let python = try #require(python)
        let name = ([URL(filePath: script).deletingPathExtension().lastPathComponent] + arguments).joined(
            separator: "-")
        let folder = FileManager.default.temporaryDirectory.appending(path: "glenoid-peers/\(name)").path
        let done = folder + "/complete"
        // Tests run side by side, and several want the same files.
        making.lock()
        defer { making.unlock() }
        if FileManager.default.fileExists(atPath: done) { return folder }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [script, folder] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(
            process.terminationStatus == 0, "\(python) \(script) \(folder) failed: run it to see why")
        try Data().write(to: URL(filePath: done))
        return folder
    }

    /// `files` of the shared script.
    static func reference(_ variant: String) throws -> String {
        try files(try #require(referenceScript), [variant])
    }

    /// `files` of our own script that writes transfer-learned Keras models.
    static func kerasModels() throws -> String {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        return try files(here.appending(path: "../Peers/keras_models.py").standardized.path)
    }
}
