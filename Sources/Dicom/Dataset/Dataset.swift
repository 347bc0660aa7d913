internal import CDCMTK

/// A DICOM object opened for reading: its attributes and its frames.
///
/// Owns DCMTK's data set and frees it. Not `Sendable`: one thread at a time uses it, and so its items. Pixel
/// data stays in the file and is read frame by frame.
@safe package final class Dataset: AttributeSource {
    /// How the object is written.
    ///
    /// Where the object has no meta information: found by looking at it.
    package let transferSyntax: TransferSyntax
    package let characterSet: SpecificCharacterSet

    /// How many threads one frame may be decoded with. Only JPEG 2000 makes use of more than one.
    package var decodingThreads = 1

    /// Where the bytes are: the file, memory, or what a deflated data set inflated to.
    let source: ByteSource
    /// The pixel data elements of the data set, usually one or none.
    let pixelData: [PixelDataElement]
    /// How elements, and with them native pixel data, are written.
    let encoding: ElementEncoding
    let limits: DatasetLimits
    /// Values too long to be read (``DatasetLimits/valueBytesMax``).
    private let omitted: Set<Tag>
    private let pointer: OpaquePointer

    /// Opens the object in the file at `path`: Part 10, or a data set without meta information that can be
    /// recognised.
    ///
    /// The file must stay as it is for as long as frames are wanted. Throws `.world` if the file cannot be
    /// read, `.badData` if it is no DICOM object or broken, `.limit` if it is larger, deeper or more numerous
    /// than `limits`.
    package convenience init(path: String, limits: DatasetLimits = .standard) throws(DicomError) {
        try self.init(source: ByteSource(path: path), limits: limits)
    }

    /// Opens the object in these bytes; as ``init(path:limits:)``.
    package convenience init(bytes: [UInt8], limits: DatasetLimits = .standard) throws(DicomError) {
        try self.init(source: ByteSource(bytes: bytes), limits: limits)
    }

    private init(source: ByteSource, limits: DatasetLimits) throws(DicomError) {
        let opened = try OpenedObject(source, limits: limits)
        try DicomError.check(cdcmtk_initialise())
        var parsed: OpaquePointer?
        try DicomError.check(
            unsafe opened.elements.withUnsafeBufferPointer {
                unsafe cdcmtk_dataset_read($0.baseAddress, $0.count, opened.encoding.bridged, &parsed)
            })
        guard let parsed = unsafe parsed else {
            preconditionFailure("the bridge gave success without a data set")
        }
        unsafe pointer = parsed
        self.source = opened.source
        self.limits = limits
        transferSyntax = opened.transferSyntax
        encoding = opened.encoding
        pixelData = opened.layout.pixelData
        omitted = opened.layout.omitted
        let terms = unsafe ItemHandle(cdcmtk_dataset_root(parsed)).value(.specificCharacterSet)?
            .characterSetTerms
        characterSet = SpecificCharacterSet(terms ?? [])
    }

    deinit { unsafe cdcmtk_dataset_free(pointer) }

    package func contains(_ tag: Tag) -> Bool {
        root.contains(tag) || omitted.contains(tag) || pixelData.contains { $0.tag == tag }
    }

    /// The element's value.
    ///
    /// Pixel data has none here: ask for frames.
    package func value(_ tag: Tag) -> ElementValue? { root.value(tag) }

    package func items(_ tag: Tag) -> [Item] {
        root.items(tag).map { Item(self, $0, inherited: characterSet) }
    }

    /// The bridge's view of the data set, valid as long as this object.
    var root: ItemHandle { unsafe ItemHandle(cdcmtk_dataset_root(pointer)) }
}

/// An object whose beginning was understood and whose elements were scanned: what DCMTK may parse now.
struct OpenedObject {
    /// The source in which the layout's offsets count.
    let source: ByteSource
    let transferSyntax: TransferSyntax
    let encoding: ElementEncoding
    let layout: ElementScanner.Layout
    /// The bytes of all elements but pixel data.
    let elements: [UInt8]

    /// Recognises, inflates and scans `source`.
    init(_ original: ByteSource, limits: DatasetLimits) throws(DicomError) {
        guard original.count <= limits.objectBytesMax else {
            throw .limit("the object has \(original.count) bytes, at most \(limits.objectBytesMax)")
        }
        var cursor = ByteCursor(original)
        let header = try ObjectHeader.read(&cursor)
        let declared = header.transferSyntaxUID.flatMap { UID(received: $0) }.map {
            TransferSyntax(uid: $0) ?? TransferSyntax(unknown: $0)
        }
        var offset = header.datasetOffset
        if declared?.isDeflated == true {
            source = try Self.inflated(original, from: offset, limits: limits)
            cursor = ByteCursor(source)
            offset = 0
        } else {
            source = original
        }
        guard
            let encoding = try EncodingProbe.encoding(
                &cursor, at: offset, declared: declared?.elementEncoding, isMarked: header.isMarked)
        else {
            throw .badData(nil, header.isMarked ? "the data set cannot be read" : "not a DICOM object")
        }
        self.encoding = encoding
        transferSyntax = declared ?? Self.assumed(encoding)
        var scanner = ElementScanner(source, limits: limits)
        layout = try scanner.scan(from: offset, encoding: encoding)
        var elements: [UInt8] = []
        for segment in layout.segments { elements += try source.bytes(segment) }
        self.elements = elements
    }

    private static func assumed(_ encoding: ElementEncoding) -> TransferSyntax {
        switch encoding {
        case .implicitLittle: .implicitLittleEndian
        case .explicitLittle: .explicitLittleEndian
        case .explicitBig, .implicitBig: .explicitBigEndian
        }
    }

    private static func inflated(
        _ source: ByteSource, from offset: Int, limits: DatasetLimits
    ) throws(DicomError) -> ByteSource {
        guard source.count - offset <= limits.inflatedBytesMax else {
            throw .limit(
                "the deflated data set has \(source.count - offset) bytes, at most \(limits.inflatedBytesMax)"
            )
        }
        let deflated = try source.bytes(offset..<source.count)
        return ByteSource(bytes: try Inflation.inflated(deflated, bytesMax: limits.inflatedBytesMax))
    }
}

/// Inflating through the bridge.
enum Inflation {
    /// What `deflated` inflates to; `.limit` if that is more than `bytesMax`, found before memory is taken
    /// for it.
    static func inflated(_ deflated: [UInt8], bytesMax: Int) throws(DicomError) -> [UInt8] {
        var count = 0
        try DicomError.check(unsafe cdcmtk_inflate(deflated, deflated.count, nil, bytesMax, &count))
        var bytes = [UInt8](repeating: 0, count: count)
        try DicomError.check(unsafe cdcmtk_inflate(deflated, deflated.count, &bytes, count, &count))
        return bytes
    }
}
