internal import CDCMTK

/// What went wrong in this room, sorted by whose fault it is, because that decides what happens next.
///
/// `badData`, `unsupported` and `absent` are facts about the object: the same bytes fail again. `world`
/// (disk, network, memory) may succeed later. `limit` names a maximum of ours that foreign input went past.
/// No text holds the value of an element, so all of them can be logged and stored.
package enum DicomError: Error, Equatable, Sendable {
    /// The object breaks the standard; the tag is the element it is about, where there is one.
    case badData(Tag?, String)
    /// Legal, but there is no decoder or no such feature here.
    case unsupported(String)
    /// Disk, network or memory failed; trying again may help.
    case world(String)
    /// A named maximum was reached before anything was allocated for it.
    case limit(String)
    /// The element, item or frame that was asked for is not in the object.
    case absent(Tag?, String)
}

extension DicomError: CustomStringConvertible {
    /// One line for a log or a dead letter: the reason, and the tag it is about.
    package var description: String {
        switch self {
        case .badData(let tag, let text): Self.described(text, tag)
        case .unsupported(let text): "not supported: \(text)"
        case .world(let text): text
        case .limit(let text): "over the limit: \(text)"
        case .absent(let tag, let text): Self.described(text, tag)
        }
    }

    /// The tag the failure is about, where there is one.
    package var tag: Tag? {
        switch self {
        case .badData(let tag, _), .absent(let tag, _): tag
        case .unsupported, .world, .limit: nil
        }
    }

    private static func described(_ text: String, _ tag: Tag?) -> String {
        tag.map { "\($0): \(text)" } ?? text
    }
}

extension DicomError {
    /// Throws what a call of the bridge reports, if it failed.
    static func check(_ status: cdcmtk_status) throws(DicomError) {
        if let error = DicomError(status) { throw error }
    }

    /// The error a status stands for; `nil` when the call succeeded.
    init?(_ status: cdcmtk_status) {
        let tag = status.tag == 0 ? nil : Tag(number: status.tag)
        // The bridge always terminates the text: it is written by vsnprintf.
        let text = unsafe withUnsafeBytes(of: status.text) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        switch status.code {
        case CDCMTK_OK: return nil
        case CDCMTK_UNSUPPORTED: self = .unsupported(text)
        case CDCMTK_WORLD: self = .world(text)
        case CDCMTK_LIMIT: self = .limit(text)
        case CDCMTK_ABSENT: self = .absent(tag, text)
        default: self = .badData(tag, text)
        }
    }
}
