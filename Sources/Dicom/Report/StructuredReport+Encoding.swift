internal import CDCMTK

extension StructuredReport {
    /// The report as a Part 10 file, explicit little endian, written as this class.
    ///
    /// Throws `badData` when an item or a header text cannot be carried (a code of 17 characters, an item the class
    /// does not admit) or the source cannot be parsed, `world` when the source cannot be opened.
    package func encoded(as reportClass: SRClass = .comprehensive3D) throws(DicomError) -> [UInt8] {
        let source = try Dataset(path: sourcePath)
        let writer = try ReportWriter(reportClass)
        try writer.attributes.sign()
        try SubjectAttributes.copy(from: source, to: writer.attributes)
        try write(headerTo: writer.attributes, as: reportClass, zone: SubjectAttributes.zone(of: source))
        try writer.write(content.degraded(to: reportClass))
        for reference in evidence { try writer.addEvidence(reference) }
        var named: Set<UID> = []
        // The class that is written may be among those in which a predecessor is named already.
        for reference in predecessors.map({ $0.written(as: reportClass) })
        where named.insert(reference.sopInstanceUID).inserted { try writer.addPredecessor(reference) }
        for scheme in codingSchemes { try writer.add(scheme) }
        return try writer.encode()
    }

    private func write(
        headerTo header: Composition, as reportClass: SRClass, zone: Int?
    ) throws(DicomError) {
        // A zone in the source governs every date and time of the object (PS3.3 C.12.1), ours too. Where the source
        // names none we do not add one: it would claim to know the zone of the study's own date and time.
        let composed = zone.map { composedAt.inZone(minutesFromUTC: $0) } ?? composedAt
        try header.set(.sopInstanceUID, sopInstanceUID(as: reportClass).text)
        try header.set(.studyInstanceUID, studyInstanceUID.text)
        try header.set(.seriesInstanceUID, seriesInstanceUID.text)
        try header.set(.seriesNumber, String(seriesNumber))
        try header.set(.instanceNumber, String(instanceNumber))
        try header.set(.seriesDescription, ReportText.line(seriesDescription))
        for tag in [Tag.contentDate, .seriesDate, .instanceCreationDate] {
            try header.set(tag, composed.dicomDate)
        }
        for tag in [Tag.contentTime, .seriesTime, .instanceCreationTime] {
            try header.set(tag, composed.dicomTime)
        }
        try header.set(equipment)
    }
}

extension StructuredReport.InstanceReference {
    /// The same report in the class that a destination takes: its successor names what the destination has.
    func written(as reportClass: SRClass) -> StructuredReport.InstanceReference {
        guard sopClassUID == SRClass.comprehensive3D.sopClassUID else { return self }
        return StructuredReport.InstanceReference(
            studyInstanceUID: studyInstanceUID, seriesInstanceUID: seriesInstanceUID,
            sopClassUID: reportClass.sopClassUID,
            sopInstanceUID: StructuredReport.sopInstanceUID(sopInstanceUID, as: reportClass))
    }
}
