internal import CDCMTK

/// A DICOM storage and verification provider (SCP).
///
/// C-ECHO, and C-STORE of every storage SOP class. Each association has its own thread; the accept loop has one and
/// waits for nobody. Data sets are written as they arrive and are never held in memory. Safe to use from any thread.
///
/// Dropping the last reference aborts what is still open and waits for the threads, so it must not happen on a thread
/// of the delegate; ``drain(deadlineSeconds:)`` first is the orderly way.
@safe package final class StoreProvider: Sendable {
    // The bridge's provider locks its own state; freed in deinit, which waits for its threads.
    private nonisolated(unsafe) let handle: OpaquePointer
    // What the callbacks' context points at; lives as long as the handle.
    private let receiver: ProviderReceiver

    /// Binds and listens; peers are served from ``run()`` on.
    ///
    /// - Throws: `DicomError.badData` for an address that is none, `DicomError.world` where it cannot be listened on.
    /// - Precondition: the settings are within the ranges that their documentation names.
    package init(_ settings: StoreProviderSettings, delegate: any StoreProviderDelegate) throws(DicomError) {
        precondition((4_096...131_072).contains(settings.pduBytesMax), "PDUs of 4,096 to 131,072 bytes")
        precondition((0...65_535).contains(settings.port), "not a port")
        precondition(settings.associationsMax > 0 && settings.handshakesMax > 0, "at least one connection")
        precondition(settings.rateMinimum > 0 && settings.dataSetBytesMax > 0, "limits are above 0")
        let receiver = ProviderReceiver(delegate)
        var made: OpaquePointer?
        let status = unsafe settings.withBridged { bridged in
            unsafe withUnsafePointer(to: receiver.callbacks()) { callbacks in
                unsafe cdcmtk_provider_create(bridged, callbacks, &made)
            }
        }
        try DicomError.check(status)
        guard let handle = unsafe made else { preconditionFailure("a provider without a handle") }
        unsafe self.handle = handle
        self.receiver = receiver
    }

    deinit { unsafe cdcmtk_provider_destroy(handle) }

    /// The storage SOP classes that DCMTK knows, all of which are accepted, as are unknown ones of the standard's root.
    package static var storageSOPClasses: [UID] {
        (0..<cdcmtk_storage_class_count()).compactMap { index in
            unsafe cdcmtk_storage_class(index).flatMap { unsafe UID(String(cString: $0)) }
        }
    }

    /// Starts the accept loop on a thread of its own and returns.
    ///
    /// Once.
    ///
    /// - Throws: `DicomError.world` if there is no thread for it.
    package func run() throws(DicomError) {
        try DicomError.check(unsafe cdcmtk_provider_start(handle))
    }

    /// The port that is listened on.
    package var port: Int { Int(unsafe cdcmtk_provider_port(handle)) }

    /// Whether the accept loop is running; what a watchdog asks.
    package var isListening: Bool { unsafe cdcmtk_provider_is_listening(handle) }

    /// Associations established now.
    package var associationCount: Int { Int(unsafe cdcmtk_provider_association_count(handle)) }

    /// Stops listening; associations go on.
    ///
    /// Any number of times.
    package func stopAccepting() {
        unsafe cdcmtk_provider_stop_accepting(handle)
    }

    /// Stops listening, waits until the associations have ended, and aborts those that have not by the deadline.
    ///
    /// - Returns: whether all ended on their own.
    package func drain(deadlineSeconds: Double) -> Bool {
        unsafe cdcmtk_provider_drain(handle, deadlineSeconds)
    }
}

extension StoreProviderSettings {
    /// Calls `body` with the settings as the bridge takes them; valid for the call.
    fileprivate func withBridged<Result>(
        _ body: (UnsafePointer<cdcmtk_provider_settings>) -> Result
    ) -> Result {
        unsafe withCStrings(
            transferSyntaxes.map(\.text) + [bind, Implementation.classUID.text, Implementation.versionName]
        ) {
            strings in
            let count = transferSyntaxes.count
            var bridged = unsafe cdcmtk_provider_settings()
            unsafe bridged.transfer_syntaxes = strings.baseAddress
            unsafe bridged.transfer_syntax_count = count
            unsafe bridged.bind_address = strings[count]
            unsafe bridged.implementation_class_uid = strings[count + 1]
            unsafe bridged.implementation_version = strings[count + 2]
            unsafe bridged.port = UInt16(port)
            unsafe bridged.pdu_bytes_max = UInt32(pduBytesMax)
            unsafe bridged.associations_max = UInt32(associationsMax)
            unsafe bridged.handshakes_max = UInt32(handshakesMax)
            unsafe bridged.data_set_bytes_max = UInt64(dataSetBytesMax)
            unsafe bridged.timeouts = cdcmtk_timeouts(
                request_seconds: requestSeconds, idle_seconds: idleSeconds, pdu_seconds: pduSeconds,
                answer_seconds: pduSeconds, farewell_seconds: farewellSeconds, rate_minimum: rateMinimum)
            return unsafe withUnsafePointer(to: bridged) { unsafe body($0) }
        }
    }
}

/// Calls `body` with NUL-terminated copies of the texts, valid for the call.
func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    // One block for all texts, so that their addresses hold while the list of addresses is in use.
    var block: [CChar] = []
    var offsets: [Int] = []
    for text in texts {
        offsets.append(block.count)
        block.append(contentsOf: text.utf8CString)
    }
    return unsafe block.withUnsafeBufferPointer { characters in
        let pointers = unsafe offsets.map { offset in unsafe characters.baseAddress.map { unsafe $0 + offset }
        }
        return unsafe pointers.withUnsafeBufferPointer { unsafe body($0) }
    }
}
