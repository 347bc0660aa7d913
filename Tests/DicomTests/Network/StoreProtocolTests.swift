import Dicom
import Foundation
import TestMaterial
import Testing

/// What the provider does with messages, good and bad, of a peer that sends exact bytes.
@Suite struct StoreProtocolTests {
    /// A provider with an association of a scripted peer.
    private struct Line {
        let delegate: RecordingDelegate
        let provider: StoreProvider
        let peer: ScriptedPeer

        init(
            _ delegate: RecordingDelegate = RecordingDelegate(), pduBytesMax: UInt32 = 16384,
            contexts: [Script.Context] = Script.usualContexts,
            _ change: (inout StoreProviderSettings) -> Void = { _ in }
        ) throws {
            self.delegate = delegate
            provider = try makeProvider(delegate, change)
            peer = try ScriptedPeer(port: provider.port)
            try #require(peer.associate(contexts: contexts, pduBytesMax: pduBytesMax))
        }

        /// Whether the association ended like this, and took what was begun with it.
        func ended(_ kind: AssociationEnd.Kind) -> Bool {
            delegate.waits { $0.ends.map(\.kind) == [kind] } && eventually { provider.associationCount == 0 }
        }
    }

    @Test func manyObjectsAndEchoesShareAnAssociation() throws {
        let line = try Line()
        for number in 0..<20 {
            var object = TestObject(pixelBytes: 700 * number)
            object.sopInstance = "1.2.3.\(number)"
            #expect(line.peer.store(object) == 0)
            #expect(line.peer.echo() == 0)
        }
        #expect(line.peer.release())
        #expect(line.ended(.released))
        #expect(line.delegate.seen.files.count == 20)
        #expect(line.delegate.seen.ends.first?.storedCount == 20)
    }

    @Test(arguments: [1, 2, 7, 100]) func fragmentsOfAnySizeArePutTogether(fragmentBytes: Int) throws {
        let line = try Line()
        let object = TestObject(pixelBytes: 1000)
        line.peer.send(Script.storeRequest(object))
        // Several fragments a PDU, and some of none at all.
        var rest = object.dataSet[...]
        while !rest.isEmpty {
            var body: [UInt8] = Script.pdv(3, 0, [])
            for _ in 0..<3 {
                let fragment = Array(rest.prefix(fragmentBytes))
                rest = rest.dropFirst(fragmentBytes)
                body += Script.pdv(3, rest.isEmpty ? 2 : 0, fragment)
                if rest.isEmpty { break }
            }
            line.peer.send(Script.pdu(4, body))
        }
        #expect(line.peer.receivePDU()?.response?.status == 0)
        #expect(line.delegate.seen.files.first?.digest == Digest(of: object.dataSet))
    }

    @Test func aCommandMayComeInPieces() throws {
        let line = try Line()
        let command = Script.request(0x0030, sopClass: Script.verification, hasDataSet: false)
        for byte in command.dropLast() { line.peer.send(Script.pdu(4, Script.pdv(1, 1, [byte]))) }
        line.peer.send(Script.pdu(4, Script.pdv(1, 3, [command[command.count - 1]])))
        #expect(line.peer.receivePDU()?.response?.status == 0)
    }

    @Test(arguments: [14, 15, 16, 17, 63, 4097, 0, 0xFFFF_FFFF, 0xA500_000A] as [UInt32])
    func thePeersMaximumPDUIsKept(pduBytesMax: UInt32) throws {
        let line = try Line(pduBytesMax: pduBytesMax)
        line.peer.send(Script.storeRequest())
        line.peer.send(Script.data(3, TestObject().dataSet, isLast: true))
        var command: [UInt8] = []
        var isLast = false
        while !isLast {
            let pdu = try #require(line.peer.receivePDU())
            try #require(pdu.type == 4 && pdu.body.count >= 6)
            #expect(pduBytesMax == 0 || pdu.body.count <= Int(pduBytesMax))
            #expect(pdu.body.count % 2 == 0, "PS3.8 annex E: fragments are even")
            command += pdu.body[6...]
            isLast = pdu.body[5] & 2 != 0
        }
        #expect(ReceivedPDU.response(of: command)?.field == 0x8001)
        #expect(ReceivedPDU.response(of: command)?.status == 0)
    }

