internal import CDCMTK

/// Owner of the bridge's report while it is built; freed with it, used from one thread.
@safe struct ReportWriter: ~Copyable {
    private let report: OpaquePointer

    /// A writer for an empty report of this class.
    init(_ reportClass: SRClass) throws(DicomError) {
        try DicomError.check(cdcmtk_initialise())
        var made: OpaquePointer?
        try DicomError.check(unsafe cdcmtk_report_create(reportClass.bridged, &made))
        guard let made = unsafe made else { preconditionFailure("the bridge gave no report and no reason") }
        unsafe report = made
    }

    deinit { unsafe cdcmtk_report_free(report) }

    /// The report's attributes beside its content.
    var attributes: Composition { unsafe Composition(cdcmtk_report_composition(report)) }

    /// Writes an item and everything below it.
    func write(_ item: ContentItem) throws(DicomError) {
        try open(item)
        for child in item.children { try write(child) }
        try DicomError.check(unsafe cdcmtk_report_close_item(report))
    }

    /// Adds an entry to the evidence.
    func addEvidence(_ reference: StructuredReport.InstanceReference) throws(DicomError) {
        let status = unsafe withBridged(reference) { unsafe cdcmtk_report_add_evidence(report, $0) }
        try DicomError.check(status)
    }

    /// Adds a report that this one replaces.
    func addPredecessor(_ reference: StructuredReport.InstanceReference) throws(DicomError) {
        let status = unsafe withBridged(reference) { unsafe cdcmtk_report_add_predecessor(report, $0) }
        try DicomError.check(status)
    }

    /// Declares a private coding scheme.
    func add(_ scheme: StructuredReport.CodingSchemeIdentification) throws(DicomError) {
        let organization = ReportText.line(scheme.responsibleOrganization)
        try DicomError.check(
            unsafe cdcmtk_report_add_scheme(
                report, ReportText.line(scheme.designator), ReportText.line(scheme.name), organization))
    }

    /// The bytes of the finished object.
    func encode() throws(DicomError) -> [UInt8] {
        var bytes: UnsafePointer<UInt8>?
        var byteCount = 0
        try DicomError.check(unsafe cdcmtk_report_encode(report, &bytes, &byteCount))
        return unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: byteCount))
    }

    private func open(_ item: ContentItem) throws(DicomError) {
        if let problem = item.codes.lazy.compactMap(\.problem).first {
            throw .badData(.conceptNameCodeSequence, "a code cannot be written: \(problem)")
        }
        let status = unsafe withBridged(item.concept) { concept in
            unsafe open(item, concept: concept)
        }
        try DicomError.check(status)
    }

    private func open(_ item: ContentItem, concept: UnsafePointer<cdcmtk_report_code>?) -> cdcmtk_status {
        let relationship = item.relationship.bridged
        switch item.value {
        case .container(let template):
            guard let template else {
                return unsafe cdcmtk_report_open_container(report, relationship, concept, nil)
            }
            return unsafe cdcmtk_report_open_container(report, relationship, concept, template)
        case .text(let text):
            return unsafe cdcmtk_report_open_text(report, relationship, concept, ReportText.paragraphs(text))
        case .code(let code):
            return unsafe withBridged(code) {
                unsafe cdcmtk_report_open_code(report, relationship, concept, $0)
            }
        case .number(let number, let unit):
            return unsafe withBridged(unit) {
                unsafe cdcmtk_report_open_number(report, relationship, concept, number, $0)
            }
        case .uid(let uid):
            return unsafe cdcmtk_report_open_uid(report, relationship, concept, uid.text)
        case .image(let sopClassUID, let sopInstanceUID, let frameNumbers):
            return unsafe cdcmtk_report_open_image(
                report, relationship, concept, sopClassUID.text, sopInstanceUID.text,
                frameNumbers.map { Int32(clamping: $0) }, frameNumbers.count)
        }
    }
}

/// Calls `body` with the code as the bridge has it, nil for nil; the pointers live until it returns.
private func withBridged(
    _ code: CodedEntry?, _ body: (UnsafePointer<cdcmtk_report_code>?) -> cdcmtk_status
) -> cdcmtk_status {
    guard let code else { return body(nil) }
    return unsafe ReportText.line(code.value).withCString { value in
        unsafe ReportText.line(code.scheme).withCString { scheme in
            unsafe ReportText.line(code.schemeVersion ?? "").withCString { version in
                unsafe ReportText.line(code.meaning).withCString { meaning in
                    var bridged = unsafe cdcmtk_report_code(
                        value: value, scheme: scheme, version: version, meaning: meaning)
                    return unsafe body(&bridged)
                }
            }
        }
    }
}

/// Calls `body` with the reference as the bridge has it; the pointers live until it returns.
private func withBridged(
    _ reference: StructuredReport.InstanceReference,
    _ body: (UnsafePointer<cdcmtk_report_instance>) -> cdcmtk_status
) -> cdcmtk_status {
    unsafe reference.studyInstanceUID.text.withCString { study in
        unsafe reference.seriesInstanceUID.text.withCString { series in
            unsafe reference.sopClassUID.text.withCString { sopClass in
                unsafe reference.sopInstanceUID.text.withCString { instance in
                    var bridged = unsafe cdcmtk_report_instance(
                        study_uid: study, series_uid: series, class_uid: sopClass, instance_uid: instance)
                    return unsafe body(&bridged)
                }
            }
        }
    }
}

extension SRClass {
    fileprivate var bridged: cdcmtk_report_class {
        switch self {
        case .comprehensive3D: CDCMTK_REPORT_COMPREHENSIVE_3D
        case .comprehensive: CDCMTK_REPORT_COMPREHENSIVE
        case .enhanced: CDCMTK_REPORT_ENHANCED
        case .basicText: CDCMTK_REPORT_BASIC_TEXT
        }
    }
}

extension ContentItem.Relationship {
    fileprivate var bridged: cdcmtk_report_relationship {
        switch self {
        case .root: CDCMTK_REPORT_ROOT
        case .contains: CDCMTK_REPORT_CONTAINS
        case .hasObservationContext: CDCMTK_REPORT_HAS_OBS_CONTEXT
        case .hasConceptModifier: CDCMTK_REPORT_HAS_CONCEPT_MOD
        case .hasAcquisitionContext: CDCMTK_REPORT_HAS_ACQ_CONTEXT
        case .hasProperties: CDCMTK_REPORT_HAS_PROPERTIES
        case .inferredFrom: CDCMTK_REPORT_INFERRED_FROM
        }
    }
}
