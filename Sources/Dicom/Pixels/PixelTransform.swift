/// How the stored values of one frame become what a person should see: the grayscale pipeline of PS3.3 C.11
/// and N.2.
///
/// Modality LUT or rescale; VOI LUT, else the first window, else the frame's minimum and maximum; MONOCHROME1
/// inverted last, once. Decided by Photometric Interpretation alone: a Presentation LUT Shape that
/// contradicts it is recorded, not applied on top. Overlays are not drawn.
/// Colour becomes RGB.
package struct PixelTransform: Sendable {
    /// From stored values to those that the window is about.
    package enum Modality: Sendable, Equatable {
        /// The stored values are meant as they are.
        case identity
        /// Rescale Slope and Rescale Intercept (PS3.3 C.11.1.1.2).
        case rescale(slope: Double, intercept: Double)
        /// The Modality LUT Sequence's item (PS3.3 C.11.1.1.1).
        case lookupTable(LookupTable)
    }

    /// From there to grey.
    package enum VOI: Sendable, Equatable {
        /// The first item of the VOI LUT Sequence (PS3.3 C.11.2.1.1).
        case lookupTable(LookupTable)
        /// The first window (PS3.3 C.11.2.1.2).
        case window(Window)
        /// Neither is there: the frame's minimum and maximum.
        case range
    }

    /// The modality transformation.
    package let modality: Modality
    /// The value-of-interest transformation.
    package let voi: VOI
    /// Whether the largest value is black: MONOCHROME1.
    package let isInverted: Bool
    /// The tables of PALETTE COLOR; nil of other images.
    package let palette: Palette?
    /// What was decided before the value-of-interest transformation, in short sentences; no value of a
    /// patient's.
    package let stepsBeforeVOI: [String]
    /// What was decided about the value-of-interest transformation; nil of images that have none.
    package let voiStep: String?
    /// What was decided after it.
    package let stepsAfterVOI: [String]

    /// A transformation as given.
    package init(
        modality: Modality = .identity, voi: VOI = .range, isInverted: Bool = false, palette: Palette? = nil,
        stepsBeforeVOI: [String] = [], voiStep: String? = nil, stepsAfterVOI: [String] = []
    ) {
        self.modality = modality
        self.voi = voi
        self.isInverted = isInverted
        self.palette = palette
        self.stepsBeforeVOI = stepsBeforeVOI
        self.voiStep = voiStep
        self.stepsAfterVOI = stepsAfterVOI
    }

    /// Everything that was decided, in the order of the pipeline.
    package var steps: [String] { stepsBeforeVOI + (voiStep.map { [$0] } ?? []) + stepsAfterVOI }

    /// The value after the modality transformation.
    package func modalityValue(of stored: Double) -> Double {
        switch modality {
        case .identity: stored
        case .rescale(let slope, let intercept): stored * slope + intercept
        case .lookupTable(let table): table.output(for: stored)
        }
    }

    /// The grey value, 0 (black) to 1 (white), of a value after the modality transformation.
    ///
    /// - Parameter range: the lowest and highest such value of the frame; read only where `voi` is `range`. A
    ///   range of   one value makes black (white where inverted).
    package func grey(ofModalityValue value: Double, range: ClosedRange<Double>) -> Double {
        let grey =
            switch voi {
            case .lookupTable(let table): min(table.output(for: value) / table.outputMax, 1)
            case .window(let window): window.grey(of: value)
            case .range: range.lowerBound < range.upperBound ? range.share(of: value) : 0
            }
        return isInverted ? 1 - grey : grey
    }
}

/// The display stage of one frame: float64, 0 to 1.
package struct DisplayImage: Sendable {
    /// Rows.
    package let rows: Int
    /// Columns.
    package let columns: Int
    /// 1 (grey) or 3 (red, green, blue, interleaved).
    package let samplesPerPixel: Int
    /// The values in reading order.
    package let values: [Double]
    /// What was done, in short sentences in the order of the pipeline.
    package let steps: [String]

    /// An image as given; values that do not fill it stop the process.
    package init(rows: Int, columns: Int, samplesPerPixel: Int, values: [Double], steps: [String]) {
        precondition(values.count == rows * columns * samplesPerPixel, "values fill an image")
        self.rows = rows
        self.columns = columns
        self.samplesPerPixel = samplesPerPixel
        self.values = values
        self.steps = steps
    }
}

extension PixelTransform {
    /// The frame as a person should see it.
    ///
    /// The slow and readable version: `Classification` has a faster one for the network's input and tests it
    /// against this. Not a number in float pixel data becomes black and has no part in the range. Throws
    /// `unsupported` for colours that cannot be converted.
    ///
    /// - Parameter padding: stored values that show nothing: black, and without a part in the range.
    package func display(_ frame: Frame, padding: ClosedRange<Double>? = nil) throws(DicomError)
        -> DisplayImage
    {
        if let palette {
            var values: [Double] = []
            values.reserveCapacity(3 * frame.samples.count)
            for stored in frame.samples.doubles {
                let colour = palette.rgb(ofStored: stored)
                values.append(colour.red)
                values.append(colour.green)
                values.append(colour.blue)
            }
            return image(of: frame, values, adding: "Palette colours looked up.")
        }
        if frame.samplesPerPixel == 3 {
            let (values, step) = try frame.rgb()
            return image(of: frame, values, adding: step)
        }
        // In place: eight bytes a pixel are much already.
        var values = frame.samples.mapped { padding?.contains($0) == true ? .nan : modalityValue(of: $0) }
        let range = Self.range(of: values)
        for index in values.indices {
            let value = values[index]
            values[index] = value.isNaN ? 0 : grey(ofModalityValue: value, range: range)
        }
        return image(of: frame, values)
    }

    /// The lowest and the highest finite value; 0 and 0 where there is none.
    private static func range(of values: [Double]) -> ClosedRange<Double> {
        var (lowest, highest) = (Double.infinity, -Double.infinity)
        for value in values where value.isFinite {
            lowest = min(lowest, value)
            highest = max(highest, value)
        }
        return lowest <= highest ? lowest...highest : 0...0
    }

    private func image(of frame: Frame, _ values: [Double], adding step: String? = nil) -> DisplayImage {
        DisplayImage(
            rows: frame.rows, columns: frame.columns,
            samplesPerPixel: values.count / (frame.rows * frame.columns),
            values: values, steps: steps + (step.map { [$0] } ?? []))
    }
}

extension ClosedRange<Double> {
    /// How far along the range a value lies: 0 at its beginning, 1 at its end.
    ///
    /// By halves, which are exact: the length of a range of finite numbers can be infinite.
    package func share(of value: Double) -> Double {
        (value / 2 - lowerBound / 2) / (upperBound / 2 - lowerBound / 2)
    }
}
