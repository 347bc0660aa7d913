internal import CDCMTK

/// A user (SCU) of one peer's storage and verification services.
///
/// Keeps one association open and uses it again while the peer lets it and the same contexts will do. Every call
/// blocks, within the settings' times. For one thread at a time.
@safe package final class StoreUser {
    private let settings: StoreUserSettings
    private var handle: OpaquePointer?
    private var proposals: [Proposal] = []
    private var lastUse = ContinuousClock.now
    /// Whether the object of the last ``store(path:proposing:)`` may have arrived by an attempt that got no answer, whatever
    /// became of the one after it.
    package private(set) var mayHaveArrived = false

    /// A presentation context to propose: one transfer syntax each, so that the answer is unambiguous.
    private struct Proposal: Hashable {
        let sopClass: UID
        let transferSyntax: UID
    }

    /// A user of this peer; connects when there is something to send.
    ///
    /// - Precondition: AE titles have 1 to 16 characters, the port is one, times are above 0.
    package init(_ settings: StoreUserSettings) {
        for title in [settings.calledAE, settings.callingAE] {
            precondition((1...16).contains(title.utf8.count), "an AE title has 1 to 16 characters")
        }
        precondition((1...65_535).contains(settings.port), "not a port")
        precondition((4_096...131_072).contains(settings.pduBytesMax), "PDUs of 4,096 to 131,072 bytes")
        self.settings = settings
    }

    deinit { unsafe cdcmtk_user_close(handle) }

    /// Sends the object of a Part 10 file by C-STORE, its data set's bytes as they lie in the file.
    ///
    /// Only where the peer accepts nothing but another uncompressed transfer syntax, the data set is encoded in that.
    /// - Parameter proposing: SOP classes to propose along with the file's own, if a new association is needed; so
    ///   that what follows can use it too.
    /// - Returns: the status of the response.
    /// - Throws: `StoreUserError`. After one, the next call starts with a new association.
    package func store(path: String, proposing: [UID] = []) throws(StoreUserError) -> DIMSEStatus {
        let file = try Self.storedFile(path)
        let needed = Self.proposals(for: file) + proposing.flatMap(Self.uncompressedProposals)
        mayHaveArrived = false
        return try withAssociation(proposing: needed) { () throws(StoreUserError) in
            guard let (context, isOther) = context(for: file) else {
                throw .noPresentationContext(file.sopClass)
            }
            var status: UInt16 = 0
            let result = unsafe withUnsafePointer(to: file.bridged) { bridged in
                unsafe cdcmtk_user_store(handle, context, path, bridged, isOther, &status)
            }
            do throws(StoreUserError) {
                try Self.check(result, file.sopClass)
            } catch {
                mayHaveArrived = mayHaveArrived || error.leavesOutcomeOpen
                throw error
            }
            return DIMSEStatus(rawValue: status)
        }
    }

    /// C-ECHO.
    ///
    /// - Returns: the status of the response.
    /// - Throws: `StoreUserError`.
    package func echo() throws(StoreUserError) -> DIMSEStatus {
        try withAssociation(proposing: []) { () throws(StoreUserError) in
            guard let context = acceptedContext(Self.verification) else {
                throw .noPresentationContext(Self.verification.sopClass)
            }
            var status: UInt16 = 0
            try Self.check(unsafe cdcmtk_user_echo(handle, context, &status), Self.verification.sopClass)
            return DIMSEStatus(rawValue: status)
        }
    }

    /// Those of the SOP classes that the peer accepts in an uncompressed transfer syntax, in the order given.
    ///
    /// Proposes them in a new association unless the open one has done so.
    /// - Throws: `StoreUserError`.
    package func acceptedSOPClasses(of sopClasses: [UID]) throws(StoreUserError) -> [UID] {
        try withAssociation(proposing: sopClasses.flatMap(Self.uncompressedProposals)) {
            () throws(StoreUserError) in
            sopClasses.filter { sopClass in
                Self.uncompressedProposals(of: sopClass).contains { acceptedContext($0) != nil }
            }
        }
    }

    /// Whether an association is open, as far as is known.
    package var isOpen: Bool { unsafe handle != nil }

    /// Releases the association, if there is one.
    package func close() {
        unsafe cdcmtk_user_close(handle)
        unsafe handle = nil
    }

    /// Releases the association if it has not been used for `idleSeconds`.
    ///
    /// For whoever waits for more to send.
    package func closeIfIdle() {
        if isOpen, ContinuousClock.now - lastUse >= .seconds(settings.idleSeconds) { close() }
    }
}

