internal import Dicom

/// The standard's codes that frame every report (PS3.16 annex D), whatever the model is about.
enum ReportConcept {
    static let imagingMeasurementReport = CodedEntry("126000", "DCM", "Imaging Measurement Report")
    static let language = CodedEntry("121049", "DCM", "Language of Content Item and Descendants")
    static let english = CodedEntry("eng", "RFC5646", "English")
    static let observerType = CodedEntry("121005", "DCM", "Observer Type")
    static let device = CodedEntry("121007", "DCM", "Device")
    static let deviceObserverUID = CodedEntry("121012", "DCM", "Device Observer UID")
    static let deviceObserverName = CodedEntry("121013", "DCM", "Device Observer Name")
    static let deviceObserverManufacturer = CodedEntry("121014", "DCM", "Device Observer Manufacturer")
    static let deviceObserverModelName = CodedEntry("121015", "DCM", "Device Observer Model Name")
    static let deviceObserverSerialNumber = CodedEntry("121016", "DCM", "Device Observer Serial Number")
    static let procedureReported = CodedEntry("121058", "DCM", "Procedure reported")
    static let imageLibrary = CodedEntry("111028", "DCM", "Image Library")
    static let imageLibraryGroup = CodedEntry("126200", "DCM", "Image Library Group")
    static let imagingMeasurements = CodedEntry("126010", "DCM", "Imaging Measurements")
    static let measurementGroup = CodedEntry("125007", "DCM", "Measurement Group")
    static let trackingIdentifier = CodedEntry("112039", "DCM", "Tracking Identifier")
    static let trackingUniqueIdentifier = CodedEntry("112040", "DCM", "Tracking Unique Identifier")
    static let finding = CodedEntry("121071", "DCM", "Finding")
    static let findingSite = CodedEntry("363698007", "SCT", "Finding Site")
    static let laterality = CodedEntry("272741003", "SCT", "Laterality")
    static let right = CodedEntry("24028007", "SCT", "Right")
    static let left = CodedEntry("7771000", "SCT", "Left")
    static let algorithmName = CodedEntry("111001", "DCM", "Algorithm Name")
    static let algorithmVersion = CodedEntry("111003", "DCM", "Algorithm Version")
    static let algorithmParameters = CodedEntry("111002", "DCM", "Algorithm Parameters")
    static let algorithmFamily = CodedEntry("111000", "DCM", "Algorithm Family")
    static let artificialIntelligence = CodedEntry("123110", "DCM", "Artificial Intelligence")
    static let probability = CodedEntry("122157", "DCM", "Probability")
    static let percent = CodedEntry("%", "UCUM", "Percent")
    static let sourceOfMeasurement = CodedEntry("121112", "DCM", "Source of Measurement")
    static let conclusion = CodedEntry("121077", "DCM", "Conclusion")

    /// The code of an image's laterality; nil unless the image says left or right.
    static func side(_ laterality: String?) -> CodedEntry? {
        switch laterality {
        case "L": left
        case "R": right
        default: nil
        }
    }
}
