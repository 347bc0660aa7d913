import Dicom
import Foundation
import TestMaterial
import Testing

/// What the provider answers to an A-ASSOCIATE-RQ, byte by byte.
@Suite struct NegotiationTests {
    @Test func whoOpensAndClosesIsAProbeAndNothingElse() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        for _ in 0..<5 { try ScriptedPeer(port: provider.port).close() }
        #expect(delegate.waits { $0.notes.count == 5 })
        #expect(delegate.seen.notes.allSatisfy { $0.kind == .probe })
        #expect(delegate.seen.requests.isEmpty && delegate.seen.ends.isEmpty)
    }

    @Test func halfARequestAndThenTheEndIsNoted() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let peer = try ScriptedPeer(port: provider.port)
        peer.send(Array(Script.associateRequest().prefix(40)))
        peer.vanish()
        #expect(delegate.waits { $0.notes.map(\.kind) == [.noRequest] })
    }

    @Test(arguments: [0, 3, 6, 40]) func aRequestThatDoesNotArriveInTimeIsAborted(byteCount: Int) throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate) { $0.requestSeconds = 0.3 }
        let peer = try ScriptedPeer(port: provider.port)
        peer.send(Array(Script.associateRequest().prefix(byteCount)))
        #expect(peer.receivePDU()?.abort == [2, 0])
        #expect(peer.seesEnd())
        #expect(delegate.waits { $0.notes.map(\.kind) == [.noRequest] })
    }

    @Test func aRequestThatTricklesInIsAborted() throws {
        let provider = try makeProvider(RecordingDelegate()) { $0.requestSeconds = 0.5 }
        let peer = try ScriptedPeer(port: provider.port)
        let start = ContinuousClock.now
        for byte in Script.associateRequest() {
            guard peer.send([byte]), ContinuousClock.now - start < .seconds(3) else { break }
            Thread.sleep(forTimeInterval: 0.05)
        }
        #expect(ContinuousClock.now - start < .seconds(3), "the provider waited for one byte after the other")
    }

    @Test(arguments: [
        ("a web browser", Array("GET / HTTP/1.1\r\n\r\n".utf8), [UInt8](arrayLiteral: 2, 1)),
        ("data before a request", Script.echoRequest, [2, 2]),
        ("an answer", Script.associateAccept([(1, TestObject.implicitLittleEndian)]), [2, 2]),
        ("a release", Script.releaseRequest, [2, 2]),
        ("a length of 4 GiB", [1, 0, 0xFF, 0xFF, 0xFF, 0xFF], [2, 6]),
        ("a length of nothing", [1, 0, 0, 0, 0, 0], [2, 6]),
        ("a body that is too short", Script.pdu(1, [0, 1, 0, 0]), [2, 6]),
    ])
    func whatIsNoRequestIsAborted(what: String, bytes: [UInt8], abort: [UInt8]) throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let peer = try ScriptedPeer(port: provider.port)
        peer.send(bytes)
        #expect(peer.receivePDU()?.abort == abort, "after \(what)")
        #expect(delegate.waits { $0.notes.map(\.kind) == [.noRequest] })
        #expect(delegate.seen.requests.isEmpty)
    }

    static let verificationContext = Script.item(0x30, Array(Script.verification.utf8))
    static let implicit = Script.item(0x40, Array(TestObject.implicitLittleEndian.utf8))

    static func request(items: [UInt8]) -> [UInt8] {
        let fixed: [UInt8] =
            [0, 1, 0, 0] + Script.title("GLENOID") + Script.title("X") + [UInt8](repeating: 0, count: 32)
        return Script.pdu(1, fixed + Script.item(0x10, Array("1.2.840.10008.3.1.1.1".utf8)) + items)
    }

    @Test(arguments: [
        ("no context", []),
        ("an even context", Script.item(0x20, [2, 0, 0, 0] + verificationContext + implicit)),
        (
            "two contexts of one number",
            Script.item(0x20, [1, 0, 0, 0] + verificationContext + implicit)
                + Script.item(0x20, [1, 0, 0, 0] + verificationContext + implicit)
        ),
        ("a context without a transfer syntax", Script.item(0x20, [1, 0, 0, 0] + verificationContext)),
        ("a context without an abstract syntax", Script.item(0x20, [1, 0, 0, 0] + implicit)),
        ("a context of two bytes", Script.item(0x20, [1, 0])),
        ("a context for an answer", Script.item(0x21, [1, 0, 0, 0] + implicit)),
        ("an item past the end", [0x20, 0, 0xFF, 0xFF, 1, 0, 0, 0]),
        ("half an item", [0x20, 0]),
        (
            "a UID of 65 bytes",
            Script.item(
                0x20, [1, 0, 0, 0] + Script.item(0x30, [UInt8](repeating: 0x31, count: 65)) + implicit)
        ),
        ("a maximum length of three bytes", Script.item(0x50, Script.item(0x51, [0, 0, 1]))),
        ("a role that is too long", Script.item(0x50, Script.item(0x54, [0, 9, 0x31]))),
        ("an identity that is too long", Script.item(0x50, Script.item(0x58, [1, 0, 0xFF, 0xFF]))),
        (
            "two identities",
            Script.item(0x50, Script.item(0x58, [1, 0, 0, 0, 0, 0]) + Script.item(0x58, [1, 0, 0, 0, 0, 0]))
        ),
        ("an extended negotiation that is too long", Script.item(0x50, Script.item(0x56, [0xFF, 0xFF]))),
        ("two user informations", Script.item(0x50, []) + Script.item(0x50, [])),
    ])
    func aMalformedRequestIsAborted(what: String, items: [UInt8]) throws {
        let provider = try makeProvider(RecordingDelegate())
        let peer = try ScriptedPeer(port: provider.port)
        peer.send(Self.request(items: items))
        #expect(peer.receivePDU()?.abort == [2, 6], "after \(what)")
        let other = try ScriptedPeer(port: provider.port)
        #expect(other.associate(), "the provider serves nobody after \(what)")
    }

    @Test(arguments: [
        (
            "another application", Script.associateRequest(applicationContext: "1.2.3"),
            [UInt8](arrayLiteral: 1, 1, 2)
        ),
        ("nobody called", Script.associateRequest(called: ""), [1, 1, 7]),
        ("nobody calling", Script.associateRequest(calling: ""), [1, 1, 3]),
        ("another protocol", Script.associateRequest(protocolVersion: 2), [1, 2, 2]),
        ("a maximum PDU of 13 bytes", Script.associateRequest(pduBytesMax: 13), [1, 1, 1]),
    ])
    func whatCannotBeServedIsRejected(what: String, request: [UInt8], numbers: [UInt8]) throws {
        let provider = try makeProvider(RecordingDelegate())
        let peer = try ScriptedPeer(port: provider.port)
        peer.send(request)
        #expect(peer.receivePDU()?.rejection == numbers, "for \(what)")
        #expect(peer.seesEnd())
    }

    @Test(arguments: [
        AssociationRejection.calledAENotRecognized, .callingAENotRecognized, .temporaryCongestion,
        .noReasonGiven,
    ])
    func theDelegatesRejectionReachesThePeer(rejection: AssociationRejection) throws {
        let delegate = RecordingDelegate(decision: .reject(rejection))
        let provider = try makeProvider(delegate)
        let peer = try ScriptedPeer(port: provider.port)
        peer.send(Script.associateRequest())
        #expect(peer.receivePDU()?.rejection == [rejection.result, rejection.source, rejection.reason])
        #expect(delegate.waits { $0.notes.map(\.kind) == [.rejected] })
        #expect(delegate.seen.ends.isEmpty)
        #expect(eventually { provider.associationCount == 0 })
    }

    @Test func eachContextIsAnsweredForItself() throws {
        let provider = try makeProvider(RecordingDelegate())
        let peer = try ScriptedPeer(port: provider.port)
        let explicit = TestObject.explicitLittleEndian
        let implicit = TestObject.implicitLittleEndian
        let mpeg = "1.2.840.10008.1.2.4.100"
        let jpeg2000Part2 = "1.2.840.10008.1.2.4.92"
        let htj2k = "1.2.840.10008.1.2.4.201"
        let find = "1.2.840.10008.5.1.4.1.2.2.1"
        let inventoryFind = "1.2.840.10008.5.1.4.1.1.201.2"
        let unknownStorage = "1.2.840.10008.5.1.4.1.1.9999"
        peer.send(
            Script.associateRequest(contexts: [
                Script.Context(id: 1, abstractSyntax: Script.verification, transferSyntaxes: [implicit]),
                Script.Context(id: 3, abstractSyntax: find, transferSyntaxes: [implicit]),
                Script.Context(id: 5, abstractSyntax: Script.secondaryCapture, transferSyntaxes: [mpeg]),
                Script.Context(
                    id: 7, abstractSyntax: Script.secondaryCapture, transferSyntaxes: [mpeg, htj2k, explicit]),
                Script.Context(
                    id: 9, abstractSyntax: unknownStorage, transferSyntaxes: [implicit, explicit]),
                Script.Context(id: 11, abstractSyntax: "1.2.3.4", transferSyntaxes: [explicit]),
                Script.Context(id: 13, abstractSyntax: inventoryFind, transferSyntaxes: [implicit]),
                Script.Context(
                    id: 255, abstractSyntax: Script.secondaryCapture, transferSyntaxes: [jpeg2000Part2]),
            ]))
        let answers = try #require(peer.receivePDU()).contexts
        #expect(answers.mapValues(\.result) == [1: 0, 3: 3, 5: 4, 7: 0, 9: 0, 11: 3, 13: 3, 255: 4])
        #expect(answers[7]?.transferSyntax == htj2k)
        #expect(answers[9]?.transferSyntax == implicit)
    }

    @Test func a128ContextsOf50TransferSyntaxesAreRead() throws {
        let provider = try makeProvider(RecordingDelegate())
        let peer = try ScriptedPeer(port: provider.port)
        let syntaxes = (0..<60).map { "1.2.826.0.1.3680043.8.498.\($0)" } + [TestObject.explicitLittleEndian]
        let contexts = (0..<128).map {
            Script.Context(
                id: UInt8($0 * 2 + 1), abstractSyntax: Script.secondaryCapture, transferSyntaxes: syntaxes)
        }
        peer.send(Script.associateRequest(contexts: contexts))
        let answers = try #require(peer.receivePDU()).contexts
        #expect(answers.count == 128 && answers.values.allSatisfy { $0.result == 0 })
    }

    @Test func everyStorageClassThatDCMTKKnowsIsAccepted() throws {
        let provider = try makeProvider(RecordingDelegate())
        let all = StoreProvider.storageSOPClasses
        #expect(all.count > 100)
        for start in stride(from: 0, to: all.count, by: 100) {
            let peer = try ScriptedPeer(port: provider.port)
            let classes = all[start..<min(start + 100, all.count)]
            let contexts = classes.enumerated().map { index, uid in
                Script.Context(
                    id: UInt8(index * 2 + 1), abstractSyntax: uid.text,
                    transferSyntaxes: [TestObject.explicitLittleEndian])
            }
            peer.send(Script.associateRequest(contexts: contexts))
            let answers = try #require(peer.receivePDU()).contexts
            #expect(answers.count == classes.count && answers.values.allSatisfy { $0.result == 0 })
        }
    }

    @Test func oneAssociationTooManyIsRejectedForNowAndLaterAccepted() throws {
        let provider = try makeProvider(RecordingDelegate()) { $0.associationsMax = 2 }
        let first = try ScriptedPeer(port: provider.port)
        let second = try ScriptedPeer(port: provider.port)
        #expect(first.associate() && second.associate())
        let third = try ScriptedPeer(port: provider.port)
        third.send(Script.associateRequest())
        #expect(third.receivePDU()?.rejection == [2, 3, 2])
        #expect(first.release())
        #expect(eventually { provider.associationCount == 1 })
        let fourth = try ScriptedPeer(port: provider.port)
        #expect(fourth.associate())
        #expect(second.echo() == 0)
    }

    @Test func titlesAreGivenWithoutPaddingAndOddCharacters() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let peer = try ScriptedPeer(port: provider.port)
        peer.send(Script.associateRequest(called: "  GLENOID", calling: "A\u{1B}[31mB"))
        #expect(peer.receivePDU()?.type == 2)
        #expect(delegate.seen.requests.first?.calledAE == "GLENOID")
        #expect(delegate.seen.requests.first?.callingAE == "A?[31mB")
    }
}
