// A destination that misbehaves.
import Foundation

/// A port of 127.0.0.1 that takes connections and treats each in one bad manner, until it goes.
@safe final class OddPort: Sendable {
    enum Manner: String, CaseIterable, Sendable {
        /// Connections wait in the kernel's queue for ever.
        case neverAccepts
        /// Takes the connection and everything that comes, and says nothing.
        case neverAnswers
        /// The beginning of an A-ASSOCIATE-AC, one byte a second.
        case oneByteASecond
        /// Closes at once.
        case hangsUp
        /// A-ABORT at once (PS3.8 9.3.8).
        case aborts
        /// Half of a PDU, then a reset.
        case vanishesInAPDU
    }

    let port: Int
    private let descriptor: Int32

    init(_ manner: Manner) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe bind(descriptor, $0, length)
                _ = listen(descriptor, 16)
                _ = unsafe getsockname(descriptor, $0, &length)
            }
        }
        self.descriptor = descriptor
        port = Int(in_port_t(bigEndian: address.sin_port))
        guard manner != .neverAccepts else { return }
        Thread.detachNewThread {
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else { return }
                Thread.detachNewThread {
                    Self.treat(accepted, manner)
                    close(accepted)
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private static func treat(_ connection: Int32, _ manner: Manner) {
        switch manner {
        case .neverAccepts, .hangsUp: return
        case .neverAnswers: while read(connection) {}
        case .oneByteASecond:
            for byte in [2, 0, 0, 0, 1, 0] as [UInt8] + [UInt8](repeating: 0, count: 250) {
                guard write([byte], to: connection) else { return }
                Thread.sleep(forTimeInterval: 1)
            }
        case .aborts:
            _ = read(connection)
            _ = write([7, 0, 0, 0, 0, 4, 0, 0, 2, 0], to: connection)
        case .vanishesInAPDU:
            _ = read(connection)
            _ = write([2, 0, 0, 0, 1, 0, 0, 1], to: connection)
            var linger = linger(l_onoff: 1, l_linger: 0)
            let size = socklen_t(MemoryLayout<Foundation.linger>.size)
            _ = unsafe setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, size)
        }
    }

    private static func read(_ connection: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65536)
        return unsafe bytes.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
            > 0
    }

    private static func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        unsafe bytes.withUnsafeBytes {
            unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        } == bytes.count
    }
}
