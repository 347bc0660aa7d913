import Dicom
import Foundation
import Locks

/// A folder that is gone after the test.
final class ScratchFolder: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "glenoid-network-" + UUID().uuidString
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// A delegate that accepts what it is told to and remembers what it is called with.
final class RecordingDelegate: StoreProviderDelegate {
    struct Record {
        var requests: [AssociationRequest] = []
        var ends: [AssociationEnd] = []
        var begun: [StoreRequest] = []
        var files: [ReceivedFile] = []
        var abandoned: [String] = []
        var notes: [StoreProviderNote] = []
    }

    private let record = Lock(Record())
    let folder: ScratchFolder
    private let decision: AssociationDecision
    private let storeStatus: DIMSEStatus
    private let refusal: DIMSEStatus?
    private let endStoreSeconds: Double
    private let freeBytesMin: Int64

    init(
        folder: ScratchFolder = ScratchFolder(), decision: AssociationDecision = .accept,
        storeStatus: DIMSEStatus = .success, refusal: DIMSEStatus? = nil, endStoreSeconds: Double = 0,
        freeBytesMin: Int64 = 0
    ) {
        self.folder = folder
        self.decision = decision
        self.storeStatus = storeStatus
        self.refusal = refusal
        self.endStoreSeconds = endStoreSeconds
        self.freeBytesMin = freeBytesMin
    }

    var seen: Record { record.withLock { $0 } }

    func decide(on request: AssociationRequest) -> AssociationDecision {
        record.withLock { $0.requests.append(request) }
        return decision
    }

    func associationEnded(_ id: AssociationID, how: AssociationEnd) {
        record.withLock { $0.ends.append(how) }
    }

    func beginStore(_ request: StoreRequest) -> StoreDecision {
        record.withLock { $0.begun.append(request) }
        if let refusal { return .refuse(refusal) }
        return .receive(path: folder.file(UUID().uuidString + ".dcm"), freeBytesMin: freeBytesMin)
    }

    func endStore(_ stored: ReceivedFile) -> DIMSEStatus {
        if endStoreSeconds > 0 { Thread.sleep(forTimeInterval: endStoreSeconds) }
        record.withLock { $0.files.append(stored) }
        return storeStatus
    }

    func abandonStore(_ request: StoreRequest, path: String, reason: String) {
        try? FileManager.default.removeItem(atPath: path)
        record.withLock { $0.abandoned.append(reason) }
    }

    func note(_ note: StoreProviderNote) { record.withLock { $0.notes.append(note) } }

    /// Waits until what was seen is as expected; false after `seconds`.
    func waits(seconds: Double = 120, until isExpected: (Record) -> Bool) -> Bool {
        eventually(seconds: seconds) { isExpected(seen) }
    }
}

/// Asks again until the answer is yes; false after `seconds`.
func eventually(seconds: Double = 120, _ isTrue: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if isTrue() { return true }
        Thread.sleep(forTimeInterval: 0.01)
    }
    return isTrue()
}

/// A provider on a free port of 127.0.0.1, with short times unless told otherwise.
func makeProvider(
    _ delegate: any StoreProviderDelegate, _ change: (inout StoreProviderSettings) -> Void = { _ in }
) throws -> StoreProvider {
    var settings = StoreProviderSettings()
    settings.bind = "127.0.0.1"
    settings.port = 0
    settings.farewellSeconds = 0.5
    change(&settings)
    let provider = try StoreProvider(settings, delegate: delegate)
    try provider.run()
    return provider
}

/// What a command printed and how it ended.
struct Finished {
    let status: Int32
    let output: String
}

/// Runs one of the tools of Debian's dcmtk package, or another command, to its end.
@discardableResult
func runTool(_ command: String, _ arguments: [String]) throws -> Finished {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    // The output has ended, so the process is about to.
    _ = eventually(seconds: 30) { !process.isRunning }
    return Finished(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
}

/// A command that runs until the object goes away.
final class RunningTool {
    private let process = Process()

    init(_ command: String, _ arguments: [String], in folder: String? = nil) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        try process.run()
    }

    // Not waited for: Foundation's wait has been seen to sleep on after the process had gone.
    deinit { kill(process.processIdentifier, SIGKILL) }
}
