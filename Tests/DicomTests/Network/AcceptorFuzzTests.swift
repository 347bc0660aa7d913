import Dicom
import Foundation
import TestMaterial
import Testing

/// Mutated PDUs and data sets against the acceptor, over a real connection and with a seed.
///
/// `GLENOID_FUZZ_ITERATIONS` and `GLENOID_FUZZ_SEED` make a longer or another run; built with
/// `--sanitize=address`, it also sees what the bridge reads and writes out of bounds.
@Suite struct AcceptorFuzzTests {
    /// SplitMix64: the same bytes on every machine for the same seed.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }

    private static func number(_ name: String, _ otherwise: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? otherwise
    }

    /// What good peers send after the association is there.
    private static let conversations: [[UInt8]] = [
        Script.echoRequest + Script.releaseRequest,
        Script.storeRequest() + Script.data(3, TestObject().dataSet, isLast: true) + Script.releaseRequest,
        Script.storeRequest() + Script.data(3, Array(TestObject().dataSet.prefix(200)), isLast: false)
            + Script.pdu(
                4, Script.pdv(3, 0, [1, 2]) + Script.pdv(3, 0, [3, 4, 5, 6]) + Script.pdv(3, 2, [7, 8])),
        Script.command(3, Script.request(0x0020, sopClass: Script.secondaryCapture, hasDataSet: true))
            + Script.data(3, [1, 2, 3, 4], isLast: true) + Script.echoRequest,
        Script.pdu(4, Script.pdv(1, 1, [0, 0])) + Script.abort,
    ]

    private static let requests: [[UInt8]] = [
        Script.associateRequest(),
        Script.associateRequest(
            extra: Script.item(0x53, [0, 1, 0, 1]) + Script.item(0x54, [0, 3, 0x31, 0x2E, 0x32, 1, 0])
                + Script.item(0x55, Array("VERSION".utf8))
                + Script.item(0x56, [0, 3, 0x31, 0x2E, 0x32, 1, 2, 3])
                + Script.item(0x58, [2, 1, 0, 1, 0x41, 0, 1, 0x42])),
    ]

    private static let interesting: [UInt8] = [
        0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x20, 0x21, 0x30, 0x40, 0x50, 0x7F, 0x80, 0xFF,
    ]

    private static func mutated(_ original: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[at] = interesting.randomElement(using: &generator) ?? 0
            case 2: bytes[at] = UInt8.random(in: 0...255, using: &generator)
            case 3: bytes.removeLast(bytes.count - at)
            case 4: bytes.removeSubrange(at..<min(at + Int.random(in: 1...8, using: &generator), bytes.count))
            case 5:
                let end = min(at + Int.random(in: 1...64, using: &generator), bytes.count)
                bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
            default:
                let end = min(at + 4, bytes.count)
                for index in at..<end { bytes[index] = interesting.randomElement(using: &generator) ?? 0 }
            }
        }
        return bytes
    }

    @Test func mutatedBytesNeitherStopTheAcceptorNorStayWithIt() throws {
        let seed = Self.number("GLENOID_FUZZ_SEED", 20_261_124)
        let iterations = Self.number("GLENOID_FUZZ_ITERATIONS", 600)
        var generator = Generator(state: UInt64(truncatingIfNeeded: seed))
        let delegate = RecordingDelegate()
        let provider = try makeProvider(delegate) {
            $0.requestSeconds = 1
            $0.pduSeconds = 1
            $0.idleSeconds = 1
            $0.farewellSeconds = 0.05
            $0.associationsMax = 64
        }
        for iteration in 0..<iterations {
            let peer = try ScriptedPeer(port: provider.port)
            let request = Self.requests.randomElement(using: &generator) ?? []
            if Bool.random(using: &generator) {
                peer.send(Self.mutated(request, &generator))
            } else {
                peer.send(request)
                let conversation = Self.conversations.randomElement(using: &generator) ?? []
                peer.send(Self.mutated(conversation, &generator))
            }
            if Int.random(in: 0..<3, using: &generator) == 0 { peer.vanish() } else { peer.finishSending() }
            if iteration % 50 == 49 {
                let good = try ScriptedPeer(port: provider.port)
                #expect(
                    good.associate() && good.echo() == 0 && good.store() == 0 && good.release(),
                    "nobody is served after iteration \(iteration) of seed \(seed)")
            }
        }
        #expect(
            eventually(seconds: 20) { provider.associationCount == 0 },
            "an association is stuck, seed \(seed)")
        #expect(provider.drain(deadlineSeconds: 5))
        let seen = delegate.seen
        #expect(
            seen.begun.count == seen.files.count + seen.abandoned.count,
            "an object is forgotten, seed \(seed)")
        #expect(seen.ends.count == seen.requests.count, "an association has no end, seed \(seed)")
        #expect(delegate.folder.names.count == seen.files.count, "a file is left behind, seed \(seed)")
    }
}
