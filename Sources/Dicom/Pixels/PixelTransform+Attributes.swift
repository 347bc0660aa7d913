extension PixelTransform {
    /// What the data set says about one frame, counted from 0.
    ///
    /// Enhanced multi-frame objects say it in functional groups: the frame's own item goes before the shared
    /// one, and that before the data set itself (PS3.3 C.7.6.16; only one of them should speak). Throws
    /// `badData` where a rescale value is not a number or a lookup table is not whole: a picture made without
    /// it would be a guess. A window that the standard does not allow is passed over and recorded.
    package init(dataset: Dataset, frameIndex: Int) throws(DicomError) {
        let photometric = dataset.string(.photometricInterpretation) ?? ""
        guard photometric.hasPrefix("MONOCHROME") || photometric.isEmpty else {
            self.init(palette: photometric == "PALETTE COLOR" ? try Palette(in: dataset) : nil)
            return
        }
        var before: [String] = []
        let modality = try Self.modality(of: dataset, frameIndex: frameIndex, steps: &before)
        let (voi, step) = try Self.voi(
            of: dataset, frameIndex: frameIndex, modality: modality, steps: &before)
        let isInverted = photometric == "MONOCHROME1"
        var after = isInverted ? ["MONOCHROME1: inverted once, last."] : []
        if let shape = dataset.string(.presentationLUTShape), (shape == "INVERSE") != isInverted {
            after.append(
                "Presentation LUT Shape \(Self.known(shape)) contradicts \(photometric) and was not applied.")
        }
        self.init(
            modality: modality, voi: voi, isInverted: isInverted, stepsBeforeVOI: before, voiStep: step,
            stepsAfterVOI: after)
    }

    /// The defined terms are repeated; anything else could be anybody's text.
    private static func known(_ shape: String) -> String {
        ["IDENTITY", "INVERSE", "LIN OD"].contains(shape) ? shape : "(not a defined term)"
    }

    private static func modality(
        of dataset: Dataset, frameIndex: Int, steps: inout [String]
    ) throws(DicomError) -> Modality {
        let group = functionalGroup(.pixelValueTransformationSequence, of: dataset, frameIndex: frameIndex)
        if let group, let rescale = try rescale(in: group, steps: &steps) { return rescale }
        if let item = dataset.items(.modalityLUTSequence).first {
            if let name = dataset.uid(.sopClassUID).flatMap({ intensityLUTClasses[$0.text] }) {
                steps.append("Modality LUT not applied: that of \(name) leads back to the beam's intensity.")
                return try rescale(in: dataset, steps: &steps) ?? .identity
            }
            let table = try LookupTable(in: item, inputMayBeNegative: storedValuesMayBeNegative(dataset))
            steps.append("Modality LUT of \(table.entries.count) entries applied.")
            return .lookupTable(table)
        }
        return try rescale(in: dataset, steps: &steps) ?? .identity
    }

    /// Classes whose window is about the stored values, and whose Modality LUT undoes the Pixel Intensity Relationship
    /// (PS3.3 C.8.7.1.1.2): applied before the window it would darken the picture.
    private static let intensityLUTClasses = [
        "1.2.840.10008.5.1.4.1.1.12.1": "X-Ray Angiographic Image Storage",
        "1.2.840.10008.5.1.4.1.1.12.2": "X-Ray Radiofluoroscopic Image Storage",
        "1.2.840.10008.5.1.4.1.1.12.3": "X-Ray Angiographic Bi-plane Image Storage",
    ]

    /// Slope and intercept, where either is there; the other's default is 1 or 0 (PS3.3 C.11.1 asks for
    /// both).
    private static func rescale(
        in source: some AttributeSource, steps: inout [String]
    ) throws(DicomError) -> Modality? {
        let slope = try number(.rescaleSlope, in: source)
        let intercept = try number(.rescaleIntercept, in: source)
        guard slope != nil || intercept != nil else { return nil }
        let (factor, offset) = (slope ?? 1, intercept ?? 0)
        steps.append("Rescaled: slope \(brief(factor)), intercept \(brief(offset)).")
        return .rescale(slope: factor, intercept: offset)
    }

    /// A value that is absent or empty is nil; one that is there and no finite number is an error.
    private static func number(_ tag: Tag, in source: some AttributeSource) throws(DicomError) -> Double? {
        guard let text = source.string(tag), !text.isEmpty else { return nil }
        guard let value = source.double(tag), value.isFinite else {
            throw .badData(tag, "it is not a finite number")
        }
        return value
    }

    private static func voi(
        of dataset: Dataset, frameIndex: Int, modality: Modality, steps: inout [String]
    ) throws(DicomError) -> (VOI, String) {
        let group = functionalGroup(.frameVOILUTSequence, of: dataset, frameIndex: frameIndex)
        if let item = group?.items(.voiLUTSequence).first ?? dataset.items(.voiLUTSequence).first {
            let table = try LookupTable(
                in: item, inputMayBeNegative: outputMayBeNegative(of: modality, dataset: dataset))
            return (.lookupTable(table), "VOI LUT of \(table.entries.count) entries applied.")
        }
        let window =
            if let group {
                window(in: group, steps: &steps)
            } else {
                window(in: dataset, steps: &steps)
            }
        guard let window else { return (.range, "No window: the frame's minimum and maximum.") }
        let (center, width) = (brief(window.center), brief(window.width))
        return (.window(window), "Window: center \(center), width \(width), \(window.function.rawValue).")
    }

    /// The first window; nil where there is none that PS3.3 C.11.2.1.2 allows.
    private static func window(in source: some AttributeSource, steps: inout [String]) -> Window? {
        guard source.contains(.windowCenter) || source.contains(.windowWidth) else { return nil }
        let name = source.string(.voiLUTFunction)?.uppercased() ?? ""
        let function = Window.Function(rawValue: name.isEmpty ? "LINEAR" : name)
        if function == nil { steps.append("VOI LUT Function is not a defined term; LINEAR is meant.") }
        guard let center = source.double(.windowCenter), let width = source.double(.windowWidth),
            let window = Window(center: center, width: width, function: function ?? .linear)
        else {
            steps.append("Window Center and Window Width are not a window; they were passed over.")
            return nil
        }
        return window
    }

    /// The macro's item for a frame: the frame's own, else the shared one.
    private static func functionalGroup(_ macro: Tag, of dataset: Dataset, frameIndex: Int) -> Item? {
        let perFrame = dataset.items(.perFrameFunctionalGroupsSequence)
        if perFrame.indices.contains(frameIndex), let item = perFrame[frameIndex].items(macro).first {
            return item
        }
        return dataset.items(.sharedFunctionalGroupsSequence).first?.items(macro).first
    }

    private static func storedValuesMayBeNegative(_ dataset: Dataset) -> Bool {
        dataset.integer(.pixelRepresentation) == 1
    }

    /// Whether the input of the VOI transformation may be below 0: PS3.3 C.11.2.1.1 lets the descriptor's VR
    /// follow it.
    private static func outputMayBeNegative(of modality: Modality, dataset: Dataset) -> Bool {
        switch modality {
        case .identity: storedValuesMayBeNegative(dataset)
        case .lookupTable: false
        case .rescale(let slope, let intercept):
            storedValuesMayBeNegative(dataset) || intercept < 0 || slope < 0
        }
    }

    /// A number as a person writes it: without ".0" where it is whole.
    private static func brief(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
