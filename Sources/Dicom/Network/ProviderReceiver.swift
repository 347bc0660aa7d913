internal import CDCMTK

/// Turns the bridge's callbacks into calls of the delegate.
///
/// Called on the threads of the associations.
final class ProviderReceiver: Sendable {
    private let delegate: any StoreProviderDelegate

    /// Keeps the delegate alive.
    init(_ delegate: any StoreProviderDelegate) { self.delegate = delegate }

    /// The functions that the bridge calls, with this object as their context, unretained: the provider keeps it
    /// for longer than its threads live.
    func callbacks() -> cdcmtk_provider_callbacks {
        unsafe cdcmtk_provider_callbacks(
            context: Unmanaged.passUnretained(self).toOpaque(),
            decide: { unsafe ProviderReceiver.from($0).decide($1) },
            association_ended: { unsafe ProviderReceiver.from($0).associationEnded($1) },
            begin_store: { unsafe ProviderReceiver.from($0).beginStore($1, $2) },
            end_store: { unsafe ProviderReceiver.from($0).endStore($1) },
            abandon_store: { unsafe ProviderReceiver.from($0).abandonStore($1, $2, $3) },
            note: { unsafe ProviderReceiver.from($0).note($1) })
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> ProviderReceiver {
        guard let context = unsafe context else { preconditionFailure("a callback without a context") }
        return unsafe Unmanaged<ProviderReceiver>.fromOpaque(context).takeUnretainedValue()
    }

    private func decide(_ pointer: UnsafePointer<cdcmtk_association_request>?) -> cdcmtk_association_decision
    {
        guard let request = unsafe pointer?.pointee else { preconditionFailure("no request") }
        let decision = delegate.decide(
            on: AssociationRequest(
                id: AssociationID(rawValue: unsafe request.association),
                calledAE: unsafe text(request.called_ae), callingAE: unsafe text(request.calling_ae),
                peerAddress: unsafe text(request.peer_address), peerPort: Int(unsafe request.peer_port),
                implementationClassUID: unsafe text(request.implementation_class_uid),
                implementationVersionName: unsafe text(request.implementation_version),
                contextCount: unsafe request.context_count,
                acceptableContextCount: unsafe request.acceptable_context_count))
        switch decision {
        case .accept:
            return cdcmtk_association_decision(accept: true, rejection: cdcmtk_rejection())
        case .reject(let rejection):
            let numbers = cdcmtk_rejection(
                result: rejection.result, source: rejection.source, reason: rejection.reason)
            return cdcmtk_association_decision(accept: false, rejection: numbers)
        }
    }

    private func associationEnded(_ pointer: UnsafePointer<cdcmtk_association_end>?) {
        guard let end = unsafe pointer?.pointee else { preconditionFailure("no end") }
        delegate.associationEnded(
            AssociationID(rawValue: unsafe end.association),
            how: AssociationEnd(
                kind: AssociationEnd.Kind(unsafe end.kind), text: unsafe text(end.text),
                storedCount: Int(unsafe end.stored_count), refusedCount: Int(unsafe end.refused_count),
                byteCount: Int(unsafe end.byte_count), duration: .seconds(unsafe end.seconds)))
    }

    private func beginStore(
        _ pointer: UnsafePointer<cdcmtk_store_request>?,
        _ decision: UnsafeMutablePointer<cdcmtk_store_decision>?
    ) {
        guard let decision = unsafe decision else { preconditionFailure("no place for a decision") }
        guard let request = unsafe storeRequest(pointer) else {
            // The bridge lets digits and full stops through; a UID like "1..2" is no UID all the same.
            unsafe decision.pointee.refusal = DIMSEStatus.invalidObjectInstance.rawValue
            return
        }
        switch delegate.beginStore(request) {
        case .refuse(let status):
            // A refusal with the status of success would tell the peer that its object is safe.
            let refusal = status.isFailure ? status : .outOfResources
            unsafe decision.pointee.refusal = refusal.rawValue
        case .receive(let path, let freeBytesMin):
            let characters = path.utf8CString
            guard characters.count <= Int(CDCMTK_PATH_BYTES_MAX) else {
                unsafe decision.pointee.refusal = DIMSEStatus.outOfResources.rawValue
                delegate.abandonStore(request, path: path, reason: "the path is too long")
                return
            }
            unsafe decision.pointee.refusal = 0
            unsafe decision.pointee.free_bytes_min = UInt64(max(0, freeBytesMin))
            unsafe withUnsafeMutableBytes(of: &decision.pointee.path) { target in
                unsafe characters.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
            }
        }
    }

    private func endStore(_ pointer: UnsafePointer<cdcmtk_received_file>?) -> UInt16 {
        guard let file = unsafe pointer?.pointee,
            let request = unsafe withUnsafePointer(to: file.request, { unsafe storeRequest($0) }),
            let digest = Digest(bytes: unsafe withUnsafeBytes(of: file.digest) { unsafe Array($0) })
        else { preconditionFailure("a file without a request") }
        let received = ReceivedFile(
            request: request, path: unsafe text(file.path), fileByteCount: Int(unsafe file.file_byte_count),
            byteCount: Int(unsafe file.data_set_byte_count), digest: digest,
            identity: DataSetIdentity(unsafe file.identity))
        return delegate.endStore(received).rawValue
    }

    private func abandonStore(
        _ pointer: UnsafePointer<cdcmtk_store_request>?, _ path: UnsafePointer<CChar>?,
        _ reason: UnsafePointer<CChar>?
    ) {
        guard let request = unsafe storeRequest(pointer) else { preconditionFailure("no request") }
        delegate.abandonStore(request, path: unsafe text(path), reason: unsafe text(reason))
    }

    private func note(_ pointer: UnsafePointer<cdcmtk_note>?) {
        guard let note = unsafe pointer?.pointee else { preconditionFailure("no note") }
        let association = unsafe note.association
        delegate.note(
            StoreProviderNote(
                kind: StoreProviderNote.Kind(unsafe note.kind),
                association: association == 0 ? nil : AssociationID(rawValue: association),
                peerAddress: unsafe text(note.peer_address), text: unsafe text(note.text)))
    }

    private func storeRequest(_ pointer: UnsafePointer<cdcmtk_store_request>?) -> StoreRequest? {
        guard let request = unsafe pointer?.pointee,
            let sopClassUID = UID(received: unsafe text(request.sop_class_uid)),
            let sopInstanceUID = UID(received: unsafe text(request.sop_instance_uid)),
            let transferSyntaxUID = UID(received: unsafe text(request.transfer_syntax_uid))
        else { return nil }
        return StoreRequest(
            association: AssociationID(rawValue: unsafe request.association),
            callingAE: unsafe text(request.calling_ae), sopClassUID: sopClassUID,
            sopInstanceUID: sopInstanceUID,
            transferSyntaxUID: transferSyntaxUID)
    }

    // The bridge's strings live as long as the callback: copied at once.
    private func text(_ characters: UnsafePointer<CChar>?) -> String {
        unsafe characters.map { unsafe String(cString: $0) } ?? ""
    }
}

extension AssociationEnd.Kind {
    fileprivate init(_ kind: cdcmtk_end_kind) {
        switch kind {
        case CDCMTK_END_RELEASED: self = .released
        case CDCMTK_END_PEER_ABORTED: self = .abortedByPeer
        case CDCMTK_END_TIMED_OUT: self = .timedOut
        case CDCMTK_END_VIOLATION: self = .protocolViolation
        case CDCMTK_END_SHUT_DOWN: self = .shutDown
        default: self = .connectionLost
        }
    }
}

extension DataSetIdentity {
    fileprivate init(_ identity: cdcmtk_identity) {
        switch identity {
        case CDCMTK_IDENTITY_CONFIRMED: self = .confirmed
        case CDCMTK_IDENTITY_DIFFERS: self = .differs
        case CDCMTK_IDENTITY_ABSENT: self = .absent
        case CDCMTK_IDENTITY_UNREADABLE: self = .unreadable
        default: self = .unknown
        }
    }
}

extension StoreProviderNote.Kind {
    fileprivate init(_ kind: cdcmtk_note_kind) {
        switch kind {
        case CDCMTK_NOTE_PROBE: self = .probe
        case CDCMTK_NOTE_NO_REQUEST: self = .noRequest
        case CDCMTK_NOTE_REJECTED: self = .rejected
        case CDCMTK_NOTE_ESTABLISHED: self = .established
        case CDCMTK_NOTE_REFUSED: self = .refused
        default: self = .trouble
        }
    }
}