    /// Bytes on an association that has two contexts, 1 for C-ECHO and 3 for C-STORE, and the A-ABORT they call for.
    struct Violation: Sendable, CustomTestStringConvertible {
        let what: String
        let bytes: [UInt8]
        let abort: [UInt8]

        init(_ what: String, _ bytes: [UInt8], _ abort: [UInt8] = [2, 6]) {
            self.what = what
            self.bytes = bytes
            self.abort = abort
        }

        var testDescription: String { what }
    }

    static let endlessCommand = [[UInt8]](
        repeating: Script.pdu(4, Script.pdv(1, 1, [UInt8](repeating: 0, count: 1000))), count: 20)
    static let foreignContext = Script.command(77, Script.request(0x30, sopClass: "1.2", hasDataSet: false))
    static let halfCommand = Script.pdu(4, Script.pdv(1, 1, [0, 0]))

    static let endlessNothing = [UInt8](
        [[UInt8]](repeating: Script.data(3, [], isLast: false), count: 100).joined())

    static let violations = [
        Violation("a PDU that is too long", [4, 0, 0xFF, 0xFF, 0xFF, 0xFF]),
        Violation("a PDU one byte too long", [4, 0, 0, 2, 0, 1]),
        Violation("a PDU without a fragment", [4, 0, 0, 0, 0, 0]),
        Violation("a fragment that is too long", Script.pdu(4, [0, 0, 1, 0, 1, 3, 0, 0])),
        Violation("data beyond their PDU", Script.storeRequest() + Script.pdu(4, [0, 0, 1, 0, 3, 2, 0, 0])),
        Violation("a fragment of one byte", Script.pdu(4, [0, 0, 0, 1, 1, 0, 0, 0, 0, 0])),
        Violation("a fragment of 4 GiB", Script.pdu(4, [0xFF, 0xFF, 0xFF, 0xFF, 1, 3])),
        Violation("a second request", Script.associateRequest(), [2, 2]),
        Violation("a PDU of no type", [0x42, 0, 0, 0, 0, 4, 0, 0, 0, 0], [2, 1]),
        Violation("a reply to no release", Script.releaseReply, [2, 2]),
        Violation("a release of the wrong length", [5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0]),
        Violation("data before a command", Script.data(3, [1, 2, 3, 4], isLast: true)),
        Violation("a context that was not accepted", foreignContext),
        Violation("a command of noise", Script.command(1, [UInt8](repeating: 0xFF, count: 64))),
        Violation("an empty command", Script.command(1, [])),
        Violation("a response", Script.response(0x8030, to: 1, status: 0, context: 1), [2, 2]),
        Violation("a command within a data set", Script.storeRequest() + Script.echoRequest),
        Violation("data of another context", Script.storeRequest() + Script.data(1, [0, 0], isLast: false)),
        Violation("a release within a data set", Script.storeRequest() + Script.releaseRequest, [2, 2]),
        Violation("a release within a command", halfCommand + Script.releaseRequest, [2, 2]),
        Violation("a command without an end", Array(endlessCommand.joined())),
        Violation("a data set of nothing without an end", Script.storeRequest() + endlessNothing),
    ]

    @Test(arguments: violations)
    func whatBreaksTheProtocolIsAborted(violation: Violation) throws {
        let line = try Line()
        line.peer.send(violation.bytes)
        #expect(line.peer.receivePDU()?.abort == violation.abort)
        #expect(line.ended(.protocolViolation))
        #expect(line.delegate.seen.begun.count == line.delegate.seen.abandoned.count)
        #expect(line.delegate.folder.names.isEmpty)
    }

    /// How a peer leaves in the middle.
    enum Leaving: CaseIterable, Sendable { case closes, vanishes, aborts, falls }