extension StoreUser {
    /// Calls `body` with an association that has proposed what is needed.
    ///
    /// An association that was kept open may have ended unnoticed; the peer has then not answered, and the call is
    /// made once more on a new one. C-STORE of the same object twice is harmless (PS3.4 B.2).
    private func withAssociation<Result>(
        proposing needed: [Proposal], _ body: () throws(StoreUserError) -> Result
    ) throws(StoreUserError) -> Result {
        closeIfIdle()
        let isReused = unsafe needed.allSatisfy(proposals.contains) && cdcmtk_user_is_alive(handle)
        if !isReused { try open(proposing: needed) }
        defer { lastUse = .now }
        do {
            return try body()
        } catch {
            if error.isOfBrokenAssociation { close() }
            guard isReused, error.isWorthAnotherAssociation else { throw error }
        }
        try open(proposing: needed)
        do {
            return try body()
        } catch {
            if error.isOfBrokenAssociation { close() }
            throw error
        }
    }

    private func open(proposing needed: [Proposal]) throws(StoreUserError) {
        close()
        var wanted = [Self.verification]
        for proposal in needed + proposals where !wanted.contains(proposal) { wanted.append(proposal) }
        wanted = Array(wanted.prefix(Int(CDCMTK_PROPOSALS_MAX)))
        var made: OpaquePointer?
        let result = unsafe withBridged(wanted) { unsafe cdcmtk_user_open($0, $1, wanted.count, &made) }
        try Self.check(result, Self.verification.sopClass)
        unsafe handle = made
        proposals = wanted
    }

    private func withBridged<Result>(
        _ wanted: [Proposal],
        _ body: (UnsafePointer<cdcmtk_user_settings>, UnsafePointer<cdcmtk_proposal>?) -> Result
    ) -> Result {
        let own = [
            settings.host, settings.calledAE, settings.callingAE, Implementation.classUID.text,
            Implementation.versionName,
        ]
        return unsafe withCStrings(own + wanted.flatMap { [$0.sopClass.text, $0.transferSyntax.text] }) {
            strings in
            var bridged = unsafe cdcmtk_user_settings()
            unsafe bridged.host = strings[0]
            unsafe bridged.called_ae = strings[1]
            unsafe bridged.calling_ae = strings[2]
            unsafe bridged.implementation_class_uid = strings[3]
            unsafe bridged.implementation_version = strings[4]
            unsafe bridged.port = UInt16(settings.port)
            unsafe bridged.pdu_bytes_max = UInt32(settings.pduBytesMax)
            unsafe bridged.connect_seconds = UInt32(settings.connectSeconds.rounded(.up))
            unsafe bridged.object_seconds = settings.objectSeconds
            // A response is small: no rate is asked of it.
            unsafe bridged.timeouts = cdcmtk_timeouts(
                request_seconds: settings.requestSeconds, idle_seconds: settings.answerSeconds,
                pdu_seconds: settings.pduSeconds, answer_seconds: settings.answerSeconds,
                farewell_seconds: settings.farewellSeconds, rate_minimum: 1)
            let proposals = unsafe wanted.indices.map { index in
                unsafe cdcmtk_proposal(
                    abstract_syntax: strings[own.count + 2 * index],
                    transfer_syntax: strings[own.count + 2 * index + 1])
            }
            return unsafe withUnsafePointer(to: bridged) { settings in
                unsafe proposals.withUnsafeBufferPointer { unsafe body(settings, $0.baseAddress) }
            }
        }
    }

    /// The context to send the file in, and whether its data set must be encoded anew for it.
    private func context(for file: StoredFile) -> (context: UInt8, isOther: Bool)? {
        for proposal in Self.proposals(for: file) {
            guard let context = acceptedContext(proposal) else { continue }
            return (context, proposal.transferSyntax != file.transferSyntax)
        }
        return nil
    }

    private func acceptedContext(_ proposal: Proposal) -> UInt8? {
        guard let index = proposals.firstIndex(of: proposal) else { return nil }
        let context = unsafe cdcmtk_user_context(handle, index)
        return context == 0 ? nil : context
    }
}

