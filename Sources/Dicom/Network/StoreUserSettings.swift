/// Where a ``StoreUser`` sends to, and how long it waits.
package struct StoreUserSettings: Sendable, Hashable {
    /// A name or an IPv4 address; IPv6 by name only.
    package var host: String
    /// The peer's port.
    package var port: Int
    /// The peer's AE title, 1 to 16 characters.
    package var calledAE: String
    /// Our AE title, 1 to 16 characters.
    package var callingAE: String
    /// The largest PDU that the peer may send, 4,096 to 131,072 bytes.
    package var pduBytesMax = 131_072
    /// For the TCP connection; rounded up to whole seconds.
    package var connectSeconds = 10.0
    /// From the A-ASSOCIATE-RQ to its answer.
    package var requestSeconds = 30.0
    /// For the peer to take a PDU of ours, and within a PDU of the peer's.
    package var pduSeconds = 60.0
    /// For the peer to take an object whole, however it spreads its pauses.
    package var objectSeconds = 240.0
    /// From the last byte of an object to its response, whole.
    ///
    /// Some archives store before they answer.
    package var answerSeconds = 120.0
    /// For the release, and for the peer to close.
    package var farewellSeconds = 5.0
    /// An association unused for so long is closed by ``StoreUser/closeIfIdle()``, and not used again.
    package var idleSeconds = 10.0

    /// A destination with the default times.
    package init(host: String, port: Int, calledAE: String, callingAE: String) {
        self.host = host
        self.port = port
        self.calledAE = calledAE
        self.callingAE = callingAE
    }
}

/// Why an object was not sent, or an echo not answered.
///
/// A response's status is no error, whatever it says.
package enum StoreUserError: Error, Sendable, Equatable {
    /// The host name has no address.
    case unresolved(String)
    /// No connection to the host's port.
    case unreachable(String)
    /// The peer rejected the association.
    case rejected(AssociationRejection)
    /// The peer accepted the association, but no presentation context for this SOP class that the object could be
    /// sent in.
    case noPresentationContext(UID)
    /// The peer aborted the association.
    case aborted(String)
    /// The connection ended.
    case connectionLost(String)
    /// The peer did not answer, or did not take what was sent, in time.
    case timedOut(String)
    /// The peer broke the protocol.
    case protocolViolation(String)
    /// The file is not there, is no DICOM file, or cannot be sent in the encoding that the peer wants.
    case badFile(String)
    /// The file cannot be read now: the disk, or too many open files.
    case unreadable(String)

    /// The same file may get through later.
    ///
    /// A peer that is configured otherwise by then is not counted on.
    package var isTransient: Bool {
        switch self {
        case .unresolved, .unreachable, .aborted, .connectionLost, .timedOut, .protocolViolation, .unreadable:
            true
        case .rejected(let rejection): rejection.isTransient
        case .noPresentationContext, .badFile: false
        }
    }
}

extension StoreUserError: CustomStringConvertible {
    /// One line for a log or a dead letter.
    package var description: String {
        switch self {
        case .unresolved(let text), .unreachable(let text), .aborted(let text), .timedOut(let text): text
        case .connectionLost(let text): "connection lost: \(text)"
        case .protocolViolation(let text): "the peer broke the protocol: \(text)"
        case .badFile(let text): "the file cannot be sent: \(text)"
        case .unreadable(let text): "the file cannot be read: \(text)"
        case .rejected(let rejection): "association \(rejection)"
        case .noPresentationContext(let uid): "the peer accepts no presentation context for SOP class \(uid)"
        }
    }
}
