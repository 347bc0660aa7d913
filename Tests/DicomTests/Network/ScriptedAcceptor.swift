import Foundation
import TestMaterial

/// A port of 127.0.0.1 whose connections follow a script, each on a thread of its own.
@safe final class ScriptedAcceptor: Sendable {
    let port: Int
    private let descriptor: Int32
    private let hasThread: Bool

    /// Runs `script` for every connection; the connection is closed when it returns.
    init(backlog: Int32 = 16, script: (@Sendable (ScriptedPeer) -> Void)?) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = ScriptedPeer.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe bind(descriptor, $0, length)
                _ = listen(descriptor, backlog)
                _ = unsafe getsockname(descriptor, $0, &length)
            }
        }
        self.descriptor = descriptor
        hasThread = script != nil
        port = Int(in_port_t(bigEndian: address.sin_port))
        guard let script else { return }
        Thread.detachNewThread {
            // Closed by this thread alone: closed by `deinit` between two accepts, the number could be another test's
            // port by the next one, whose connection would then follow this script.
            defer { close(descriptor) }
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else { return }
                Thread.detachNewThread { script(ScriptedPeer(accepted: accepted)) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        if !hasThread { close(descriptor) }
    }
}

extension ScriptedPeer {
    /// The acceptor's side: reads the request and accepts the contexts of these numbers with explicit little endian,
    /// all others not; then hands each message's command field and number to `answer`, until the peer is done.
    func serve(
        accepting: Set<UInt8>? = nil,
        answer: (_ field: UInt16, _ messageID: UInt16, _ context: UInt8) -> [UInt8]?
    ) {
        guard let request = receivePDU(), request.type == 1 else { return }
        let proposed = Self.proposals(request.body)
        send(
            Script.associateAccept(
                proposed.map { id, syntax in (id, accepting?.contains(id) ?? true ? syntax : nil) }))
        while let pdu = receivePDU() {
            if pdu.type == 5 {
                send(Script.releaseReply)
                return
            }
            guard pdu.type == 4, pdu.body.count > 6 else { return }
            let words = Self.words(Array(pdu.body[6...]))
            if words[0x0800] != 0x0101 {
                while let data = receivePDU(), data.type == 4, data.body[5] & 2 == 0 {}
            }
            guard let response = answer(words[0x0100] ?? 0, words[0x0110] ?? 0, pdu.body[4]) else { return }
            send(response)
        }
    }

    private static func words(_ command: [UInt8]) -> [UInt16: UInt16] {
        var words: [UInt16: UInt16] = [:]
        var offset = 0
        while offset + 8 <= command.count {
            let length = Int(command[offset + 4]) | Int(command[offset + 5]) << 8
            if length == 2 {
                words[UInt16(command[offset + 2]) | UInt16(command[offset + 3]) << 8] =
                    UInt16(command[offset + 8]) | UInt16(command[offset + 9]) << 8
            }
            offset += 8 + length
        }
        return words
    }

    /// The numbers of the proposed contexts and the last transfer syntax of each.
    private static func proposals(_ body: [UInt8]) -> [(UInt8, String)] {
        var found: [(UInt8, String)] = []
        var offset = 68
        while offset + 4 <= body.count {
            let length = Int(body[offset + 2]) << 8 | Int(body[offset + 3])
            if body[offset] == 0x20 {
                var inner = offset + 8
                var syntax = ""
                while inner + 4 <= offset + 4 + length {
                    let innerLength = Int(body[inner + 2]) << 8 | Int(body[inner + 3])
                    if body[inner] == 0x40 {
                        syntax = String(
                            decoding: body[(inner + 4)..<(inner + 4 + innerLength)], as: UTF8.self)
                    }
                    inner += 4 + innerLength
                }
                found.append((body[offset + 4], syntax))
            }
            offset += 4 + length
        }
        return found
    }
}
