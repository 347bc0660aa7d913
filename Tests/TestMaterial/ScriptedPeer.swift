package import Foundation

/// One end of a TCP connection that sends and expects exact bytes.
@safe package final class ScriptedPeer {
    private var descriptor: Int32

    /// Connects to a port of 127.0.0.1.
    package init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    /// Takes over a connection.
    package init(accepted: Int32) { descriptor = accepted }

    deinit { close() }

    package static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }

    /// False once the other end does not listen any more.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Foundation.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset,
                    Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            offset += sent
        }
        return true
    }

    /// The bytes that arrive, exactly so many; fewer where the connection ends or nothing comes in time.
    package func receive(_ count: Int, seconds: Double = 60) -> [UInt8] {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var bytes: [UInt8] = []
        while bytes.count < count {
            let left = deadline - .now
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = max(0, left / .milliseconds(1))
            guard unsafe poll(&waiting, 1, Int32(milliseconds)) > 0 else { break }
            var chunk = [UInt8](repeating: 0, count: count - bytes.count)
            let got = unsafe chunk.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard got > 0 else { break }
            bytes += chunk.prefix(got)
        }
        return bytes
    }

    /// The next PDU; `nil` where the connection ends or nothing comes in time.
    package func receivePDU(seconds: Double = 60) -> ReceivedPDU? {
        let head = receive(6, seconds: seconds)
        guard head.count == 6 else { return nil }
        let length = head[2...5].reduce(0) { $0 << 8 | Int($1) }
        let body = receive(length, seconds: seconds)
        return body.count == length ? ReceivedPDU(type: head[0], body: body) : nil
    }

    /// Whether the other end closes, in order or not, without sending more.
    package func seesEnd(seconds: Double = 60) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, Int32(seconds * 1000)) > 0 else { return false }
        var byte: UInt8 = 0
        return unsafe recv(descriptor, &byte, 1, 0) <= 0
    }

    /// Closes in order.
    package func close() {
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
    }

    /// Says that nothing more will come, and goes on to read nothing.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset, as a crashed machine's successor does.
    package func vanish() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Foundation.linger>.size))
        close()
    }

    /// Makes small bytes pile up at the other end: what is not read here is not taken there.
    package func shrinkReceiveBuffer() {
        var bytes: Int32 = 4096
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// A PDU as it came.
package struct ReceivedPDU: Equatable {
    package let type: UInt8
    package let body: [UInt8]

    /// The numbers of an A-ASSOCIATE-RJ: result, source, reason.
    package var rejection: [UInt8]? { type == 3 && body.count == 4 ? Array(body[1...3]) : nil }

    /// The numbers of an A-ABORT: source, reason.
    package var abort: [UInt8]? { type == 7 && body.count == 4 ? Array(body[2...3]) : nil }

    /// The results of an A-ASSOCIATE-AC's presentation contexts by their numbers, with the transfer syntaxes of
    /// those that were accepted.
    package var contexts: [UInt8: (result: UInt8, transferSyntax: String)] {
        var found: [UInt8: (result: UInt8, transferSyntax: String)] = [:]
        var offset = 68
        while type == 2, offset + 8 <= body.count {
            let length = Int(body[offset + 2]) << 8 | Int(body[offset + 3])
            if body[offset] == 0x21 {
                let syntax = String(decoding: body[(offset + 12)..<(offset + 4 + length)], as: UTF8.self)
                found[body[offset + 4]] = (body[offset + 6], syntax)
            }
            offset += 4 + length
        }
        return found
    }

    /// The status of a response in one fragment, with the command field before it.
    package var response: (field: UInt16, status: UInt16)? {
        guard type == 4, body.count > 6 else { return nil }
        return Self.response(of: Array(body[6...]))
    }

    /// The same from the bytes of a whole command set.
    package static func response(of command: [UInt8]) -> (field: UInt16, status: UInt16)? {
        var words: [UInt16: UInt16] = [:]
        var offset = 0
        while offset + 8 <= command.count {
            let element = UInt16(command[offset + 2]) | UInt16(command[offset + 3]) << 8
            let length = Int(command[offset + 4]) | Int(command[offset + 5]) << 8
            if length == 2 { words[element] = UInt16(command[offset + 8]) | UInt16(command[offset + 9]) << 8 }
            offset += 8 + length
        }
        guard let field = words[0x0100], let status = words[0x0900] else { return nil }
        return (field, status)
    }
}

/// PDUs and messages, built byte by byte (PS3.8 9.3, PS3.7 annex E).
package enum Script {
    package static let verification = "1.2.840.10008.1.1"
    package static let secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"

    package struct Context {
        package var id: UInt8
        package var abstractSyntax: String
        package var transferSyntaxes: [String]

        package init(id: UInt8, abstractSyntax: String, transferSyntaxes: [String]) {
            self.id = id
            self.abstractSyntax = abstractSyntax
            self.transferSyntaxes = transferSyntaxes
        }
    }

    package static let usualContexts = [
        Context(id: 1, abstractSyntax: verification, transferSyntaxes: [TestObject.implicitLittleEndian]),
        Context(id: 3, abstractSyntax: secondaryCapture, transferSyntaxes: [TestObject.explicitLittleEndian]),
    ]

    package static let releaseRequest: [UInt8] = [5, 0, 0, 0, 0, 4, 0, 0, 0, 0]
    package static let releaseReply: [UInt8] = [6, 0, 0, 0, 0, 4, 0, 0, 0, 0]
    package static let abort: [UInt8] = [7, 0, 0, 0, 0, 4, 0, 0, 0, 0]

    package static func pdu(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 0] + big(UInt32(body.count)) + body
    }

    package static func item(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, 0] + big(UInt16(value.count)) + value
    }

    package static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        TestObject.little(number).reversed()
    }

    package static func title(_ text: String) -> [UInt8] {
        Array((text + String(repeating: " ", count: 16)).utf8.prefix(16))
    }

    package static func associateRequest(
        called: String = "GLENOID", calling: String = "SCRIPT", contexts: [Context] = usualContexts,
        applicationContext: String = "1.2.840.10008.3.1.1.1", protocolVersion: UInt16 = 1,
        pduBytesMax: UInt32 = 16384,
        extra: [UInt8] = []
    ) -> [UInt8] {
        var body =
            big(protocolVersion) + [0, 0] + title(called) + title(calling) + [UInt8](repeating: 0, count: 32)
        body += item(0x10, Array(applicationContext.utf8))
        for context in contexts {
            let syntaxes = context.transferSyntaxes.flatMap { item(0x40, Array($0.utf8)) }
            body += item(
                0x20, [context.id, 0, 0, 0] + item(0x30, Array(context.abstractSyntax.utf8)) + syntaxes)
        }
        body += item(0x50, item(0x51, big(pduBytesMax)) + item(0x52, Array("1.2.3".utf8)) + extra)
        return pdu(1, body)
    }

    /// An answer that accepts, by number, with the transfer syntax given; `nil` refuses.
    package static func associateAccept(_ contexts: [(UInt8, String?)], pduBytesMax: UInt32 = 16384)
        -> [UInt8]
    {
        var body: [UInt8] =
            [0, 1, 0, 0] + title("PEER") + title("GLENOID") + [UInt8](repeating: 0, count: 32)
        body += item(0x10, Array("1.2.840.10008.3.1.1.1".utf8))
        for (id, syntax) in contexts {
            let result: UInt8 = syntax == nil ? 3 : 0
            let name = item(0x40, Array((syntax ?? TestObject.implicitLittleEndian).utf8))
            body += item(0x21, [id, 0, result, 0] + name)
        }
        body += item(0x50, item(0x51, big(pduBytesMax)) + item(0x52, Array("1.2.3".utf8)))
        return pdu(2, body)
    }

    package static func associateReject(_ result: UInt8, _ source: UInt8, _ reason: UInt8) -> [UInt8] {
        pdu(3, [0, result, source, reason])
    }

    package static func pdv(_ context: UInt8, _ control: UInt8, _ fragment: [UInt8]) -> [UInt8] {
        big(UInt32(fragment.count + 2)) + [context, control] + fragment
    }

    package static func command(_ context: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        pdu(4, pdv(context, 3, bytes))
    }

    package static func data(_ context: UInt8, _ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        pdu(4, pdv(context, isLast ? 2 : 0, bytes))
    }

    package static func commandSet(_ elements: [(UInt16, [UInt8])]) -> [UInt8] {
        let bytes = elements.flatMap { TestObject.element(0, $0.0, "", $0.1, isExplicit: false) }
        return TestObject.element(0, 0, "", TestObject.little(UInt32(bytes.count)), isExplicit: false) + bytes
    }

    package static func request(
        _ field: UInt16, sopClass: String, sopInstance: String? = nil, messageID: UInt16 = 1, hasDataSet: Bool
    ) -> [UInt8] {
        var elements: [(UInt16, [UInt8])] = [
            (0x0002, TestObject.padded(sopClass, 0)), (0x0100, TestObject.little(field)),
            (0x0110, TestObject.little(messageID)), (0x0700, [0, 0]),
            (0x0800, hasDataSet ? [0, 0] : [1, 1]),
        ]
        if let sopInstance { elements.append((0x1000, TestObject.padded(sopInstance, 0))) }
        return commandSet(elements)
    }

    package static let echoRequest = command(1, request(0x0030, sopClass: verification, hasDataSet: false))

    package static func storeRequest(_ object: TestObject = TestObject(), context: UInt8 = 3) -> [UInt8] {
        command(
            context,
            request(0x0001, sopClass: object.sopClass, sopInstance: object.sopInstance, hasDataSet: true))
    }

    package static func response(_ field: UInt16, to messageID: UInt16, status: UInt16, context: UInt8)
        -> [UInt8]
    {
        let elements: [(UInt16, [UInt8])] = [
            (0x0100, TestObject.little(field)), (0x0120, TestObject.little(messageID)), (0x0800, [1, 1]),
            (0x0900, TestObject.little(status)),
        ]
        return command(context, commandSet(elements))
    }
}

extension ScriptedPeer {
    /// Negotiates, and returns whether the association is there.
    package func associate(contexts: [Script.Context] = Script.usualContexts, pduBytesMax: UInt32 = 16384)
        -> Bool
    {
        send(Script.associateRequest(contexts: contexts, pduBytesMax: pduBytesMax))
        return receivePDU()?.type == 2
    }

    /// Sends an object in one fragment, and returns the status of the response.
    package func store(_ object: TestObject = TestObject(), context: UInt8 = 3) -> UInt16? {
        send(Script.storeRequest(object, context: context))
        send(Script.data(context, object.dataSet, isLast: true))
        return receivePDU()?.response?.status
    }

    /// The status of a C-ECHO's response.
    package func echo() -> UInt16? {
        send(Script.echoRequest)
        return receivePDU()?.response?.status
    }

    /// Releases in order.
    package func release() -> Bool {
        send(Script.releaseRequest)
        return receivePDU()?.type == 6
    }
}
