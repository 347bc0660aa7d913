/// The status of a DIMSE response (PS3.7 annex C; for C-STORE PS3.4 B.2.3).
package struct DIMSEStatus: RawRepresentable, Hashable, Sendable, Codable {
    /// The 16 bits of (0000,0900).
    package let rawValue: UInt16

    /// Any status, also one that the standard does not define.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The object was stored, or the echo answered.
    package static let success = DIMSEStatus(rawValue: 0x0000)
    /// Refused: the SOP Instance UID is not acceptable.
    package static let invalidObjectInstance = DIMSEStatus(rawValue: 0x0117)
    /// Refused: the SOP class is not supported.
    package static let sopClassNotSupported = DIMSEStatus(rawValue: 0x0122)
    /// Refused: not allowed to this caller.
    package static let notAuthorized = DIMSEStatus(rawValue: 0x0124)
    /// Refused: the operation is not one that is offered.
    package static let unrecognizedOperation = DIMSEStatus(rawValue: 0x0211)
    /// Refused: out of resources; the sender should try again later.
    package static let outOfResources = DIMSEStatus(rawValue: 0xA700)
    /// Error: the data set does not match its SOP class.
    package static let dataSetDoesNotMatchSOPClass = DIMSEStatus(rawValue: 0xA900)
    /// Error: the data set cannot be understood.
    package static let cannotUnderstand = DIMSEStatus(rawValue: 0xC000)
    /// Warning: attributes were coerced.
    package static let coercionOfDataElements = DIMSEStatus(rawValue: 0xB000)

    /// Done as asked.
    package var isSuccess: Bool { rawValue == 0 }

    /// Done, with a remark (PS3.7 C.3).
    package var isWarning: Bool {
        rawValue == 0x0001 || rawValue == 0x0107 || rawValue == 0x0116 || rawValue & 0xF000 == 0xB000
    }

    /// Not done.
    ///
    /// Statuses of pending and cancelled operations are no answer to a C-STORE or C-ECHO, and count too.
    package var isFailure: Bool { !isSuccess && !isWarning }

    /// The same object may be taken later: the peer lacks resources (A7xx) or failed in processing (0110).
    package var isTransient: Bool { rawValue & 0xFF00 == 0xA700 || rawValue == 0x0110 }
}

extension DIMSEStatus: CustomStringConvertible {
    /// Four hexadecimal digits and what they mean, such as "A700 out of resources".
    package var description: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits + " " + meaning
    }

    private var meaning: String {
        switch rawValue {
        case 0x0000: "success"
        case 0x0110: "processing failure"
        case 0x0111: "duplicate SOP instance"
        case 0x0112: "no such object instance"
        case 0x0117: "invalid object instance"
        case 0x0122: "SOP class not supported"
        case 0x0124: "not authorized"
        case 0x0210: "duplicate invocation"
        case 0x0211: "unrecognized operation"
        case 0x0212: "mistyped argument"
        case 0xA700...0xA7FF: "out of resources"
        case 0xA900...0xA9FF: "data set does not match SOP class"
        case 0xB000: "coercion of data elements"
        case 0xB006: "elements discarded"
        case 0xB007: "data set does not match SOP class (warning)"
        case 0xC000...0xCFFF: "cannot understand"
        default: isWarning ? "warning" : "failure"
        }
    }
}
