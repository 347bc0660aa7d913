/// Decides for a ``StoreProvider`` and takes what arrives.
///
/// Every call is made on the association's own thread and may block; a peer waits for its response meanwhile.
package protocol StoreProviderDelegate: AnyObject, Sendable {
    /// Whether a peer is let in. Not asked where the protocol or the ceiling has decided already.
    func decide(on request: AssociationRequest) -> AssociationDecision

    /// An association that was accepted has ended. The last call about it, whatever happened.
    func associationEnded(_ id: AssociationID, how: AssociationEnd)

    /// An object is announced: where to write it, or why it is refused.
    ///
    /// After `.receive` exactly one of ``endStore(_:)`` and ``abandonStore(_:path:reason:)`` follows.
    func beginStore(_ request: StoreRequest) -> StoreDecision

    /// The object's file is written and closed, but not synced. The status returned is what the peer is told.
    ///
    /// The file is the delegate's from here on, whatever it answers.
    func endStore(_ stored: ReceivedFile) -> DIMSEStatus

    /// The object did not arrive whole, is empty or over the limit, or could not be written. The path may hold a
    /// part of it, or nothing; removing it is up to the delegate. The peer has not been told success.
    func abandonStore(_ request: StoreRequest, path: String, reason: String)

    /// Something worth a line in a log has happened. Does nothing by default.
    func note(_ note: StoreProviderNote)
}

extension StoreProviderDelegate {
    /// Does nothing.
    package func note(_ note: StoreProviderNote) {}
}

/// A C-STORE-RQ whose data set is about to arrive.
package struct StoreRequest: Sendable {
    /// The association it came on.
    package let association: AssociationID
    /// Who sends it.
    package let callingAE: String
    /// Affected SOP Class UID: that of the presentation context.
    package let sopClassUID: UID
    /// Affected SOP Instance UID: digits and full stops only, so it can be part of a path.
    package let sopInstanceUID: UID
    /// The transfer syntax of the presentation context.
    package let transferSyntaxUID: UID

    /// A request as it comes from the network, or made up by a test.
    package init(
        association: AssociationID, callingAE: String, sopClassUID: UID, sopInstanceUID: UID,
        transferSyntaxUID: UID
    ) {
        self.association = association
        self.callingAE = callingAE
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
    }
}

/// What to do with an announced object.
package enum StoreDecision: Sendable {
    /// Write it to a new file at this path, of at most 4,095 bytes of UTF-8.
    ///
    /// Should its file system come to have fewer free bytes than `freeBytesMin` while it arrives, it is abandoned and
    /// answered with 0xA700: the size of an object is not known before its end.
    case receive(path: String, freeBytesMin: Int64 = 0)
    /// Read it, forget it, and answer this.
    case refuse(DIMSEStatus)
}

/// Whether a data set is the object that its C-STORE-RQ announced, judged by its first 16 KiB.
///
/// Nothing is refused for it: whether an object under another UID is kept is the delegate's decision.
package enum DataSetIdentity: Sendable, Hashable {
    /// SOP Class UID and SOP Instance UID are those of the request.
    case confirmed
    /// Another SOP Class UID or SOP Instance UID stands in the data set.
    case differs
    /// One of the two is not in the data set.
    case absent
    /// Not a data set of the negotiated transfer syntax.
    case unreadable
    /// Deflated, or too far from the beginning: not looked at.
    case unknown
}

/// A file that has arrived whole: PS3.10 preamble and meta information, then the data set byte for byte.
package struct ReceivedFile: Sendable {
    /// What announced it.
    package let request: StoreRequest
    /// Where it is.
    package let path: String
    /// Of the file.
    package let fileByteCount: Int
    /// Of the data set alone.
    package let byteCount: Int
    /// SHA-256 of the data set alone, as it arrived.
    package let digest: Digest
    /// Whether it is what was announced.
    package let identity: DataSetIdentity

    /// A file as it comes from the network, or made up by a test.
    package init(
        request: StoreRequest, path: String, fileByteCount: Int, byteCount: Int, digest: Digest,
        identity: DataSetIdentity = .confirmed
    ) {
        self.request = request
        self.path = path
        self.fileByteCount = fileByteCount
        self.byteCount = byteCount
        self.digest = digest
        self.identity = identity
    }
}

/// Something about connections that no other call of the delegate tells.
///
/// No text holds an element's value.
package struct StoreProviderNote: Sendable, CustomStringConvertible {
    /// What it is about.
    package enum Kind: Sendable, Hashable {
        /// Opened and closed without a byte, as load balancers do: not worth more than a debug line.
        case probe
        /// Connected, but sent no proper A-ASSOCIATE-RQ.
        case noRequest
        /// Turned away with an A-ASSOCIATE-RJ.
        case rejected
        /// Let in.
        case established
        /// A message was answered with a failure without asking the delegate.
        case refused
        /// The machine lacks descriptors, threads or memory.
        case trouble
    }

    /// What it is about.
    package let kind: Kind
    /// The association, where there is one already.
    package let association: AssociationID?
    /// The peer's numeric address; empty where no peer is involved.
    package let peerAddress: String
    /// In words.
    package let text: String

    /// One line for a log.
    package var description: String {
        let number = association.map { "association \($0), " } ?? ""
        return peerAddress.isEmpty ? text : "\(number)\(peerAddress): \(text)"
    }
}
