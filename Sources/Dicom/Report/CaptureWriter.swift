internal import CDCMTK

/// Owner of the bridge's capture while it is built; freed with it, used from one thread.
@safe struct CaptureWriter: ~Copyable {
    private let capture: OpaquePointer

    /// A writer for a capture without attributes.
    init() throws(DicomError) {
        try DicomError.check(cdcmtk_initialise())
        var made: OpaquePointer?
        try DicomError.check(unsafe cdcmtk_capture_create(&made))
        guard let made = unsafe made else { preconditionFailure("the bridge gave no capture and no reason") }
        unsafe capture = made
    }

    deinit { unsafe cdcmtk_capture_free(capture) }

    /// The capture's attributes beside its pixels.
    var attributes: Composition { unsafe Composition(cdcmtk_capture_composition(capture)) }

    /// Adds an image that the capture shows.
    func addSource(sopClassUID: UID, sopInstanceUID: UID, frameNumbers: [Int]) throws(DicomError) {
        try DicomError.check(
            unsafe cdcmtk_capture_add_source(
                capture, sopClassUID.text, sopInstanceUID.text, frameNumbers.map { Int32(clamping: $0) },
                frameNumbers.count))
    }

    /// The bytes of the finished object; `samples` are rows × columns × 3.
    func encode(rows: Int, columns: Int, samples: [UInt8]) throws(DicomError) -> [UInt8] {
        precondition(samples.count == rows * columns * 3, "samples fill a capture")
        var bytes: UnsafePointer<UInt8>?
        var byteCount = 0
        try DicomError.check(
            unsafe cdcmtk_capture_encode(
                capture, UInt16(rows), UInt16(columns), samples, &bytes, &byteCount))
        return unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: byteCount))
    }
}
