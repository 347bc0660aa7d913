import Dicom
import Foundation
import Locks
import TestMaterial
import Testing

/// The user against our provider, DCMTK's tools, and peers that misbehave.
@Suite struct StoreUserTests {
    private static func user(_ port: Int, _ change: (inout StoreUserSettings) -> Void = { _ in }) -> StoreUser
    {
        var settings = StoreUserSettings(
            host: "127.0.0.1", port: port, calledAE: "PEER", callingAE: "GLENOID")
        settings.farewellSeconds = 0.5
        change(&settings)
        return StoreUser(settings)
    }

    private static func file(_ object: TestObject = TestObject(), in folder: ScratchFolder) throws -> String {
        let path = folder.file(UUID().uuidString + ".dcm")
        try object.write(to: path)
        return path
    }

    @Test(arguments: [
        TestObject(pixelBytes: 0), TestObject(pixelBytes: 1_000), TestObject(pixelBytes: 131_060),
        TestObject(pixelBytes: 1_000_000), TestObject(transferSyntax: TestObject.implicitLittleEndian),
    ])
    func theBytesOfTheFileArriveAsTheyAre(object: TestObject) throws {
        let folder = ScratchFolder()
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let user = Self.user(provider.port)
        #expect(try user.store(path: Self.file(object, in: folder)) == .success)
        let received = try #require(delegate.seen.files.first)
        #expect(received.digest == Digest(of: object.dataSet))
        #expect(received.request.transferSyntaxUID.text == object.transferSyntax)
        #expect(received.request.sopInstanceUID.text == object.sopInstance)
        user.close()
        #expect(delegate.waits { $0.ends.map(\.kind) == [.released] })
    }

