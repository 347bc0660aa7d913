/// How a provider listens and what it puts up with.
package struct StoreProviderSettings: Sendable {
    /// The numeric address to listen on, IPv4 or IPv6.
    ///
    /// Default: every IPv4 address.
    package var bind = "0.0.0.0"
    /// The port to listen on; 0: any free one, see ``StoreProvider/port``.
    package var port = 11112
    /// The largest PDU that peers may send, 4,096 to 131,072 bytes (DCMTK's maximum).
    package var pduBytesMax = 131_072
    /// Associations at once; one more is answered "local limit exceeded", which senders try again.
    package var associationsMax = 16
    /// Connections that have not become an association yet; one more ends the oldest of them.
    package var handshakesMax = 32
    /// The largest data set in bytes; a larger one is answered A700 and not kept.
    package var dataSetBytesMax = 2_000_000_000
    /// From the connection to the whole A-ASSOCIATE-RQ.
    package var requestSeconds = 15.0
    /// Without a message on an association.
    package var idleSeconds = 300.0
    /// Within a message: from one PDU to the next, within a PDU, and until a PDU of ours is taken.
    package var pduSeconds = 30.0
    /// How long a peer may take to close after the last PDU.
    package var farewellSeconds = 2.0
    /// Bytes a second that a data set must average, once `pduSeconds` are over.
    package var rateMinimum = 1_024.0
    /// Accepted in a presentation context; the first of the peer's that is among them is taken.
    package var transferSyntaxes = Self.decodableTransferSyntaxes

    /// The defaults.
    package init() {}

    /// Every transfer syntax that can be decoded here.
    ///
    /// Not among them: MPEG, JPEG 2000 part 2, JPIP, JPEG XL.
    package static let decodableTransferSyntaxes = TransferSyntax.all.filter(\.isDecodable).map(\.uid)
}
