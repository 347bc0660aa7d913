// Fuzzes the whole input side: bytes are opened as an object, attributes are read, every frame is decoded and
// the first one put through the grayscale pipeline. Built together with the Dicom room into one module (see
// `run`).

/// Small limits, so that a run tries many inputs and hostile sizes meet a limit instead of the machine's
/// memory.
private let limits: DatasetLimits = {
    var limits = DatasetLimits.standard
    limits.objectBytesMax = 1 << 20
    limits.inflatedBytesMax = 1 << 20
    limits.frameSamplesMax = 1 << 16
    limits.objectSamplesMax = 1 << 18
    return limits
}()

/// Called by libFuzzer with one input; whatever happens but an error or a value is a finding.
@c(LLVMFuzzerTestOneInput)
public func fuzzObject(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let dataset = try? Dataset(bytes: input, limits: limits) else { return 0 }
    _ = dataset.strings(.patientName)
    _ = dataset.doubles(.windowCenter)
    for item in dataset.items(.sharedFunctionalGroupsSequence) { _ = item.strings(.codeMeaning) }
    for frameIndex in 0..<min(dataset.frameCount, 8) {
        guard let frame = try? dataset.frame(at: frameIndex) else { continue }
        _ = try? PixelTransform(dataset: dataset, frameIndex: frameIndex).display(frame)
    }
    return 0
}
