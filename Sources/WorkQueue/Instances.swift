/// An instance that lies safely (synced, in its final place) in the spool and is to be kept for good.
package struct ReceivedInstance: Equatable, Sendable {
    /// SOP Instance UID, as the data set says.
    ///
    /// Data, never a path.
    package var sopInstanceUID: String
    /// SOP Class UID.
    package var sopClassUID: String
    /// Study Instance UID; `nil` when the data set could not be read that far.
    ///
    /// Such an instance can be skipped or die but not be reported.
    package var studyInstanceUID: String?
    /// Transfer Syntax UID in which it is stored.
    package var transferSyntaxUID: String
    /// SHA-256, in hexadecimal, of the data set as received without file meta information.
    package var digest: String
    /// Size of the file.
    package var byteCount: Int64
    /// Where it lies, relative to the spool folder.
    ///
    /// No two instances share a path.
    package var path: String
    /// The AE title that sent it; claims alternate between callers.
    package var callingAE: String
    /// Where it came from, for the record.
    package var peerAddress: String
    /// The association that brought it: any text that this node never uses for two associations.
    package var association: String

    /// An instance with all its facts.
    package init(
        sopInstanceUID: String, sopClassUID: String, studyInstanceUID: String?, transferSyntaxUID: String,
        digest: String, byteCount: Int64, path: String, callingAE: String, peerAddress: String,
        association: String
    ) {
        self.sopInstanceUID = sopInstanceUID
        self.sopClassUID = sopClassUID
        self.studyInstanceUID = studyInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.digest = digest
        self.byteCount = byteCount
        self.path = path
        self.callingAE = callingAE
        self.peerAddress = peerAddress
        self.association = association
    }
}

/// An instance that is kept and no dead letter.
package struct KeptInstance: Equatable, Sendable {
    /// Its work.
    package var id: WorkID
    /// Where its file lies, or lay, within the spool.
    package var path: String

    /// As the queue knows it.
    package init(id: WorkID, path: String) { (self.id, self.path) = (id, path) }
}

/// What became of an instance that was to be kept.
///
/// Each means success to the sender.
package enum KeepOutcome: Equatable, Sendable {
    /// Its UID was not known: new work.
    case new(WorkID)
    /// Exactly this content is kept already; no new work, and the caller deletes the file it brought.
    case duplicate(of: WorkID)
    /// Its UID is known with other content: kept beside that, to be classified anew. To be warned of.
    case conflicting(WorkID)
    /// Exactly this content was a dead letter, or had been discarded: it is new work again, with the file that was
    /// brought now. The caller deletes the file that it replaces.
    case revived(WorkID, replacedPath: String)
}

/// An instance in the hands of a classification worker.
package struct InstanceClaim: Equatable, Sendable {
    /// The work.
    package let id: WorkID
    /// Which attempt this is, from 1.
    package let attempt: Int
    /// The right to finish it.
    package let lease: Lease
    /// What was received.
    package let instance: ReceivedInstance
    /// When it was received.
    package let receivedAt: Timestamp
}

/// What a classification worker found.
package enum InstanceOutcome: Equatable, Sendable {
    /// Results of one model or more; each model's report on the study now has news. Not empty.
    case classified([ModelResult])
    /// No model looks at it, and why.
    case skipped(reason: String)
    /// The world failed; again, not before the moment.
    case retry(reason: String, notBefore: Timestamp)
    /// Its data are wrong; a dead letter with the reason.
    case dead(reason: String)
    /// Given back untouched (shutdown).
    case release
}

/// What one model says about one instance; opaque to the queue.
package struct ModelResult: Equatable, Sendable {
    /// Name of the model's line of reports, stable over restarts: each study gets one report chain per model name.
    package var model: String
    /// The result, as the room that composes reports wants it back.
    package var json: String

    /// A result of a model.
    package init(model: String, json: String) {
        self.model = model
        self.json = json
    }
}
