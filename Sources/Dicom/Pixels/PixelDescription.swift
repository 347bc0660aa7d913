/// The attributes that say what the bytes of pixel data are (PS3.3 C.7.6.3), checked against one another and
/// against the limits before anything is read or allocated.
struct PixelDescription {
    let element: PixelDataElement
    let rows: Int
    let columns: Int
    let samplesPerPixel: Int
    let frameCount: Int
    let photometricInterpretation: PhotometricInterpretation
    let bitsAllocated: Int
    let bitsStored: Int
    let highBit: Int
    let isSigned: Bool
    /// Whether the colours of a frame follow one another as planes (Planar Configuration 1).
    let isPlanar: Bool

    /// How many samples one frame has once decoded.
    var sampleCount: Int { rows * columns * samplesPerPixel }

    /// Reads and checks the description.
    ///
    /// Throws `.absent(.pixelData)` if there is no image in the object, else an error that names the
    /// attribute which is missing, impossible or over a limit.
    init(_ dataset: Dataset) throws(DicomError) {
        guard let element = dataset.pixelData.first else {
            throw .absent(.pixelData, "is not in the object: it holds no image")
        }
        guard dataset.pixelData.count == 1 else {
            throw .badData(element.tag, "is there \(dataset.pixelData.count) times")
        }
        self.element = element
        rows = try Self.size(.rows, in: dataset)
        columns = try Self.size(.columns, in: dataset)
        frameCount = try Self.frameCount(in: dataset)
        photometricInterpretation = try Self.interpretation(in: dataset)
        samplesPerPixel = try Self.required(.samplesPerPixel, in: dataset)
        guard samplesPerPixel == photometricInterpretation.samplesPerPixel else {
            throw .badData(
                .samplesPerPixel,
                "is \(samplesPerPixel), which \(photometricInterpretation.rawValue) cannot have")
        }
        let isInteger = element.tag == .pixelData
        // PS3.3 C.7.6.24 and C.7.6.25 have MONOCHROME2 alone; MONOCHROME1 lies in the same way.
        guard isInteger || [.monochrome1, .monochrome2].contains(photometricInterpretation) else {
            throw .badData(
                .photometricInterpretation,
                "is \(photometricInterpretation.rawValue), which floating-point pixel data cannot have")
        }
        bitsAllocated =
            try isInteger ? Self.bitsAllocated(in: dataset) : element.tag == .floatPixelData ? 32 : 64
        bitsStored = try isInteger ? Self.bitsStored(in: dataset, allocated: bitsAllocated) : bitsAllocated
        highBit = try isInteger ? Self.highBit(in: dataset, bitsAllocated, bitsStored) : bitsAllocated - 1
        isSigned = isInteger ? try Self.isSigned(in: dataset) : true
        isPlanar = samplesPerPixel > 1 ? try Self.isPlanar(in: dataset) : false
        try checkLimits(dataset.limits)
    }

    /// Number of Frames; 1 where the object has no such attribute, because then it is a single-frame image.
    static func frameCount(in dataset: Dataset) throws(DicomError) -> Int {
        guard let value = dataset.value(.numberOfFrames), !value.strings(in: .default).allSatisfy(\.isEmpty)
        else {
            return 1
        }
        guard let count = value.integers.first, count > 0 else {
            throw .badData(.numberOfFrames, "is no number above zero")
        }
        return count
    }

    // MARK: - Single attributes

    private static func required(_ tag: Tag, in dataset: Dataset) throws(DicomError) -> Int {
        guard let value = dataset.value(tag), !value.bytes.isEmpty else { throw .absent(tag, "is missing") }
        guard let number = value.integers.first else { throw .badData(tag, "is no number") }
        return number
    }

    private static func size(_ tag: Tag, in dataset: Dataset) throws(DicomError) -> Int {
        let size = try required(tag, in: dataset)
        guard (1...65535).contains(size) else { throw .badData(tag, "is \(size)") }
        return size
    }

    private static func interpretation(in dataset: Dataset) throws(DicomError) -> PhotometricInterpretation {
        guard let term = dataset.string(.photometricInterpretation) else {
            throw .absent(.photometricInterpretation, "is missing")
        }
        guard let interpretation = PhotometricInterpretation(rawValue: term) else {
            // The term itself is not told: a broken object could have anything in there.
            throw .unsupported("an unknown or retired \(Tag.photometricInterpretation)")
        }
        return interpretation
    }

    private static func bitsAllocated(in dataset: Dataset) throws(DicomError) -> Int {
        let bits = try required(.bitsAllocated, in: dataset)
        guard [1, 8, 16, 32].contains(bits) else {
            throw .badData(.bitsAllocated, "is \(bits), not 1, 8, 16 or 32")
        }
        return bits
    }

    private static func bitsStored(in dataset: Dataset, allocated: Int) throws(DicomError) -> Int {
        let bits = try required(.bitsStored, in: dataset)
        guard (1...allocated).contains(bits) else {
            throw .badData(.bitsStored, "is \(bits) with \(allocated) bits allocated")
        }
        return bits
    }

    /// High Bit, which says where in the allocated bits the stored ones lie.
    ///
    /// It follows from Bits Stored in every object by today's standard, so its absence is no loss.
    private static func highBit(in dataset: Dataset, _ allocated: Int, _ stored: Int) throws(DicomError)
        -> Int
    {
        guard dataset.contains(.highBit) else { return stored - 1 }
        let bit = try required(.highBit, in: dataset)
        guard bit >= stored - 1, bit < allocated else {
            throw .badData(.highBit, "is \(bit) with \(stored) of \(allocated) bits stored")
        }
        return bit
    }

    private static func isSigned(in dataset: Dataset) throws(DicomError) -> Bool {
        let representation = try required(.pixelRepresentation, in: dataset)
        guard (0...1).contains(representation) else {
            throw .badData(.pixelRepresentation, "is \(representation)")
        }
        return representation == 1
    }

    private static func isPlanar(in dataset: Dataset) throws(DicomError) -> Bool {
        guard dataset.contains(.planarConfiguration) else { return false }
        let configuration = try required(.planarConfiguration, in: dataset)
        guard (0...1).contains(configuration) else {
            throw .badData(.planarConfiguration, "is \(configuration)")
        }
        return configuration == 1
    }

    private func checkLimits(_ limits: DatasetLimits) throws(DicomError) {
        guard sampleCount <= limits.frameSamplesMax else {
            throw .limit(
                "\(rows) × \(columns) × \(samplesPerPixel) samples in a frame, at most \(limits.frameSamplesMax)"
            )
        }
        let (total, overflow) = sampleCount.multipliedReportingOverflow(by: frameCount)
        guard !overflow, total <= limits.objectSamplesMax else {
            throw .limit(
                "\(frameCount) frames of \(sampleCount) samples, at most \(limits.objectSamplesMax) together")
        }
    }
}
