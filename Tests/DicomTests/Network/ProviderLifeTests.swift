import Dicom
import Foundation
import TestMaterial
import Testing

/// Starting, stopping, and many peers at once.
@Suite(.serialized) struct ProviderLifeTests {
    @Test func aTakenPortIsAnErrorOfTheWorld() throws {
        let first = try makeProvider(RecordingDelegate())
        #expect {
            _ = try makeProvider(RecordingDelegate()) { $0.port = first.port }
        } throws: {
            if case DicomError.world = $0 { true } else { false }
        }
    }

    @Test func anAddressThatIsNoneIsBadData() {
        #expect {
            _ = try makeProvider(RecordingDelegate()) { $0.bind = "no address" }
        } throws: {
            if case DicomError.badData = $0 { true } else { false }
        }
    }

    @Test func anIPv6SocketServesIPv4PeersUnderTheirAddress() throws {
        let delegate = RecordingDelegate()
        guard let provider = try? makeProvider(delegate, { $0.bind = "::" }) else {
            print("NOT TESTED: this machine has no IPv6")
            return
        }
        #expect(try ScriptedPeer(port: provider.port).associate())
        #expect(delegate.seen.requests.first?.peerAddress == "127.0.0.1")
    }

    @Test func afterStoppingNobodyIsLetInAndWhoIsInFinishes() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let peer = try ScriptedPeer(port: provider.port)
        #expect(peer.associate() && provider.isListening)
        provider.stopAccepting()
        #expect(!provider.isListening)
        #expect(throws: (any Error).self) { try ScriptedPeer(port: provider.port) }
        #expect(peer.store() == 0)
        #expect(peer.release())
        #expect(provider.drain(deadlineSeconds: 5))
        #expect(delegate.seen.ends.map(\.kind) == [.released])
    }

    @Test func whoDoesNotFinishIsAbortedAtTheDeadline() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let idle = try ScriptedPeer(port: provider.port)
        let busy = try ScriptedPeer(port: provider.port)
        #expect(idle.associate() && busy.associate())
        busy.send(Script.storeRequest() + Script.data(3, [0, 0], isLast: false))
        let start = ContinuousClock.now
        #expect(!provider.drain(deadlineSeconds: 0.3))
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(idle.receivePDU()?.abort == [0, 0] && busy.receivePDU()?.abort == [0, 0])
        #expect(delegate.seen.ends.map(\.kind) == [.shutDown, .shutDown])
        #expect(delegate.seen.abandoned.count == 1)
    }

    @Test func anObjectBeingKeptIsAnsweredBeforeTheDeadline() throws {
        let provider = try makeProvider(RecordingDelegate(endStoreSeconds: 0.5))
        let peer = try ScriptedPeer(port: provider.port)
        #expect(peer.associate())
        peer.send(Script.storeRequest() + Script.data(3, TestObject().dataSet, isLast: true))
        Thread.sleep(forTimeInterval: 0.1)
        #expect(!provider.drain(deadlineSeconds: 0.1))
        #expect(peer.receivePDU()?.response?.status == 0, "the object is kept, and its sender was not told")
    }

    @Test func aPeerThatHoldsTheLineHoldsUpNobody() throws {
        // Fewer threads than holders: were they not made to give way, the peer would wait for their deadline.
        let provider = try makeProvider(RecordingDelegate()) {
            ($0.associationsMax, $0.handshakesMax, $0.requestSeconds) = (4, 4, 3600)
        }
        let holders = try (0..<20).map { _ in try ScriptedPeer(port: provider.port) }
        for holder in holders { holder.send([1, 0, 0, 0]) }
        let peer = try ScriptedPeer(port: provider.port)
        #expect(peer.associate() && peer.echo() == 0)
    }

    @Test func sixtyFourAssociationsStoreAtOnce() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate) { $0.associationsMax = 64 }
        let peers = try (0..<64).map { _ in
            let peer = try ScriptedPeer(port: provider.port)
            #expect(peer.associate())
            return peer
        }
        for round in 0..<5 {
            for (index, peer) in peers.enumerated() {
                var object = TestObject(pixelBytes: 4_096)
                object.sopInstance = "1.2.\(index).\(round)"
                peer.send(Script.storeRequest(object) + Script.data(3, object.dataSet, isLast: true))
            }
            for peer in peers { #expect(peer.receivePDU()?.response?.status == 0) }
        }
        #expect(provider.associationCount == 64)
        #expect(delegate.seen.files.count == 320)
        for peer in peers { peer.close() }
        #expect(eventually { provider.associationCount == 0 })
    }

    @Test func nothingIsLeftOfConnectionsThatEndedBadly() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        func once(_ number: Int) throws {
            let peer = try ScriptedPeer(port: provider.port)
            switch number % 5 {
            case 0: peer.send(NegotiationTests.request(items: Script.item(0x20, [1, 0])))
            case 1: peer.vanish()
            case 2: peer.send(Script.associateRequest(contexts: []))
            case 3:
                _ = peer.associate()
                peer.send(Script.storeRequest() + Script.data(3, [1, 2, 3], isLast: false))
                peer.vanish()
            default:
                _ = peer.associate()
                peer.send(Script.abort)
            }
        }
        func settled() -> (descriptors: Int, threads: Int) {
            _ = eventually { provider.associationCount == 0 }
            Thread.sleep(forTimeInterval: 1)
            func count(_ name: String) -> Int {
                ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(name)")) ?? []).count
            }
            return (count("fd"), count("task"))
        }
        for number in 0..<10 { try once(number) }
        let before = settled()
        for number in 0..<200 { try once(number) }
        let afterwards = settled()
        // Other suites run beside this one: what leaks here would be there two hundred times.
        #expect(afterwards.descriptors < before.descriptors + 60)
        #expect(afterwards.threads < before.threads + 60)
    }
}