    @Test(arguments: Leaving.allCases, [false, true])
    func anObjectCutShortIsAbandoned(how: Leaving, isWithinPDU: Bool) throws {
        let line = try Line { $0.pduSeconds = 0.4 }
        line.peer.send(Script.storeRequest())
        line.peer.send(Script.data(3, Array(TestObject().dataSet.prefix(100)), isLast: false))
        if isWithinPDU {
            line.peer.send(Array(Script.data(3, TestObject().dataSet, isLast: true).prefix(99)))
        }
        switch how {
        case .closes: line.peer.close()
        case .vanishes: line.peer.vanish()
        case .aborts where isWithinPDU: line.peer.close()
        case .aborts: line.peer.send(Script.abort)
        case .falls: #expect(line.peer.receivePDU()?.abort == [2, 0])
        }
        let isAbort = how == .aborts && !isWithinPDU
        #expect(line.ended(how == .falls ? .timedOut : isAbort ? .abortedByPeer : .connectionLost))
        #expect(line.delegate.seen.abandoned.count == 1 && line.delegate.seen.files.isEmpty)
        #expect(line.delegate.folder.names.isEmpty)
    }

    @Test func anIdleAssociationIsAborted() throws {
        let line = try Line { $0.idleSeconds = 0.3 }
        #expect(line.peer.echo() == 0)
        #expect(line.peer.receivePDU()?.abort == [2, 0])
        #expect(line.ended(.timedOut))
    }

    @Test func oneByteAfterTheOtherWithinAPDUEnds() throws {
        let line = try Line { $0.pduSeconds = 0.5 }
        line.peer.send(Script.storeRequest())
        let start = ContinuousClock.now
        for byte in Script.data(3, TestObject().dataSet, isLast: true) {
            guard line.peer.send([byte]), ContinuousClock.now - start < .seconds(4) else { break }
            Thread.sleep(forTimeInterval: 0.03)
        }
        #expect(line.ended(.timedOut))
        #expect(ContinuousClock.now - start < .seconds(4))
    }

    @Test func onePDUOfOneByteAfterTheOtherEnds() throws {
        let line = try Line { $0.pduSeconds = 0.5 }
        line.peer.send(Script.storeRequest())
        let start = ContinuousClock.now
        while line.peer.send(Script.data(3, [0], isLast: false)), ContinuousClock.now - start < .seconds(4) {
            Thread.sleep(forTimeInterval: 0.03)
        }
        #expect(line.ended(.timedOut))
        #expect(ContinuousClock.now - start < .seconds(4))
    }

    @Test func whoDoesNotReadItsResponsesIsAborted() throws {
        let line = try Line { $0.pduSeconds = 0.4 }
        line.peer.shrinkReceiveBuffer()
        let start = ContinuousClock.now
        while line.peer.send(Script.echoRequest), ContinuousClock.now - start < .seconds(8) {}
        #expect(line.ended(.timedOut))
    }

    @Test func anObjectOverTheLimitIsRefusedAndTheAssociationGoesOn() throws {
        let line = try Line { $0.dataSetBytesMax = 5_000 }
        #expect(line.peer.store(TestObject(pixelBytes: 6_000)) == 0xA700)
        #expect(line.delegate.seen.abandoned.count == 1 && line.delegate.folder.names.isEmpty)
        #expect(line.peer.store(TestObject(pixelBytes: 1_000)) == 0)
        #expect(line.delegate.seen.files.count == 1)
    }

    @Test func anObjectThatDoesNotEndIsAborted() throws {
        let line = try Line { $0.dataSetBytesMax = 5_000 }
        line.peer.send(Script.storeRequest())
        let fragment = Script.data(3, [UInt8](repeating: 0, count: 1_000), isLast: false)
        let start = ContinuousClock.now
        while line.peer.send(fragment), ContinuousClock.now - start < .seconds(5) {}
        #expect(line.ended(.protocolViolation))
    }

