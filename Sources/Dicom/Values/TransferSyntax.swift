/// A transfer syntax (PS3.5 10, PS3.6 A): how elements and pixel data are written.
package struct TransferSyntax: Hashable, Sendable {
    /// Its UID.
    package let uid: UID
    /// Its name in PS3.6 table A-1.
    package let name: String
    /// How its pixel data is coded.
    package let coding: PixelCoding

    /// The codings of pixel data that are told apart.
    package enum PixelCoding: Hashable, Sendable {
        /// In the value of Pixel Data, as it is.
        case native
        /// In one fragment for each frame, as it is.
        case encapsulatedNative
        /// In one raw deflate stream for each frame.
        case deflatedFrame
        case rle
        /// Processes 1 to 29 of ITU-T T.81; `isLossless` for process 14.
        case jpeg(isLossless: Bool)
        case jpegLS
        /// Part 1 and, since the same decoder does both, HTJ2K (part 15).
        case jpeg2000
        /// Known, but there is no decoder for it here.
        case unsupported
    }

    /// Whether frames of this coding can be decoded.
    package var isDecodable: Bool { coding != .unsupported }

    /// Whether pixel data stands in fragments (PS3.5 A.4).
    package var isEncapsulated: Bool { coding != .native }

    /// Whether its pixel data may be coded with loss. A lossy syntax may hold a lossless frame, never the
    /// reverse.
    package var permitsLoss: Bool {
        if case .jpeg(let isLossless) = coding { return !isLossless }
        return Self.lossy.contains(uid)
    }

    private static let lossy: Set<UID> = Set(
        ["81", "91", "93", "112", "203"].compactMap { UID("1.2.840.10008.1.2.4.\($0)") })

    /// Whether the data set behind the meta information is deflated (PS3.5 A.5).
    package var isDeflated: Bool { self == .deflatedExplicitLittleEndian }

    /// How the data set's elements are written once inflated.
    var elementEncoding: ElementEncoding {
        switch self {
        case .implicitLittleEndian: .implicitLittle
        case .explicitBigEndian: .explicitBig
        default: .explicitLittle
        }
    }

    /// The known transfer syntax with this UID.
    package init?(uid: UID) {
        guard let known = Self.byUID[uid] else { return nil }
        self = known
    }

    /// A transfer syntax that is not in the table: explicit little endian (PS3.5 A.4 demands it of every
    /// encapsulated one), its pixel data unreadable.
    init(unknown uid: UID) {
        self.init(uid: uid, name: "unknown", coding: .unsupported)
    }

    private init(uid: UID, name: String, coding: PixelCoding) {
        self.uid = uid
        self.name = name
        self.coding = coding
    }

    private init(_ uid: StaticString, _ name: String, _ coding: PixelCoding) {
        self.init(uid: UID(literal: uid), name: name, coding: coding)
    }

    /// Implicit VR Little Endian, which every application has (PS3.5 10.1).
    package static let implicitLittleEndian = TransferSyntax(
        "1.2.840.10008.1.2", "Implicit VR Little Endian", .native)
    /// Explicit VR Little Endian.
    package static let explicitLittleEndian = TransferSyntax(
        "1.2.840.10008.1.2.1", "Explicit VR Little Endian", .native)
    /// Deflated Explicit VR Little Endian: the whole data set compressed.
    package static let deflatedExplicitLittleEndian = TransferSyntax(
        "1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", .native)
    /// Explicit VR Big Endian, retired and still in archives.
    package static let explicitBigEndian = TransferSyntax(
        "1.2.840.10008.1.2.2", "Explicit VR Big Endian (retired)", .native)

    /// Every transfer syntax that this program knows, those it cannot decode included.
    package static let all: [TransferSyntax] =
        [implicitLittleEndian, explicitLittleEndian, deflatedExplicitLittleEndian, explicitBigEndian]
        + encapsulated + refused

    private static let encapsulated: [TransferSyntax] = [
        .init(
            "1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian",
            .encapsulatedNative),
        .init("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", .deflatedFrame),
        .init("1.2.840.10008.1.2.5", "RLE Lossless", .rle),
        .init("1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)", .jpeg(isLossless: false)),
        .init("1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 and 4)", .jpeg(isLossless: false)),
        .init(
            "1.2.840.10008.1.2.4.53", "JPEG Spectral Selection (Process 6 and 8, retired)",
            .jpeg(isLossless: false)),
        .init(
            "1.2.840.10008.1.2.4.55", "JPEG Full Progression (Process 10 and 12, retired)",
            .jpeg(isLossless: false)),
        .init("1.2.840.10008.1.2.4.57", "JPEG Lossless (Process 14)", .jpeg(isLossless: true)),
        .init(
            "1.2.840.10008.1.2.4.70", "JPEG Lossless (Process 14, Selection Value 1)", .jpeg(isLossless: true)
        ),
        .init("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", .jpegLS),
        .init("1.2.840.10008.1.2.4.81", "JPEG-LS Lossy (Near-Lossless)", .jpegLS),
        .init("1.2.840.10008.1.2.4.90", "JPEG 2000 (Lossless Only)", .jpeg2000),
        .init("1.2.840.10008.1.2.4.91", "JPEG 2000", .jpeg2000),
        .init("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 (Lossless Only)", .jpeg2000),
        .init(
            "1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)",
            .jpeg2000),
        .init("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", .jpeg2000),
    ]

    private static let refused: [TransferSyntax] = [
        .init("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component (Lossless Only)", .unsupported),
        .init("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component", .unsupported),
        .init("1.2.840.10008.1.2.4.94", "JPIP Referenced", .unsupported),
        .init("1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate", .unsupported),
        .init("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level", .unsupported),
        .init("1.2.840.10008.1.2.4.101", "MPEG2 Main Profile / High Level", .unsupported),
        .init("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1", .unsupported),
        .init(
            "1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", .unsupported
        ),
        .init(
            "1.2.840.10008.1.2.4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", .unsupported),
        .init(
            "1.2.840.10008.1.2.4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", .unsupported),
        .init("1.2.840.10008.1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", .unsupported),
        .init("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile / Level 5.1", .unsupported),
        .init("1.2.840.10008.1.2.4.108", "HEVC/H.265 Main 10 Profile / Level 5.1", .unsupported),
        .init("1.2.840.10008.1.2.4.110", "JPEG XL Lossless", .unsupported),
        .init("1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression", .unsupported),
        .init("1.2.840.10008.1.2.4.112", "JPEG XL", .unsupported),
        .init("1.2.840.10008.1.2.4.204", "JPIP HTJ2K Referenced", .unsupported),
        .init("1.2.840.10008.1.2.4.205", "JPIP HTJ2K Referenced Deflate", .unsupported),
    ]

    private static let byUID = Dictionary(uniqueKeysWithValues: all.map { ($0.uid, $0) })
}

extension TransferSyntax: CustomStringConvertible {
    /// Its name and UID.
    package var description: String { "\(name) (\(uid))" }
}