    @Test func oneAssociationServesManyObjects() throws {
        let folder = ScratchFolder()
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let user = Self.user(provider.port)
        let path = try Self.file(in: folder)
        for _ in 0..<10 { #expect(try user.store(path: path) == .success) }
        #expect(try user.echo() == .success)
        #expect(delegate.seen.requests.count == 1 && delegate.seen.files.count == 10)
        var other = TestObject()
        other.sopClass = "1.2.840.10008.5.1.4.1.1.1"
        #expect(try user.store(path: Self.file(other, in: folder)) == .success)
        #expect(delegate.seen.requests.count == 2)
        #expect(try user.store(path: path) == .success)
        #expect(delegate.seen.requests.count == 2, "the second association proposes what the first did")
    }

    @Test func anIdleAssociationIsClosedAndOpenedAgain() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate)
        let user = Self.user(provider.port) { $0.idleSeconds = 0.1 }
        #expect(try user.echo() == .success)
        user.closeIfIdle()
        #expect(user.isOpen)
        Thread.sleep(forTimeInterval: 0.15)
        user.closeIfIdle()
        #expect(!user.isOpen)
        #expect(try user.echo() == .success)
        #expect(delegate.seen.requests.count == 2)
    }

    @Test func anAssociationThatThePeerHasEndedIsReplaced() throws {
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate) { $0.idleSeconds = 0.1 }
        let user = Self.user(provider.port)
        #expect(try user.echo() == .success)
        #expect(delegate.waits { $0.ends.count == 1 })
        #expect(try user.echo() == .success)
        #expect(delegate.seen.requests.count == 2)
    }

    @Test func theClassesThatThePeerAcceptsAreTold() throws {
        let folder = ScratchFolder()
        let port = try freePort()
        let peer = try RunningTool("storescp", ["-od", folder.path, "\(port)"])
        defer { withExtendedLifetime(peer) {} }
        #expect(eventually { (try? ScriptedPeer(port: port)) != nil })
        let comprehensive3D = UID(literal: "1.2.840.10008.5.1.4.1.1.88.34")
        let unknown = UID(literal: "1.2.3.4")
        #expect(try Self.user(port).acceptedSOPClasses(of: [unknown, comprehensive3D]) == [comprehensive3D])
    }

    @Test func aPeerOfImplicitEncodingGetsIt() throws {
        let folder = ScratchFolder()
        let received = ScratchFolder()
        let port = try freePort()
        let peer = try RunningTool("storescp", ["+xi", "+B", "-od", received.path, "\(port)"])
        defer { withExtendedLifetime(peer) {} }
        #expect(eventually { (try? ScriptedPeer(port: port)) != nil })
        let object = TestObject(pixelBytes: 300_000)
        #expect(try Self.user(port).store(path: Self.file(object, in: folder)) == .success)
        let name = try #require(received.names.first)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: received.file(name))))
        var expected = object
        expected.transferSyntax = TestObject.implicitLittleEndian
        #expect(Array(bytes.suffix(expected.dataSet.count)) == expected.dataSet)
    }

    @Test func aRealArchiveTakesWhatIsSent() throws {
        let folder = ScratchFolder()
        let archive = ScratchFolder()
        let port = try freePort()
        let configuration = """
            NetworkTCPPort = \(port)
            MaxPDUSize = 16384
            MaxAssociations = 4
            HostTable BEGIN
            HostTable END
            VendorTable BEGIN
            VendorTable END
            AETable BEGIN
            PEER \(archive.path) RW (200, 1024mb) ANY
            AETable END
            """
        try configuration.write(toFile: folder.file("qr.cfg"), atomically: true, encoding: .utf8)
        let peer = try RunningTool("dcmqrscp", ["-c", folder.file("qr.cfg")])
        defer { withExtendedLifetime(peer) {} }
        #expect(eventually { (try? ScriptedPeer(port: port)) != nil })
        let user = Self.user(port)
        #expect(try user.echo() == .success)
        #expect(try user.store(path: Self.file(TestObject(pixelBytes: 200_000), in: folder)) == .success)
        #expect(archive.names.contains { $0.hasSuffix(".dcm") })
    }

    @Test(arguments: [0x0000, 0xB000, 0xB007, 0xA700, 0xA900, 0xC123, 0x0122] as [UInt16])
    func theStatusIsTold(status: UInt16) throws {
        let peer = try ScriptedAcceptor { peer in
            peer.serve { field, number, context in
                Script.response(field | 0x8000, to: number, status: status, context: context)
            }
        }
        let folder = ScratchFolder()
        #expect(try Self.user(peer.port).store(path: Self.file(in: folder)) == DIMSEStatus(rawValue: status))
    }

    @Test(
        arguments: [(1, 1, 7), (1, 1, 3), (2, 3, 2), (2, 3, 1), (1, 2, 2), (9, 9, 9)]
            as [(UInt8, UInt8, UInt8)])
    func aRejectionIsToldWithItsNumbers(numbers: (UInt8, UInt8, UInt8)) throws {
        let peer = try ScriptedAcceptor { peer in
            _ = peer.receivePDU()
            peer.send(Script.associateReject(numbers.0, numbers.1, numbers.2))
        }
        let rejection = AssociationRejection(result: numbers.0, source: numbers.1, reason: numbers.2)
        #expect(throws: StoreUserError.rejected(rejection)) { try Self.user(peer.port).echo() }
    }

    @Test func nobodyListeningIsUnreachable() throws {
        let port = try freePort()
        #expect(kind(of: { try Self.user(port).echo() }) == "unreachable")
    }

    @Test func aHostWithoutAnAddressIsUnresolved() {
        let user = Self.user(104) { $0.host = "no-such-host.invalid" }
        #expect(kind(of: { try user.echo() }) == "unresolved")
    }

    @Test func aConnectionThatIsNotAnsweredTimesOut() throws {
        // The queue of a socket that nobody accepts from is full after two connections; the third hangs.
        let full = try ScriptedAcceptor(backlog: 0, script: nil)
        let holders = [try ScriptedPeer(port: full.port)]
        defer { withExtendedLifetime(holders) {} }
        let start = ContinuousClock.now
        let users = (0..<2).map { _ in
            Self.user(full.port) {
                $0.connectSeconds = 1; $0.requestSeconds = 0.5
            }
        }
        for user in users { #expect(throws: StoreUserError.self) { try user.echo() } }
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test(arguments: misbehaviours)
    func aPeerThatMisbehavesIsToldApart(misbehaviour: Misbehaviour) throws {
        let peer = try ScriptedAcceptor(script: misbehaviour.script)
        let user = Self.user(peer.port) {
            $0.requestSeconds = 0.4
            $0.answerSeconds = 0.4
            $0.pduSeconds = 0.4
        }
        #expect(kind(of: { try user.echo() }) == misbehaviour.error)
        #expect(!user.isOpen || misbehaviour.error == "noPresentationContext")
    }

    /// Accepts the association, with little room for what comes, and then takes it in its own manner.
    private func slowPeer(_ take: @escaping @Sendable (ScriptedPeer) -> Void) throws -> ScriptedAcceptor {
        try ScriptedAcceptor { peer in
            peer.shrinkReceiveBuffer()
            _ = peer.receivePDU()
            peer.send(
                Script.associateAccept((0..<10).map { (UInt8(2 * $0 + 1), TestObject.explicitLittleEndian) }))
            take(peer)
        }
    }

    @Test func aPeerThatTakesNoDataTimesOut() throws {
        let folder = ScratchFolder()
        let peer = try slowPeer { _ in Thread.sleep(forTimeInterval: 3) }
        let user = Self.user(peer.port) { $0.pduSeconds = 0.4 }
        let path = try Self.file(TestObject(pixelBytes: 20_000_000), in: folder)
        #expect(kind(of: { try user.store(path: path) }) == "timedOut")
    }

    /// Each PDU in time, and the whole never.
    @Test func aPeerThatTakesAnObjectForEverTimesOut() throws {
        let folder = ScratchFolder()
        let peer = try slowPeer { peer in
            for _ in 0..<60 where peer.receivePDU() != nil { Thread.sleep(forTimeInterval: 0.1) }
        }
        let user = Self.user(peer.port) {
            $0.pduSeconds = 10
            $0.objectSeconds = 0.6
        }
        let path = try Self.file(TestObject(pixelBytes: 20_000_000), in: folder)
        let began = ContinuousClock.now
        #expect(kind(of: { try user.store(path: path) }) == "timedOut")
        #expect(ContinuousClock.now - began < .seconds(4))
    }

    @Test func aFileThatCannotBeReadNowIsNotBad() throws {
        let folder = ScratchFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("loop"), withDestinationPath: folder.file("loop"))
        let provider = try makeProvider(RecordingDelegate())
        let user = Self.user(provider.port)
        #expect(kind(of: { try user.store(path: folder.file("loop")) }) == "unreadable")
    }

    @Test func aFileThatIsNoneIsBad() throws {
        let folder = ScratchFolder()
        try Data("not DICOM at all, but long enough for a preamble".utf8).write(
            to: URL(fileURLWithPath: folder.file("text")))
        let provider = try makeProvider(RecordingDelegate())
        let user = Self.user(provider.port)
        #expect(kind(of: { try user.store(path: folder.file("text")) }) == "badFile")
        #expect(kind(of: { try user.store(path: folder.file("absent")) }) == "badFile")
    }

    @Test func aStaleAssociationIsTriedOnceMore() throws {
        let count = Lock(0)
        // Answers the first message of each connection, and hangs up on the second.
        let peer = try ScriptedAcceptor { peer in
            count.withLock { $0 += 1 }
            var isFirst = true
            peer.serve { field, number, context in
                defer { isFirst = false }
                return isFirst
                    ? Script.response(field | 0x8000, to: number, status: 0, context: context) : nil
            }
        }
        let user = Self.user(peer.port)
        #expect(try user.echo() == .success)
        #expect(try user.echo() == .success)
        #expect(count.withLock { $0 } == 2)
    }

    /// What became of the first attempt is not known, however clear the answer to the second is.
    @Test(arguments: [false, true])
    func anAttemptWithoutAnAnswerIsRememberedBehindTheNextOne(isAnswered: Bool) throws {
        let folder = ScratchFolder()
        let count = Lock(0)
        let peer = try ScriptedAcceptor { peer in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == 2, !isAnswered {
                _ = peer.receivePDU()
                peer.send(Script.associateReject(2, 3, 1))
                return
            }
            peer.serve { field, message, context in
                number == 1
                    ? nil : Script.response(field | 0x8000, to: message, status: 0xA700, context: context)
            }
        }
        let user = Self.user(peer.port)
        let object = TestObject()
        _ = try user.acceptedSOPClasses(of: [#require(UID(object.sopClass))])
        let path = try Self.file(object, in: folder)
        if isAnswered {
            #expect(try user.store(path: path).rawValue == 0xA700)
        } else {
            #expect(kind(of: { try user.store(path: path) }) == "rejected")
        }
        #expect(user.mayHaveArrived)
        // The next object is another matter.
        if isAnswered {
            #expect(try user.store(path: path).rawValue == 0xA700)
            #expect(!user.mayHaveArrived)
        }
    }

    private func kind<Result>(of body: () throws -> Result) -> String {
        do {
            _ = try body()
            return "no error"
        } catch let error as StoreUserError {
            switch error {
            case .unresolved: return "unresolved"
            case .unreachable: return "unreachable"
            case .rejected: return "rejected"
            case .noPresentationContext: return "noPresentationContext"
            case .aborted: return "aborted"
            case .connectionLost: return "connectionLost"
            case .timedOut: return "timedOut"
            case .protocolViolation: return "protocolViolation"
            case .badFile: return "badFile"
            case .unreadable: return "unreadable"
            }
        } catch {
            return "\(error)"
        }
    }

    private func freePort() throws -> Int { try ScriptedAcceptor(script: nil).port }
}
