package import Dicom

/// What a destination's answer, or the lack of one, means for a delivery.
package enum DeliveryVerdict: Equatable, Sendable {
    /// It has the report; with what it remarked, if it did.
    case delivered(warning: String?)
    /// The world failed: worth another attempt.
    case transient(String)
    /// It will never take this object; somebody must look.
    case permanent(String)

    /// The meaning of a C-STORE response (PS3.4 B.2.3, PS3.7 annex C).
    package init(_ status: DIMSEStatus) {
        switch status.rawValue {
        case _ where status.isSuccess: self = .delivered(warning: nil)
        case _ where status.isWarning: self = .delivered(warning: "\(status)")
        // Duplicate SOP Instance: an answer of ours was lost, and what was sent before is there.
        case 0x0111: self = .delivered(warning: "\(status)")
        case _ where status.isTransient: self = .transient("\(status)")
        // Not authorised, SOP class not supported, mistyped or missing arguments, A9xx, Cxxx: the same object
        // would get the same answer.
        case 0x0105...0x0124, 0x0210...0x0213, 0xA800...0xCFFF: self = .permanent("\(status)")
        default: self = .transient("\(status)")
        }
    }

    /// The meaning of a failure to get a response.
    ///
    /// A rejection is retried whatever its result says: "permanent" only means that the same request fails until
    /// somebody enters this node's AE title at the destination, which is what somebody then does.
    package init(_ error: StoreUserError) {
        switch error {
        case .noPresentationContext, .badFile: self = .permanent("\(error)")
        case .unreadable, .rejected, .unresolved, .unreachable, .aborted, .connectionLost, .timedOut,
            .protocolViolation:
            self = .transient("\(error)")
        }
    }
}
