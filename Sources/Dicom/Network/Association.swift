/// One association of a provider; counts up from 1 in every process.
package struct AssociationID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number.
    package let rawValue: UInt64

    /// The association with this number.
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The number, as logs have it.
    package var description: String { String(rawValue) }
}

/// What a peer asks for with an A-ASSOCIATE-RQ.
///
/// Texts hold printable ASCII only.
package struct AssociationRequest: Sendable {
    /// The association that it would become.
    package let id: AssociationID
    /// The AE title that the peer wants to talk to, without padding.
    package let calledAE: String
    /// The peer's own AE title, without padding.
    package let callingAE: String
    /// The peer's numeric address, IPv4 or IPv6.
    package let peerAddress: String
    /// The peer's port.
    package let peerPort: Int
    /// The Implementation Class UID of the peer's software, as it came; often worth a line in a log.
    package let implementationClassUID: String
    /// The Implementation Version Name of the peer's software.
    package let implementationVersionName: String
    /// How many presentation contexts the peer proposes.
    package let contextCount: Int
    /// How many of them would be accepted.
    package let acceptableContextCount: Int

    /// A request as it comes from the network, or made up by a test.
    package init(
        id: AssociationID, calledAE: String, callingAE: String, peerAddress: String, peerPort: Int = 0,
        implementationClassUID: String = "", implementationVersionName: String = "", contextCount: Int = 1,
        acceptableContextCount: Int = 1
    ) {
        self.id = id
        self.calledAE = calledAE
        self.callingAE = callingAE
        self.peerAddress = peerAddress
        self.peerPort = peerPort
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        self.contextCount = contextCount
        self.acceptableContextCount = acceptableContextCount
    }
}

/// Why an association is rejected, in the numbers of PS3.8 9.3.4.
package struct AssociationRejection: Hashable, Sendable {
    /// 1 permanent, 2 transient.
    package let result: UInt8
    /// 1 service user, 2 service provider (ACSE), 3 service provider (presentation).
    package let source: UInt8
    /// What it means depends on the source.
    package let reason: UInt8

    /// A rejection of these numbers.
    package init(result: UInt8, source: UInt8, reason: UInt8) {
        self.result = result
        self.source = source
        self.reason = reason
    }

    /// Permanent, no reason given.
    package static let noReasonGiven = AssociationRejection(result: 1, source: 1, reason: 1)
    /// Permanent: the application context is not DICOM's.
    package static let applicationContextNotSupported = AssociationRejection(result: 1, source: 1, reason: 2)
    /// Permanent: who calls is not known here.
    package static let callingAENotRecognized = AssociationRejection(result: 1, source: 1, reason: 3)
    /// Permanent: who is called is not here.
    package static let calledAENotRecognized = AssociationRejection(result: 1, source: 1, reason: 7)
    /// Transient: try again later.
    package static let temporaryCongestion = AssociationRejection(result: 2, source: 3, reason: 1)
    /// Transient: as many associations as are allowed at once.
    package static let localLimitExceeded = AssociationRejection(result: 2, source: 3, reason: 2)

    /// The same request may be accepted later.
    package var isTransient: Bool { result == 2 }
}

extension AssociationRejection: CustomStringConvertible {
    /// In words, such as "rejected permanently: called AE title not recognized".
    package var description: String { "rejected \(isTransient ? "transiently" : "permanently"): \(meaning)" }

    private var meaning: String {
        switch (source, reason) {
        case (1, 1), (2, 1): "no reason given"
        case (1, 2): "application context name not supported"
        case (1, 3): "calling AE title not recognized"
        case (1, 7): "called AE title not recognized"
        case (2, 2): "protocol version not supported"
        case (3, 1): "temporary congestion"
        case (3, 2): "local limit exceeded"
        default: "source \(source), reason \(reason)"
        }
    }
}

/// What to do with a request.
package enum AssociationDecision: Hashable, Sendable {
    /// Let the peer in; ``StoreProviderDelegate/associationEnded(_:how:)`` follows, exactly once.
    case accept
    /// Turn the peer away.
    case reject(AssociationRejection)
}

/// How an association came to its end.
package struct AssociationEnd: Sendable, CustomStringConvertible {
    /// Whose doing it was.
    package enum Kind: Sendable, Hashable {
        /// In order, by the peer.
        case released
        /// By the peer's A-ABORT.
        case abortedByPeer
        /// The connection went away.
        case connectionLost
        /// The peer was silent or too slow; aborted by us.
        case timedOut
        /// The peer broke the protocol; aborted by us.
        case protocolViolation
        /// The provider is stopping; aborted by us.
        case shutDown
    }

    /// Whose doing it was.
    package let kind: Kind
    /// In words, for a log.
    package let text: String
    /// Objects answered with success or a warning.
    package let storedCount: Int
    /// Objects answered with a failure, or lost half-way.
    package let refusedCount: Int
    /// Bytes of all data sets.
    package let byteCount: Int
    /// From the connection to the end.
    package let duration: Duration

    /// An end as the network reports it, or made up by a test.
    package init(
        kind: Kind, text: String = "", storedCount: Int = 0, refusedCount: Int = 0, byteCount: Int = 0,
        duration: Duration = .zero
    ) {
        self.kind = kind
        self.text = text
        self.storedCount = storedCount
        self.refusedCount = refusedCount
        self.byteCount = byteCount
        self.duration = duration
    }

    /// One line for a log.
    package var description: String {
        "\(text); \(storedCount) stored, \(refusedCount) refused, \(byteCount) bytes in \(duration)"
    }
}