extension StoreUser {
    private static let explicitLittleEndian = UID(literal: "1.2.840.10008.1.2.1")
    private static let implicitLittleEndian = UID(literal: "1.2.840.10008.1.2")
    private static let explicitBigEndian = UID(literal: "1.2.840.10008.1.2.2")
    private static let verification = Proposal(
        sopClass: UID(literal: "1.2.840.10008.1.1"), transferSyntax: implicitLittleEndian)

    /// What a file's meta information says about it.
    private struct StoredFile {
        let bridged: cdcmtk_stored_file
        let sopClass: UID
        let transferSyntax: UID
    }

    private static func storedFile(_ path: String) throws(StoreUserError) -> StoredFile {
        var bridged = cdcmtk_stored_file()
        if let error = DicomError(unsafe cdcmtk_stored_file_read(path, &bridged)) {
            if case .world = error { throw .unreadable("\(error)") }
            throw .badFile("\(error)")
        }
        guard let sopClass = UID(received: text(of: bridged.sop_class_uid)),
            let transferSyntax = UID(received: text(of: bridged.transfer_syntax_uid))
        else { throw .badFile("a UID of the file meta information is none") }
        return StoredFile(bridged: bridged, sopClass: sopClass, transferSyntax: transferSyntax)
    }

    /// In the order of preference: the file's own transfer syntax, then what its data set can be turned into.
    private static func proposals(for file: StoredFile) -> [Proposal] {
        let own = Proposal(sopClass: file.sopClass, transferSyntax: file.transferSyntax)
        let uncompressed = [explicitLittleEndian, implicitLittleEndian, explicitBigEndian]
        guard uncompressed.contains(file.transferSyntax) else { return [own] }
        return [own] + uncompressedProposals(of: file.sopClass).filter { $0 != own }
    }

    private static func uncompressedProposals(of sopClass: UID) -> [Proposal] {
        [explicitLittleEndian, implicitLittleEndian].map { Proposal(sopClass: sopClass, transferSyntax: $0) }
    }

    private static func check(_ result: cdcmtk_user_result, _ sopClass: UID) throws(StoreUserError) {
        let text = text(of: result.text)
        switch result.code {
        case CDCMTK_USER_OK: return
        case CDCMTK_USER_UNRESOLVED: throw .unresolved(text)
        case CDCMTK_USER_UNREACHABLE: throw .unreachable(text)
        case CDCMTK_USER_REJECTED:
            let numbers = result.rejection
            throw .rejected(
                AssociationRejection(result: numbers.result, source: numbers.source, reason: numbers.reason))
        case CDCMTK_USER_NO_CONTEXT: throw .noPresentationContext(sopClass)
        case CDCMTK_USER_ABORTED: throw .aborted(text)
        case CDCMTK_USER_TIMED_OUT: throw .timedOut(text)
        case CDCMTK_USER_VIOLATION: throw .protocolViolation(text)
        case CDCMTK_USER_BAD_FILE: throw .badFile(text)
        case CDCMTK_USER_UNREADABLE: throw .unreadable(text)
        default: throw .connectionLost(text)
        }
    }

    /// The text in a character array of the bridge, which is always terminated.
    private static func text<Characters>(of characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

extension StoreUserError {
    /// The object may have arrived: its bytes may have been on their way, and no response says what became of them.
    fileprivate var leavesOutcomeOpen: Bool {
        switch self {
        case .aborted, .connectionLost, .timedOut, .protocolViolation: true
        case .unresolved, .unreachable, .rejected, .noPresentationContext, .badFile, .unreadable: false
        }
    }

    /// The association cannot be used any more.
    ///
    /// A file that fails while it is sent leaves its message unfinished, so it counts.
    fileprivate var isOfBrokenAssociation: Bool {
        switch self {
        case .noPresentationContext: false
        case .unresolved, .unreachable, .rejected, .aborted, .connectionLost, .timedOut, .protocolViolation,
            .badFile, .unreadable:
            true
        }
    }

    /// Sending the same once more, on a new association, makes sense at once.
    fileprivate var isWorthAnotherAssociation: Bool {
        switch self {
        case .aborted, .connectionLost: true
        default: false
        }
    }
}
