internal import Dicom

extension Preparation {
    /// The resized greys of a monochrome frame: padding masked, the window kept, replaced or made up.
    static func monochromeGreys(
        of frame: Frame, _ description: FrameDescription, _ resampler: Resampler, _ steps: inout [String]
    ) throws(PreparationError) -> [Float] {
        let transform = description.transform
        let padding = description.padding
        if var table = GreyTable(frame.samples) {
            let distribution = table.distribution { stored in
                padding?.contains(stored) == true ? nil : transform.modalityValue(of: stored)
            }
            let grey = try greyFunction(for: distribution, frame.samples.count, description, &steps)
            table.setGreys { stored in
                padding?.contains(stored) == true ? 0 : Float(grey(transform.modalityValue(of: stored)))
            }
            return resampler.resize(frame, greys: table)
        }
        let values = frame.samples.doubles.map { stored in
            padding?.contains(stored) == true ? .nan : transform.modalityValue(of: stored)
        }
        let distribution = ValueDistribution(values.map { ($0, 1) })
        let grey = try greyFunction(for: distribution, values.count, description, &steps)
        return resampler.resize(rowCount: frame.rows, columnCount: frame.columns) { rowIndex, row in
            let start = rowIndex * frame.columns
            for column in 0..<frame.columns {
                let value = values[start + column]
                row[column] = value.isNaN ? 0 : Float(grey(value))
            }
        }
    }

    /// The sanity gate, and the choice between the frame's own window and the stretch.
    private static func greyFunction(
        for distribution: ValueDistribution, _ pixelCount: Int, _ description: FrameDescription,
        _ steps: inout [String]
    ) throws(PreparationError) -> (Double) -> Double {
        let transform = description.transform
        guard let range = distribution.robustRange(leavingOut: stretchShare) else { throw .refused(.empty) }
        guard distribution.values.count > 1 else {
            throw .refused(.constant(isZero: distribution.values.first == 0))
        }
        if distribution.total < pixelCount {
            steps.append(
                "\(pixelCount - distribution.total) pixels are padding or not a number: left out and black.")
        }
        steps += transform.stepsBeforeVOI
        defer { steps += transform.stepsAfterVOI }
        let ownRange = range
        let own = { transform.grey(ofModalityValue: $0, range: ownRange) }
        let reason: String
        if transform.voi == .range {
            reason = "No window"
        } else if distribution.isClipped(beyond: clippedShareMax, by: own) {
            if let step = transform.voiStep { steps.append(step) }
            reason = "It makes more than \(Int(clippedShareMax * 100)) % of the pixels black or white"
        } else {
            if let step = transform.voiStep { steps.append(step) }
            return own
        }
        steps.append(
            "\(reason): stretched from \(Float(range.lowerBound)) to \(Float(range.upperBound)) instead.")
        return { value in
            let grey = min(max(range.share(of: value), 0), 1)
            return transform.isInverted ? 1 - grey : grey
        }
    }
}
