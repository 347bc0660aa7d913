package import Dicom

/// What a data set says about one frame, as far as preparing it needs to know.
package struct FrameDescription: Sendable {
    /// The grayscale pipeline.
    package let transform: PixelTransform
    /// Stored values that are padding (PS3.3 C.7.5.1.1.2); nil where none is declared.
    package let padding: ClosedRange<Double>?
    /// The height of a pixel divided by its width.
    package let pixelAspect: Double
    /// What is worth recording before anything else.
    package let steps: [String]

    /// A description as given.
    package init(
        transform: PixelTransform, padding: ClosedRange<Double>? = nil, pixelAspect: Double = 1,
        steps: [String] = []
    ) {
        self.transform = transform
        self.padding = padding
        self.pixelAspect = pixelAspect
        self.steps = steps
    }

    /// What the data set says about the frame, counted from 0.
    package init(_ dataset: Dataset, frameIndex: Int) throws(DicomError) {
        transform = try PixelTransform(dataset: dataset, frameIndex: frameIndex)
        padding = Self.padding(in: dataset)
        pixelAspect = Self.pixelAspect(in: dataset, frameIndex: frameIndex)
        let frameCount = dataset.frameCount
        steps = frameCount > 1 ? ["Frame \(frameIndex + 1) of \(frameCount)."] : []
    }

    /// The padding value, or the range from it to its limit in either order.
    private static func padding(in dataset: Dataset) -> ClosedRange<Double>? {
        let pairs: [(value: Dicom.Tag, limit: Dicom.Tag)] = [
            (.pixelPaddingValue, .pixelPaddingRangeLimit),
            (.floatPixelPaddingValue, .floatPixelPaddingRangeLimit),
            (.doubleFloatPixelPaddingValue, .doubleFloatPixelPaddingRangeLimit),
        ]
        for (valueTag, limitTag) in pairs {
            guard let value = dataset.double(valueTag), value.isFinite else { continue }
            let limit = dataset.double(limitTag).flatMap { $0.isFinite ? $0 : nil } ?? value
            let isInteger = valueTag == .pixelPaddingValue
            let (first, last) = isInteger ? (signed(value, dataset), signed(limit, dataset)) : (value, limit)
            return min(first, last)...max(first, last)
        }
        return nil
    }

    /// The sixteen bits as Pixel Representation means them: the attribute's VR is "US or SS", and writers get it wrong.
    private static func signed(_ value: Double, _ dataset: Dataset) -> Double {
        guard abs(value) <= 65535 else { return value }
        let isSigned = dataset.integer(.pixelRepresentation) == 1
        if isSigned { return value >= 32768 ? value - 65536 : value }
        return value < 0 ? value + 65536 : value
    }

    /// Nominal Scanned Pixel Spacing, of film that was digitised.
    private static let nominalScannedPixelSpacing = Dicom.Tag(0x0018, 0x2010)

    /// From the spacing between rows and columns, else from Pixel Aspect Ratio (PS3.3 C.7.6.3.1.7).
    ///
    /// Less than one part in a thousand is rounding of the spacing; more than ten times is a mistake. Both count as 1.
    private static func pixelAspect(in dataset: Dataset, frameIndex: Int) -> Double {
        let perFrame = dataset.items(.perFrameFunctionalGroupsSequence)
        let own =
            perFrame.indices.contains(frameIndex)
            ? perFrame[frameIndex].items(.pixelMeasuresSequence).first : nil
        let shared = dataset.items(.sharedFunctionalGroupsSequence).first?.items(.pixelMeasuresSequence).first
        let candidates = [
            (own ?? shared)?.doubles(.pixelSpacing) ?? [], dataset.doubles(.pixelSpacing),
            dataset.doubles(.imagerPixelSpacing), dataset.doubles(nominalScannedPixelSpacing),
            dataset.doubles(.pixelAspectRatio),
        ]
        for pair in candidates where pair.count == 2 && pair.allSatisfy({ $0.isFinite && $0 > 0 }) {
            let aspect = pair[0] / pair[1]
            return abs(aspect - 1) > 0.001 && (0.1...10).contains(aspect) ? aspect : 1
        }
        return 1
    }
}
