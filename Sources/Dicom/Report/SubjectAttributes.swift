/// Which attributes a report takes over from its source: patient and study as the archive knows them.
///
/// The lists follow PS3.3 C.7.1.1 (Patient), C.7.2.1 (General Study) and C.7.2.2 (Patient Study). Left out on purpose:
/// what describes the source's own instance, and sequences that point at other objects.
enum SubjectAttributes {
    /// Taken as they are, whatever they hold: the archive files the report by them.
    ///
    /// Those of type 2 are written empty where the source has no value.
    static let identifying: [Tag] = [
        .specificCharacterSet, .timezoneOffsetFromUTC,
        .patientName, .patientID, .issuerOfPatientID, .patientBirthDate, .patientSex,
        .studyDate, .studyTime, .studyID, .accessionNumber, .referringPhysicianName, .studyDescription,
    ]

    /// Taken only where the source has a legal value: none of these is worth an invalid report.
    static let optional: [Tag] = [
        Tag(0x0008, 0x0051),  // IssuerOfAccessionNumberSequence
        Tag(0x0008, 0x009C),  // ConsultingPhysicianName
        Tag(0x0008, 0x1032),  // ProcedureCodeSequence
        Tag(0x0008, 0x1048),  // PhysiciansOfRecord
        Tag(0x0008, 0x1060),  // NameOfPhysiciansReadingStudy
        Tag(0x0008, 0x1080),  // AdmittingDiagnosesDescription
        Tag(0x0010, 0x0022),  // TypeOfPatientID
        Tag(0x0010, 0x0024),  // IssuerOfPatientIDQualifiersSequence
        .patientBirthTime,
        Tag(0x0010, 0x1000),  // OtherPatientIDs, retired and still sent
        Tag(0x0010, 0x1001),  // OtherPatientNames
        .patientAge, .patientSize, .patientWeight, .ethnicGroup,
        Tag(0x0010, 0x2180),  // Occupation
        .additionalPatientHistory,
        Tag(0x0010, 0x2201),  // PatientSpeciesDescription
        Tag(0x0010, 0x2202),  // PatientSpeciesCodeSequence
        Tag(0x0010, 0x2203),  // PatientSexNeutered
        Tag(0x0010, 0x2292),  // PatientBreedDescription
        Tag(0x0010, 0x2293),  // PatientBreedCodeSequence
        Tag(0x0010, 0x2294),  // BreedRegistrationSequence
        Tag(0x0010, 0x2297),  // ResponsiblePerson
        Tag(0x0010, 0x2298),  // ResponsiblePersonRole
        Tag(0x0010, 0x2299),  // ResponsibleOrganization
        .patientComments, .patientIdentityRemoved,
        Tag(0x0012, 0x0063),  // DeidentificationMethod
        Tag(0x0012, 0x0064),  // DeidentificationMethodCodeSequence
        Tag(0x0012, 0x0010),  // ClinicalTrialSponsorName
        Tag(0x0012, 0x0020),  // ClinicalTrialProtocolID
        Tag(0x0012, 0x0021),  // ClinicalTrialProtocolName
        Tag(0x0012, 0x0030),  // ClinicalTrialSiteID
        Tag(0x0012, 0x0031),  // ClinicalTrialSiteName
        Tag(0x0012, 0x0040),  // ClinicalTrialSubjectID
        Tag(0x0012, 0x0042),  // ClinicalTrialSubjectReadingID
        Tag(0x0012, 0x0050),  // ClinicalTrialTimePointID
        Tag(0x0038, 0x0010),  // AdmissionID
    ]
}
