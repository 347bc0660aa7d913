internal import CDCMTK

/// The attributes of an object that is being composed: some copied from another object, some ours.
///
/// A view into its writer, valid as long as the writer lives.
@safe struct Composition {
    private let pointer: OpaquePointer

    /// The view of a writer's attributes; the bridge always has one.
    init(_ pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else { preconditionFailure("a writer without attributes") }
        unsafe self.pointer = pointer
    }

    /// Takes an attribute from the object as it is; nothing where it is absent, empty, or not legal.
    func copy(_ tag: Tag, of source: Dataset, onlyIfLegal: Bool) throws(DicomError) {
        let status = withExtendedLifetime(source) {
            unsafe cdcmtk_composition_copy(pointer, source.root.pointer, tag.number, onlyIfLegal)
        }
        try DicomError.check(status)
    }

    /// Adds an empty attribute unless it was copied.
    func addEmpty(_ tag: Tag) throws(DicomError) {
        try DicomError.check(unsafe cdcmtk_composition_copy_empty(pointer, tag.number))
    }

    /// Sets an attribute, before anything that was copied.
    func set(_ tag: Tag, _ value: String) throws(DicomError) {
        try DicomError.check(unsafe cdcmtk_composition_set(pointer, tag.number, value))
    }

    /// Says that this program writes the file.
    func sign() throws(DicomError) {
        try DicomError.check(
            unsafe cdcmtk_composition_sign(
                pointer, Implementation.classUID.text, Implementation.versionName))
    }

    /// Sets the equipment that makes the object; everything of it is type 1 in C.7.5.2, so nothing may be empty.
    func set(_ equipment: StructuredReport.Equipment) throws(DicomError) {
        let texts = [equipment.manufacturer, equipment.modelName, equipment.serialNumber]
        guard texts.allSatisfy({ !$0.isEmpty }), equipment.softwareVersions.contains(where: { !$0.isEmpty })
        else {
            throw .badData(
                .manufacturer, "an equipment's manufacturer, model, serial number or version is empty")
        }
        try set(.manufacturer, ReportText.line(equipment.manufacturer))
        try set(.manufacturerModelName, ReportText.line(equipment.modelName))
        try set(.deviceSerialNumber, ReportText.line(equipment.serialNumber))
        try set(.softwareVersions, equipment.softwareVersions.map(ReportText.line).joined(separator: "\\"))
    }
}
