import Dicom
import Foundation
import Testing

/// The provider against DCMTK's own tools.
@Suite(.serialized) struct StoreProviderTests {
    @Test func anEchoIsAnswered() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let echo = try runTool(
            "echoscu", ["-aec", "GLENOID", "-aet", "TESTER", "127.0.0.1", "\(provider.port)"])
        #expect(echo.status == 0, "echoscu said: \(echo.output)")
        #expect(delegate.waits { $0.ends.count == 1 })
        #expect(delegate.seen.ends.first?.kind == .released)
        #expect(delegate.seen.requests.first?.calledAE == "GLENOID")
        #expect(delegate.seen.requests.first?.callingAE == "TESTER")
        #expect(delegate.seen.requests.first?.peerAddress == "127.0.0.1")
    }

    @Test(arguments: [0, 1, 511, 512, 100_000, 3_000_000])
    func aStoredDataSetIsByteForByteTheOneThatWasSent(pixelBytes: Int) throws {
        let folder = ScratchFolder()
        let object = TestObject(pixelBytes: pixelBytes + pixelBytes % 2)
        try object.write(to: folder.file("sent.dcm"))
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let store = try runTool(
            "storescu",
            [
                "--max-pdu", "131072", "-aet", "TESTER", "127.0.0.1", "\(provider.port)",
                folder.file("sent.dcm"),
            ])
        #expect(store.status == 0, "storescu said: \(store.output)")
        let file = try #require(delegate.seen.files.first)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
        #expect(Array(bytes.suffix(object.dataSet.count)) == object.dataSet)
        #expect(file.byteCount == object.dataSet.count)
        #expect(file.fileByteCount == bytes.count)
        #expect(file.digest == Digest(of: object.dataSet))
        #expect(file.identity == .confirmed)
        #expect(file.request.callingAE == "TESTER")
        #expect(file.request.transferSyntaxUID.text == TestObject.explicitLittleEndian)
        let dump = try runTool("dcmdump", [file.path])
        #expect(dump.status == 0)
        #expect(dump.output.contains("SourceApplicationEntityTitle") && dump.output.contains("[TESTER]"))
        #expect(dump.output.contains(Implementation.classUID.text))
    }
}
