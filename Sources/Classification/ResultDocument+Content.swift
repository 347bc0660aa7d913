package import Dicom

/// The content tree: TID 1500 with a measurement group after TID 1501 for each result, algorithm after TID 4019.
extension ResultDocument {
    /// The report, patient and study taken from the image file at `source`.
    ///
    /// `composedAt` becomes Content Date and Time. It is not part of the identifiers, so a report is composed once and
    /// its bytes are kept.
    package func report(source: String, composedAt: LocalTime) -> StructuredReport {
        StructuredReport(
            sopInstanceUID: sopInstanceUID, studyInstanceUID: studyInstanceUID,
            seriesInstanceUID: seriesInstanceUID, seriesNumber: seriesNumber, instanceNumber: instanceNumber,
            seriesDescription: ReportText.shortened("AI, unverified: \(model.name) \(model.version)"),
            composedAt: composedAt, equipment: equipment, evidence: evidence,
            predecessors: predecessors.flatMap(references),
            codingSchemes: declaredSchemes, sourcePath: source, content: content)
    }

    /// The root container.
    var content: ContentItem {
        ContentItem(
            .root, ReportConcept.imagingMeasurementReport, .container(templateIdentifier: "1500"),
            children: [
                ContentItem(
                    .hasConceptModifier, ReportConcept.language, .code(ReportConcept.english))
            ] + observerContext + [
                ContentItem(
                    .hasConceptModifier, ReportConcept.procedureReported, .code(settings.procedure)),
                imageLibrary,
                ContentItem(
                    .contains, ReportConcept.imagingMeasurements, .container(templateIdentifier: nil),
                    children: results.map(measurementGroup)),
            ])
    }

    /// What makes the report and its pictures.
    var equipment: StructuredReport.Equipment {
        StructuredReport.Equipment(
            manufacturer: installation.manufacturer, modelName: installation.modelName,
            serialNumber: serialNumber,
            softwareVersions: [
                installation.softwareVersion, ReportText.shortened("\(model.name) \(model.version)"),
            ])
    }

    /// The installation's serial number; where it has none, the device's identifier, because the standard wants one.
    private var serialNumber: String {
        installation.serialNumber.isEmpty ? deviceObserverUID.text : installation.serialNumber
    }

    /// Every image once, frames or not.
    private var images: [ImageResult] {
        var seen: Set<UID> = []
        return results.filter { seen.insert($0.sopInstanceUID).inserted }
    }

    private var evidence: [StructuredReport.InstanceReference] {
        images.map {
            StructuredReport.InstanceReference(
                studyInstanceUID: $0.studyInstanceUID, seriesInstanceUID: $0.seriesInstanceUID,
                sopClassUID: $0.sopClassUID, sopInstanceUID: $0.sopInstanceUID)
        }
    }

    /// A predecessor in every class in which it may lie at a destination (PS3.3 C.17.2, Predecessor Documents).
    private func references(to predecessor: Predecessor) -> [StructuredReport.InstanceReference] {
        ([.comprehensive3D] + predecessor.otherClasses).map { reportClass in
            StructuredReport.InstanceReference(
                studyInstanceUID: studyInstanceUID, seriesInstanceUID: predecessor.seriesInstanceUID,
                sopClassUID: reportClass.sopClassUID,
                sopInstanceUID: StructuredReport.sopInstanceUID(predecessor.sopInstanceUID, as: reportClass))
        }
    }

    /// The private schemes among the codes that the report uses, by designator.
    private var declaredSchemes: [StructuredReport.CodingSchemeIdentification] {
        let used = Set(content.flattened.flatMap(\.codes).filter(\.isPrivateScheme).map(\.scheme))
        return used.sorted().map { designator in
            let known = model.codingSchemes.first { $0.designator == designator }
            return StructuredReport.CodingSchemeIdentification(
                designator: designator, name: known?.name ?? designator,
                responsibleOrganization: known?.responsibleOrganization ?? installation.manufacturer)
        }
    }

    /// TID 1004, Device Observer Identifying Attributes.
    private var observerContext: [ContentItem] {
        let texts = [
            (ReportConcept.deviceObserverName, installation.name),
            (ReportConcept.deviceObserverManufacturer, installation.manufacturer),
            (ReportConcept.deviceObserverModelName, installation.modelName),
            (ReportConcept.deviceObserverSerialNumber, serialNumber),
        ]
        return [
            ContentItem(.hasObservationContext, ReportConcept.observerType, .code(ReportConcept.device)),
            ContentItem(.hasObservationContext, ReportConcept.deviceObserverUID, .uid(deviceObserverUID)),
        ] + texts.filter { !$0.1.isEmpty }.map { ContentItem(.hasObservationContext, $0.0, .text($0.1)) }
    }

    /// TID 1600 with one group.
    private var imageLibrary: ContentItem {
        let entries = images.map {
            ContentItem(
                .contains, nil,
                .image(sopClassUID: $0.sopClassUID, sopInstanceUID: $0.sopInstanceUID, frameNumbers: []))
        }
        let group = ContentItem(
            .contains, ReportConcept.imageLibraryGroup, .container(templateIdentifier: nil), children: entries
        )
        return ContentItem(
            .contains, ReportConcept.imageLibrary, .container(templateIdentifier: nil), children: [group])
    }
}
