// Peers that break the protocol, each in its own way.
import Foundation
import TestMaterial
import Testing

extension StoreUserTests {
    /// How a peer behaves, and what is made of it.
    struct Misbehaviour: Sendable, CustomTestStringConvertible {
        let what: String
        let error: String
        let script: @Sendable (ScriptedPeer) -> Void

        init(_ what: String, _ error: String, _ script: @escaping @Sendable (ScriptedPeer) -> Void) {
            self.what = what
            self.error = error
            self.script = script
        }

        var testDescription: String { what }
    }

    static let accept = Script.associateAccept([(1, TestObject.implicitLittleEndian)])

    private static func afterMessage(_ reaction: @escaping @Sendable (ScriptedPeer, UInt16, UInt8) -> Void)
        -> @Sendable (ScriptedPeer) -> Void
    {
        { peer in
            peer.serve { _, number, context in
                reaction(peer, number, context)
                return nil
            }
        }
    }

    static let misbehaviours = [
        Misbehaviour("closes at once", "connectionLost") { $0.close() },
        Misbehaviour("closes after the request", "connectionLost") { _ = $0.receivePDU() },
        Misbehaviour("vanishes after the request", "connectionLost") {
            _ = $0.receivePDU()
            $0.vanish()
        },
        Misbehaviour("aborts after the request", "aborted") {
            _ = $0.receivePDU()
            $0.send(Script.abort)
        },
        Misbehaviour("never answers the request", "timedOut") {
            Thread.sleep(forTimeInterval: $0.receivePDU() == nil ? 0 : 2)
        },
        Misbehaviour("answers with half a PDU", "timedOut") {
            $0.send(Array(accept.prefix(50)))
            Thread.sleep(forTimeInterval: 2)
        },
        Misbehaviour("answers in another protocol", "protocolViolation") {
            $0.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
            _ = $0.receivePDU()
        },
        Misbehaviour("answers with a length of 4 GiB", "protocolViolation") {
            $0.send([2, 0, 0xFF, 0xFF, 0xFF, 0xFF])
            _ = $0.receivePDU()
        },
        Misbehaviour("answers with data", "protocolViolation") {
            $0.send(Script.echoRequest)
            _ = $0.receivePDU()
        },
        Misbehaviour(
            "answers with nothing without end", "protocolViolation",
            afterMessage { peer, _, context in
                let nothing = Script.pdu(4, Script.pdv(context, 1, []))
                for _ in 0..<1000 where peer.send(nothing) {}
                _ = peer.receivePDU()
            }),
        Misbehaviour("accepts with two transfer syntaxes", "protocolViolation") {
            let syntax = Script.item(0x40, Array("1.2".utf8))
            let fixed = Array(accept[6..<74])
            $0.send(Script.pdu(2, fixed + Script.item(0x21, [1, 0, 0, 0] + syntax + syntax)))
            _ = $0.receivePDU()
        },
        Misbehaviour("refuses the context", "noPresentationContext") {
            $0.serve(accepting: []) { _, _, _ in nil }
        },
        Misbehaviour("accepts another transfer syntax", "noPresentationContext") {
            _ = $0.receivePDU()
            $0.send(Script.associateAccept([(1, "1.2.840.10008.1.2.4.50")]))
            _ = $0.receivePDU()
        },
        Misbehaviour("accepts contexts nobody proposed", "noPresentationContext") {
            _ = $0.receivePDU()
            $0.send(Script.associateAccept([(255, TestObject.implicitLittleEndian)]))
            _ = $0.receivePDU()
        },
        Misbehaviour(
            "never answers the message", "timedOut",
            afterMessage { _, _, _ in Thread.sleep(forTimeInterval: 2) }),
        Misbehaviour(
            "answers in empty pieces without end", "timedOut",
            afterMessage { peer, _, context in
                for _ in 0..<30 {
                    peer.send(Script.pdu(4, Script.pdv(context, 1, [])))
                    Thread.sleep(forTimeInterval: 0.1)
                }
            }),
        Misbehaviour(
            "closes instead of a response", "connectionLost", afterMessage { peer, _, _ in peer.close() }),
        Misbehaviour(
            "vanishes instead of a response", "connectionLost", afterMessage { peer, _, _ in peer.vanish() }),
        Misbehaviour(
            "aborts instead of a response", "aborted", afterMessage { peer, _, _ in peer.send(Script.abort) }),
        Misbehaviour(
            "releases instead of a response", "protocolViolation",
            afterMessage { peer, _, _ in
                peer.send(Script.releaseRequest)
                _ = peer.receivePDU()
            }),
        Misbehaviour(
            "answers another message", "protocolViolation",
            afterMessage { peer, number, context in
                peer.send(Script.response(0x8030, to: number + 1, status: 0, context: context))
                _ = peer.receivePDU()
            }),
        Misbehaviour(
            "answers another operation", "protocolViolation",
            afterMessage { peer, number, context in
                peer.send(Script.response(0x8001, to: number, status: 0, context: context))
                _ = peer.receivePDU()
            }),
        Misbehaviour(
            "answers without a status", "protocolViolation",
            afterMessage { peer, number, context in
                peer.send(
                    Script.command(
                        context,
                        Script.commandSet([
                            (0x0100, TestObject.little(UInt16(0x8030))), (0x0120, TestObject.little(number)),
                            (0x0800, [1, 1]),
                        ])))
                _ = peer.receivePDU()
            }),
        Misbehaviour(
            "answers noise", "protocolViolation",
            afterMessage { peer, _, context in
                peer.send(Script.command(context, [UInt8](repeating: 0xEE, count: 40)))
                _ = peer.receivePDU()
            }),
    ]
}
