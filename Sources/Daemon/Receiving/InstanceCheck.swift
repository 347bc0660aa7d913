package import Dicom
import Locks

/// Why an instance is not taken, and what its sender is told (PS3.4 B.2.3).
package enum InstanceRefusal: Error, Equatable, CustomStringConvertible {
    /// The bytes are no data set: 0xC000, cannot understand.
    case unreadable(String)
    /// The data set is not the object that was announced: 0xA900.
    case otherObject(String)
    /// This node could not look at it: 0xA700, try again later.
    case world(String)

    /// What its sender is told.
    package var status: DIMSEStatus {
        switch self {
        case .unreadable: .cannotUnderstand
        case .otherObject: .dataSetDoesNotMatchSOPClass
        case .world: .outOfResources
        }
    }

    /// The reason, without patient's data.
    package var description: String {
        switch self {
        case .unreadable(let reason), .otherObject(let reason), .world(let reason): reason
        }
    }
}

/// What must be so before an instance is kept.
///
/// Only what makes it impossible to name the object truthfully is a reason to refuse: a report that named an image by
/// another UID than the archive has it under would be filed with the wrong image. Everything else (no image, a body
/// part nobody asked for, damaged pixels) is kept, and what became of it can be asked for.
package enum InstanceCheck {
    /// Reads the data set's identifiers; nil where it has no Study Instance UID, so that it can be kept but not
    /// reported.
    static func studyInstanceUID(of stored: ReceivedFile) throws(InstanceRefusal) -> String? {
        try studyInstanceUID(of: stored) { path throws(DicomError) in
            try Dataset(path: path, limits: identifying)
        }
    }

    /// The same with a file opened by `open`, which gets its path: tests count how many do so at once.
    package static func studyInstanceUID(
        of stored: ReceivedFile, open: (String) throws(DicomError) -> Dataset
    ) throws(InstanceRefusal) -> String? {
        switch stored.identity {
        case .differs:
            throw .otherObject("the data set has another SOP Class or SOP Instance UID than the request")
        case .absent: throw .otherObject("the data set lacks its SOP Class UID or SOP Instance UID")
        case .unreadable: throw .unreadable("the data set is not in the negotiated transfer syntax")
        case .confirmed, .unknown: break
        }
        guard TransferSyntax(uid: stored.request.transferSyntaxUID)?.isDeflated == true else {
            return try identifier(in: stored, open)
        }
        return try inflating.withLock { _ throws(InstanceRefusal) in try identifier(in: stored, open) }
    }

    /// Only identifiers are looked at, by as many threads as there are associations: what is long stays in the file.
    private static let identifying = {
        var limits = DatasetLimits.standard
        (limits.valueBytesMax, limits.headerBytesMax) = (64 << 10, 16 << 20)
        return limits
    }()

    /// A deflated data set is held whole to be looked at (``DatasetLimits/inflatedBytesMax``): one at a time, however many
    /// associations bring such.
    private static let inflating = Lock(())

    private static func identifier(
        in stored: ReceivedFile, _ open: (String) throws(DicomError) -> Dataset
    ) throws(InstanceRefusal) -> String? {
        let dataset: Dataset
        do {
            dataset = try open(stored.path)
        } catch {
            switch error {
            case .world: throw .world("\(error)")
            default: throw .unreadable("\(error)")
            }
        }
        guard dataset.uid(.sopInstanceUID) == stored.request.sopInstanceUID,
            dataset.uid(.sopClassUID) == stored.request.sopClassUID
        else {
            throw .otherObject("the data set has another SOP Class or SOP Instance UID than the request")
        }
        return dataset.uid(.studyInstanceUID)?.text
    }
}