    @Test func whatTheDelegateRefusesIsReadAndAnswered() throws {
        let line = try Line(RecordingDelegate(refusal: .outOfResources))
        for _ in 0..<3 { #expect(line.peer.store(TestObject(pixelBytes: 100_000)) == 0xA700) }
        #expect(line.peer.echo() == 0)
        #expect(line.delegate.seen.begun.count == 3 && line.delegate.seen.abandoned.isEmpty)
    }

    @Test func theDelegatesStatusIsTheAnswer() throws {
        let line = try Line(RecordingDelegate(storeStatus: .cannotUnderstand))
        #expect(line.peer.store() == 0xC000)
        #expect(line.peer.release())
        #expect(line.ended(.released))
        #expect(line.delegate.seen.ends.first?.refusedCount == 1)
    }

    /// No disk has an exabyte to spare: the object is abandoned while it arrives, and the association goes on.
    @Test func anObjectThatWouldTouchTheReserveIsOutOfResources() throws {
        let line = try Line(RecordingDelegate(freeBytesMin: 1 << 60))
        #expect(line.peer.store(TestObject(pixelBytes: 100_000)) == 0xA700)
        #expect(line.delegate.seen.abandoned == ["the free space would fall below the reserve"])
        #expect(line.delegate.folder.names.isEmpty)
        #expect(line.peer.echo() == 0)
    }

    @Test func aPathThatCannotBeWrittenIsOutOfResources() throws {
        let folder = ScratchFolder()
        try FileManager.default.removeItem(atPath: folder.path)
        let line = try Line(RecordingDelegate(folder: folder))
        #expect(line.peer.store() == 0xA700)
        #expect(line.delegate.seen.abandoned.count == 1)
        #expect(line.peer.echo() == 0)
    }

    @Test(arguments: [
        "", "../../etc/passwd", "1.2.3/4", "1..2", "1.2.3\u{0}x", String(repeating: "1", count: 65),
    ])
    func anInstanceUIDThatIsNoneIsRefused(uid: String) throws {
        let line = try Line()
        var object = TestObject()
        object.sopInstance = uid
        #expect(line.peer.store(object) == 0x0117)
        #expect(line.delegate.folder.names.isEmpty)
        #expect(line.peer.echo() == 0)
    }

    @Test func anotherClassThanTheContextsIsRefused() throws {
        let line = try Line()
        var object = TestObject()
        object.sopClass = "1.2.840.10008.5.1.4.1.1.2"
        #expect(line.peer.store(object) == 0x0122)
        #expect(line.delegate.seen.begun.isEmpty)
    }

    @Test func aStoreWithoutADataSetCannotBeUnderstood() throws {
        let line = try Line()
        let request = Script.request(
            1, sopClass: Script.secondaryCapture, sopInstance: "1.2.3", hasDataSet: false)
        line.peer.send(Script.command(3, request))
        #expect(line.peer.receivePDU()?.response?.status == 0xC000)
        line.peer.send(Script.storeRequest() + Script.data(3, [], isLast: true))
        #expect(line.peer.receivePDU()?.response?.status == 0xC000)
        #expect(line.delegate.seen.abandoned.count == 1)
    }

    @Test(arguments: [
        (DataSetIdentity.confirmed, TestObject().dataSet),
        (.unreadable, [UInt8](repeating: 0xFF, count: 300)),
        (.unreadable, Array(TestObject().dataSet.prefix(20))),
        (.absent, Array(TestObject().dataSet.dropFirst(34))),
        (.differs, TestObject(sopInstance: "1.2.3").dataSet),
        (.differs, TestObject(sopClass: "1.2.3").dataSet),
        (.unreadable, TestObject(transferSyntax: TestObject.implicitLittleEndian).dataSet),
    ])
    func whatTheDataSetSaysOfItselfIsCompared(identity: DataSetIdentity, dataSet: [UInt8]) throws {
        let line = try Line()
        line.peer.send(Script.storeRequest() + Script.data(3, dataSet, isLast: true))
        #expect(line.peer.receivePDU()?.response?.status == 0)
        #expect(line.delegate.seen.files.first?.identity == identity)
    }

    @Test(arguments: [0x0020, 0x0021, 0x0010, 0x0130, 0x0140, 0x0100, 0x0002] as [UInt16])
    func anOperationThatIsNotOfferedIsAnswered(field: UInt16) throws {
        let line = try Line()
        let request = Script.request(field, sopClass: Script.secondaryCapture, hasDataSet: true)
        line.peer.send(Script.command(3, request) + Script.data(3, [1, 2, 3, 4], isLast: true))
        let response = try #require(line.peer.receivePDU()?.response)
        #expect(response.field == field | 0x8000 && response.status == 0x0211)
        #expect(line.peer.echo() == 0)
    }

    @Test func aCancelHasNoAnswer() throws {
        let line = try Line()
        let cancel = Script.commandSet([
            (0x0100, TestObject.little(UInt16(0x0FFF))), (0x0120, [1, 0]), (0x0800, [1, 1]),
        ])
        line.peer.send(Script.command(1, cancel))
        #expect(line.peer.echo() == 0)
    }
}
