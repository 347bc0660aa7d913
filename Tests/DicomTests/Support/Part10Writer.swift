import Dicom

/// Writes small DICOM objects for tests, byte by byte, so that broken ones can be made as easily as right
/// ones.
struct Part10Writer {
    enum Encoding { case implicitLittle, explicitLittle, explicitBig }

    private(set) var bytes: [UInt8] = []
    let encoding: Encoding

    init(_ encoding: Encoding = .explicitLittle) { self.encoding = encoding }

    private var bigEndian: Bool { encoding == .explicitBig }
    private static let longVRs: Set<String> = [
        "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
    ]

    mutating func uint16(_ number: UInt16) {
        let pair = [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)]
        bytes += bigEndian ? pair.reversed() : pair
    }

    mutating func uint32(_ number: UInt32) {
        let low = UInt16(truncatingIfNeeded: number), high = UInt16(number >> 16)
        uint16(bigEndian ? high : low)
        uint16(bigEndian ? low : high)
    }

    mutating func raw(_ more: [UInt8]) { bytes += more }

    /// The header of an element; `length` may lie.
    mutating func header(_ tag: Tag, _ vr: String, length: UInt32) {
        uint16(tag.group)
        uint16(tag.element)
        if encoding == .implicitLittle || tag.group == 0xFFFE { return uint32(length) }
        bytes += Array(vr.utf8)
        if Self.longVRs.contains(vr) {
            uint16(0)
            uint32(length)
        } else {
            uint16(UInt16(truncatingIfNeeded: length))
        }
    }

    mutating func element(_ tag: Tag, _ vr: String, _ value: [UInt8]) {
        let padding: UInt8 = ["UI", "OB", "UN"].contains(vr) ? 0 : UInt8(ascii: " ")
        let padded = value.count % 2 == 0 ? value : value + [padding]
        header(tag, vr, length: UInt32(padded.count))
        bytes += padded
    }

    mutating func text(_ tag: Tag, _ vr: String, _ text: String) { element(tag, vr, Array(text.utf8)) }

    mutating func us(_ tag: Tag, _ numbers: UInt16...) {
        header(tag, "US", length: UInt32(numbers.count * 2))
        numbers.forEach { uint16($0) }
    }

    mutating func ss(_ tag: Tag, _ number: Int16) {
        header(tag, "SS", length: 2)
        uint16(UInt16(bitPattern: number))
    }

    mutating func words(_ tag: Tag, _ vr: String, _ numbers: [UInt16]) {
        header(tag, vr, length: UInt32(numbers.count * 2))
        numbers.forEach { uint16($0) }
    }

    /// A sequence of undefined length of items of undefined length.
    mutating func sequence(_ tag: Tag, _ items: [(inout Part10Writer) -> Void]) {
        header(tag, "SQ", length: .max)
        for item in items {
            header(Tag(0xFFFE, 0xE000), "", length: .max)
            item(&self)
            header(Tag(0xFFFE, 0xE00D), "", length: 0)
        }
        header(Tag(0xFFFE, 0xE0DD), "", length: 0)
    }

    /// A sequence of defined length of items of defined length.
    mutating func definedSequence(_ tag: Tag, _ items: [(inout Part10Writer) -> Void]) {
        var inner = Part10Writer(encoding)
        for item in items {
            var one = Part10Writer(encoding)
            item(&one)
            inner.header(Tag(0xFFFE, 0xE000), "", length: UInt32(one.bytes.count))
            inner.raw(one.bytes)
        }
        header(tag, "SQ", length: UInt32(inner.bytes.count))
        raw(inner.bytes)
    }

    /// Encapsulated pixel data: the offset table, then one fragment each.
    mutating func fragments(_ fragments: [[UInt8]], offsets: [UInt32] = []) {
        header(.pixelData, "OB", length: .max)
        header(Tag(0xFFFE, 0xE000), "", length: UInt32(offsets.count * 4))
        offsets.forEach { uint32($0) }
        for fragment in fragments {
            let even = fragment.count % 2 == 0 ? fragment : fragment + [0]
            header(Tag(0xFFFE, 0xE000), "", length: UInt32(even.count))
            raw(even)
        }
        header(Tag(0xFFFE, 0xE0DD), "", length: 0)
    }

    /// The data set written so far, with preamble and file meta information before it.
    func part10(_ transferSyntax: String? = nil) -> [UInt8] {
        let standard =
            switch encoding {
            case .implicitLittle: "1.2.840.10008.1.2"
            case .explicitLittle: "1.2.840.10008.1.2.1"
            case .explicitBig: "1.2.840.10008.1.2.2"
            }
        var meta = Part10Writer(.explicitLittle)
        meta.text(.transferSyntaxUID, "UI", transferSyntax ?? standard)
        var file = Part10Writer(.explicitLittle)
        file.raw([UInt8](repeating: 0, count: 128) + Array("DICM".utf8))
        file.header(Tag(0x0002, 0x0000), "UL", length: 4)
        file.uint32(UInt32(meta.bytes.count))
        return file.bytes + meta.bytes + bytes
    }
}

extension Part10Writer {
    /// What an image needs besides its pixel data.
    struct Image {
        var rows: UInt16 = 2
        var columns: UInt16 = 2
        var samplesPerPixel: UInt16 = 1
        var photometricInterpretation = "MONOCHROME2"
        var frames: Int?
        var bitsAllocated: UInt16 = 16
        var bitsStored: UInt16?
        var highBit: UInt16?
        var pixelRepresentation: UInt16 = 0
        var planarConfiguration: UInt16?
        /// Secondary Capture Image Storage.
        var sopClassUID = "1.2.840.10008.5.1.4.1.1.7"
        /// Attributes to leave out.
        var without: Set<Tag> = []
    }

    /// The attributes of an image, in order.
    mutating func image(_ image: Image) {
        func unless(_ tag: Tag, _ write: (inout Part10Writer) -> Void) {
            if !image.without.contains(tag) { write(&self) }
        }
        text(.sopClassUID, "UI", image.sopClassUID)
        text(.sopInstanceUID, "UI", "2.25.1")
        unless(.samplesPerPixel) { $0.us(.samplesPerPixel, image.samplesPerPixel) }
        unless(.photometricInterpretation) {
            $0.text(.photometricInterpretation, "CS", image.photometricInterpretation)
        }
        if let planar = image.planarConfiguration { us(.planarConfiguration, planar) }
        if let frames = image.frames { text(.numberOfFrames, "IS", String(frames)) }
        unless(.rows) { $0.us(.rows, image.rows) }
        unless(.columns) { $0.us(.columns, image.columns) }
        unless(.bitsAllocated) { $0.us(.bitsAllocated, image.bitsAllocated) }
        let stored = image.bitsStored ?? image.bitsAllocated
        unless(.bitsStored) { $0.us(.bitsStored, stored) }
        unless(.highBit) { $0.us(.highBit, image.highBit ?? stored - 1) }
        unless(.pixelRepresentation) { $0.us(.pixelRepresentation, image.pixelRepresentation) }
    }
}
