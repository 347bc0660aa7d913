import Daemon
import Dicom
import Foundation
import Locks
import Testing

@Suite struct InstanceCheckTests {
    /// How many data sets are open, and how many were at most.
    private final class Count: Sendable {
        private let state = Lock((open: 0, most: 0))
        var most: Int { state.withLock { $0.most } }
        func opened() {
            state.withLock {
                $0.open += 1
                $0.most = max($0.most, $0.open)
            }
        }
        func closed() { state.withLock { $0.open -= 1 } }
    }

    /// Two threads open one each. Uncompressed ones wait for each other; deflated ones would meet within a second if they
    /// could.
    @Test(arguments: [("1.2.840.10008.1.2.1.99", 1, 1.0), ("1.2.840.10008.1.2.1", 2, 300)])
    func deflatedDataSetsAreOpenedOneAtATime(transferSyntax: String, most: Int, patience: Double) throws {
        let stored = ReceivedFile(
            request: StoreRequest(
                association: AssociationID(rawValue: 1), callingAE: "A", sopClassUID: UID(literal: "1.2"),
                sopInstanceUID: UID(literal: "1.3"),
                transferSyntaxUID: try #require(UID(received: transferSyntax))),
            path: "", fileByteCount: 0, byteCount: 0, digest: Digest(of: []), identity: .unknown)
        let count = Count()
        let group = DispatchGroup()
        for _ in 0..<2 {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                #expect(throws: InstanceRefusal.self) {
                    try InstanceCheck.studyInstanceUID(of: stored) { _ throws(DicomError) in
                        count.opened()
                        let end = ContinuousClock.now + .seconds(patience)
                        while ContinuousClock.now < end, count.most < 2 {
                            Thread.sleep(forTimeInterval: 0.001)
                        }
                        count.closed()
                        throw .world("counted")
                    }
                }
            }
        }
        group.wait()
        #expect(count.most == most)
    }
}
