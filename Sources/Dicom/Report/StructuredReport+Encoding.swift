internal import CDCMTK

extension StructuredReport {
    /// The report as a Part 10 file, explicit little endian, written as this class.
    ///
    /// Throws `badData` when an item or a header text cannot be carried (a code of 17 characters, an item the class
    /// does not admit) or the source cannot be parsed, `world` when the source cannot be opened.
    package func encoded(as reportClass: SRClass = .comprehensive3D) throws(DicomError) -> [UInt8] {
        let source = try Dataset(path: sourcePath)
        let writer = try ReportWriter(reportClass)
        try SubjectAttributes.copy(from: source, to: writer)
        try write(header: writer, as: reportClass, zone: SubjectAttributes.zone(of: source))
        try writer.write(content.degraded(to: reportClass))
        for reference in evidence { try writer.addEvidence(reference) }
        for reference in predecessors { try writer.addPredecessor(reference.written(as: reportClass)) }
        for scheme in codingSchemes { try writer.add(scheme) }
        return try writer.encode()
    }

    private func write(
        header writer: borrowing ReportWriter, as reportClass: SRClass, zone: Int?
    ) throws(DicomError) {
        // A zone in the source governs every date and time of the object (PS3.3 C.12.1), ours too. Where the source
        // names none we do not add one: it would claim to know the zone of the study's own date and time.
        let composed = zone.map { composedAt.inZone(minutesFromUTC: $0) } ?? composedAt
        try writer.set(.sopInstanceUID, sopInstanceUID(as: reportClass).text)
        try writer.set(.studyInstanceUID, studyInstanceUID.text)
        try writer.set(.seriesInstanceUID, seriesInstanceUID.text)
        try writer.set(.seriesNumber, String(seriesNumber))
        try writer.set(.instanceNumber, String(instanceNumber))
        try writer.set(.seriesDescription, ReportText.line(seriesDescription))
        for tag in [Tag.contentDate, .seriesDate, .instanceCreationDate] {
            try writer.set(tag, composed.dicomDate)
        }
        for tag in [Tag.contentTime, .seriesTime, .instanceCreationTime] {
            try writer.set(tag, composed.dicomTime)
        }
        try writer.set(.manufacturer, ReportText.line(equipment.manufacturer))
        try writer.set(.manufacturerModelName, ReportText.line(equipment.modelName))
        try writer.set(.deviceSerialNumber, ReportText.line(equipment.serialNumber))
        try writer.set(
            .softwareVersions, equipment.softwareVersions.map(ReportText.line).joined(separator: "\\"))
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
