/// The elements this program reads or writes, under the standard's keywords (PS3.6 6); a name starts with a
/// small letter as Swift has it, nothing else of the keyword changes.
extension Tag {
    /// MediaStorageSOPClassUID (0002,0002).
    package static let mediaStorageSOPClassUID = Tag(0x0002, 0x0002)
    /// MediaStorageSOPInstanceUID (0002,0003).
    package static let mediaStorageSOPInstanceUID = Tag(0x0002, 0x0003)
    /// TransferSyntaxUID (0002,0010).
    package static let transferSyntaxUID = Tag(0x0002, 0x0010)
    /// SpecificCharacterSet (0008,0005).
    package static let specificCharacterSet = Tag(0x0008, 0x0005)
    /// ImageType (0008,0008).
    package static let imageType = Tag(0x0008, 0x0008)
    /// InstanceCreationDate (0008,0012).
    package static let instanceCreationDate = Tag(0x0008, 0x0012)
    /// InstanceCreationTime (0008,0013).
    package static let instanceCreationTime = Tag(0x0008, 0x0013)
    /// SOPClassUID (0008,0016).
    package static let sopClassUID = Tag(0x0008, 0x0016)
    /// SOPInstanceUID (0008,0018).
    package static let sopInstanceUID = Tag(0x0008, 0x0018)
    /// StudyDate (0008,0020).
    package static let studyDate = Tag(0x0008, 0x0020)
    /// SeriesDate (0008,0021).
    package static let seriesDate = Tag(0x0008, 0x0021)
    /// AcquisitionDate (0008,0022).
    package static let acquisitionDate = Tag(0x0008, 0x0022)
    /// ContentDate (0008,0023).
    package static let contentDate = Tag(0x0008, 0x0023)
    /// AcquisitionDateTime (0008,002A).
    package static let acquisitionDateTime = Tag(0x0008, 0x002A)
    /// StudyTime (0008,0030).
    package static let studyTime = Tag(0x0008, 0x0030)
    /// SeriesTime (0008,0031).
    package static let seriesTime = Tag(0x0008, 0x0031)
    /// AcquisitionTime (0008,0032).
    package static let acquisitionTime = Tag(0x0008, 0x0032)
    /// ContentTime (0008,0033).
    package static let contentTime = Tag(0x0008, 0x0033)
    /// AccessionNumber (0008,0050).
    package static let accessionNumber = Tag(0x0008, 0x0050)
    /// Modality (0008,0060).
    package static let modality = Tag(0x0008, 0x0060)
    /// ModalitiesInStudy (0008,0061).
    package static let modalitiesInStudy = Tag(0x0008, 0x0061)
    /// ConversionType (0008,0064).
    package static let conversionType = Tag(0x0008, 0x0064)
    /// PresentationIntentType (0008,0068).
    package static let presentationIntentType = Tag(0x0008, 0x0068)
    /// Manufacturer (0008,0070).
    package static let manufacturer = Tag(0x0008, 0x0070)
    /// InstitutionName (0008,0080).
    package static let institutionName = Tag(0x0008, 0x0080)
    /// ReferringPhysicianName (0008,0090).
    package static let referringPhysicianName = Tag(0x0008, 0x0090)
    /// CodeValue (0008,0100).
    package static let codeValue = Tag(0x0008, 0x0100)
    /// CodingSchemeDesignator (0008,0102).
    package static let codingSchemeDesignator = Tag(0x0008, 0x0102)
    /// CodingSchemeVersion (0008,0103).
    package static let codingSchemeVersion = Tag(0x0008, 0x0103)
    /// CodeMeaning (0008,0104).
    package static let codeMeaning = Tag(0x0008, 0x0104)
    /// TimezoneOffsetFromUTC (0008,0201).
    package static let timezoneOffsetFromUTC = Tag(0x0008, 0x0201)
    /// StudyDescription (0008,1030).
    package static let studyDescription = Tag(0x0008, 0x1030)
    /// SeriesDescription (0008,103E).
    package static let seriesDescription = Tag(0x0008, 0x103E)
    /// ManufacturerModelName (0008,1090).
    package static let manufacturerModelName = Tag(0x0008, 0x1090)
    /// ReferencedStudySequence (0008,1110).
    package static let referencedStudySequence = Tag(0x0008, 0x1110)
    /// ReferencedSeriesSequence (0008,1115).
    package static let referencedSeriesSequence = Tag(0x0008, 0x1115)
    /// ReferencedSOPClassUID (0008,1150).
    package static let referencedSOPClassUID = Tag(0x0008, 0x1150)
    /// ReferencedSOPInstanceUID (0008,1155).
    package static let referencedSOPInstanceUID = Tag(0x0008, 0x1155)
    /// ReferencedFrameNumber (0008,1160).
    package static let referencedFrameNumber = Tag(0x0008, 0x1160)
    /// ReferencedSOPSequence (0008,1199).
    package static let referencedSOPSequence = Tag(0x0008, 0x1199)
    /// DerivationDescription (0008,2111).
    package static let derivationDescription = Tag(0x0008, 0x2111)
    /// SourceImageSequence (0008,2112).
    package static let sourceImageSequence = Tag(0x0008, 0x2112)
    /// AnatomicRegionSequence (0008,2218).
    package static let anatomicRegionSequence = Tag(0x0008, 0x2218)
    /// AnatomicRegionModifierSequence (0008,2220).
    package static let anatomicRegionModifierSequence = Tag(0x0008, 0x2220)
    /// PrimaryAnatomicStructureSequence (0008,2228).
    package static let primaryAnatomicStructureSequence = Tag(0x0008, 0x2228)
    /// PatientName (0010,0010).
    package static let patientName = Tag(0x0010, 0x0010)
    /// PatientID (0010,0020).
    package static let patientID = Tag(0x0010, 0x0020)
    /// IssuerOfPatientID (0010,0021).
    package static let issuerOfPatientID = Tag(0x0010, 0x0021)
    /// PatientBirthDate (0010,0030).
    package static let patientBirthDate = Tag(0x0010, 0x0030)
    /// PatientBirthTime (0010,0032).
    package static let patientBirthTime = Tag(0x0010, 0x0032)
    /// PatientSex (0010,0040).
    package static let patientSex = Tag(0x0010, 0x0040)
    /// PatientAge (0010,1010).
    package static let patientAge = Tag(0x0010, 0x1010)
    /// PatientSize (0010,1020).
    package static let patientSize = Tag(0x0010, 0x1020)
    /// PatientWeight (0010,1030).
    package static let patientWeight = Tag(0x0010, 0x1030)
    /// EthnicGroup (0010,2160).
    package static let ethnicGroup = Tag(0x0010, 0x2160)
    /// AdditionalPatientHistory (0010,21B0).
    package static let additionalPatientHistory = Tag(0x0010, 0x21B0)
    /// PatientComments (0010,4000).
    package static let patientComments = Tag(0x0010, 0x4000)
    /// PatientIdentityRemoved (0012,0062).
    package static let patientIdentityRemoved = Tag(0x0012, 0x0062)
    /// BodyPartExamined (0018,0015).
    package static let bodyPartExamined = Tag(0x0018, 0x0015)
    /// KVP (0018,0060).
    package static let kvp = Tag(0x0018, 0x0060)
    /// DeviceSerialNumber (0018,1000).
    package static let deviceSerialNumber = Tag(0x0018, 0x1000)
    /// SoftwareVersions (0018,1020).
    package static let softwareVersions = Tag(0x0018, 0x1020)
    /// ProtocolName (0018,1030).
    package static let protocolName = Tag(0x0018, 0x1030)
    /// ImagerPixelSpacing (0018,1164).
    package static let imagerPixelSpacing = Tag(0x0018, 0x1164)
    /// ViewPosition (0018,5101).
    package static let viewPosition = Tag(0x0018, 0x5101)
    /// StudyInstanceUID (0020,000D).
    package static let studyInstanceUID = Tag(0x0020, 0x000D)
    /// SeriesInstanceUID (0020,000E).
    package static let seriesInstanceUID = Tag(0x0020, 0x000E)
    /// StudyID (0020,0010).
    package static let studyID = Tag(0x0020, 0x0010)
    /// SeriesNumber (0020,0011).
    package static let seriesNumber = Tag(0x0020, 0x0011)
    /// AcquisitionNumber (0020,0012).
    package static let acquisitionNumber = Tag(0x0020, 0x0012)
    /// InstanceNumber (0020,0013).
    package static let instanceNumber = Tag(0x0020, 0x0013)
    /// PatientOrientation (0020,0020).
    package static let patientOrientation = Tag(0x0020, 0x0020)
    /// FrameOfReferenceUID (0020,0052).
    package static let frameOfReferenceUID = Tag(0x0020, 0x0052)
    /// Laterality (0020,0060).
    package static let laterality = Tag(0x0020, 0x0060)
    /// ImageLaterality (0020,0062).
    package static let imageLaterality = Tag(0x0020, 0x0062)
    /// FrameAnatomySequence (0020,9071).
    package static let frameAnatomySequence = Tag(0x0020, 0x9071)
    /// FrameLaterality (0020,9072).
    package static let frameLaterality = Tag(0x0020, 0x9072)
    /// SamplesPerPixel (0028,0002).
    package static let samplesPerPixel = Tag(0x0028, 0x0002)
    /// PhotometricInterpretation (0028,0004).
    package static let photometricInterpretation = Tag(0x0028, 0x0004)
    /// PlanarConfiguration (0028,0006).
    package static let planarConfiguration = Tag(0x0028, 0x0006)
    /// NumberOfFrames (0028,0008).
    package static let numberOfFrames = Tag(0x0028, 0x0008)
    /// Rows (0028,0010).
    package static let rows = Tag(0x0028, 0x0010)
    /// Columns (0028,0011).
    package static let columns = Tag(0x0028, 0x0011)
    /// PixelSpacing (0028,0030).
    package static let pixelSpacing = Tag(0x0028, 0x0030)
    /// PixelAspectRatio (0028,0034).
    package static let pixelAspectRatio = Tag(0x0028, 0x0034)
    /// BitsAllocated (0028,0100).
    package static let bitsAllocated = Tag(0x0028, 0x0100)
    /// BitsStored (0028,0101).
    package static let bitsStored = Tag(0x0028, 0x0101)
    /// HighBit (0028,0102).
    package static let highBit = Tag(0x0028, 0x0102)
    /// PixelRepresentation (0028,0103).
    package static let pixelRepresentation = Tag(0x0028, 0x0103)
    /// SmallestImagePixelValue (0028,0106).
    package static let smallestImagePixelValue = Tag(0x0028, 0x0106)
    /// LargestImagePixelValue (0028,0107).
    package static let largestImagePixelValue = Tag(0x0028, 0x0107)
    /// PixelPaddingValue (0028,0120).
    package static let pixelPaddingValue = Tag(0x0028, 0x0120)
    /// PixelPaddingRangeLimit (0028,0121).
    package static let pixelPaddingRangeLimit = Tag(0x0028, 0x0121)
    /// FloatPixelPaddingValue (0028,0122).
    package static let floatPixelPaddingValue = Tag(0x0028, 0x0122)
    /// DoubleFloatPixelPaddingValue (0028,0123).
    package static let doubleFloatPixelPaddingValue = Tag(0x0028, 0x0123)
    /// FloatPixelPaddingRangeLimit (0028,0124).
    package static let floatPixelPaddingRangeLimit = Tag(0x0028, 0x0124)
    /// DoubleFloatPixelPaddingRangeLimit (0028,0125).
    package static let doubleFloatPixelPaddingRangeLimit = Tag(0x0028, 0x0125)
    /// QualityControlImage (0028,0300).
    package static let qualityControlImage = Tag(0x0028, 0x0300)
    /// BurnedInAnnotation (0028,0301).
    package static let burnedInAnnotation = Tag(0x0028, 0x0301)
    /// RecognizableVisualFeatures (0028,0302).
    package static let recognizableVisualFeatures = Tag(0x0028, 0x0302)
    /// PixelIntensityRelationship (0028,1040).
    package static let pixelIntensityRelationship = Tag(0x0028, 0x1040)
    /// PixelIntensityRelationshipSign (0028,1041).
    package static let pixelIntensityRelationshipSign = Tag(0x0028, 0x1041)
    /// WindowCenter (0028,1050).
    package static let windowCenter = Tag(0x0028, 0x1050)
    /// WindowWidth (0028,1051).
    package static let windowWidth = Tag(0x0028, 0x1051)
    /// RescaleIntercept (0028,1052).
    package static let rescaleIntercept = Tag(0x0028, 0x1052)
    /// RescaleSlope (0028,1053).
    package static let rescaleSlope = Tag(0x0028, 0x1053)
    /// RescaleType (0028,1054).
    package static let rescaleType = Tag(0x0028, 0x1054)
    /// WindowCenterWidthExplanation (0028,1055).
    package static let windowCenterWidthExplanation = Tag(0x0028, 0x1055)
    /// VOILUTFunction (0028,1056).
    package static let voiLUTFunction = Tag(0x0028, 0x1056)
    /// RedPaletteColorLookupTableDescriptor (0028,1101).
    package static let redPaletteColorLookupTableDescriptor = Tag(0x0028, 0x1101)
    /// GreenPaletteColorLookupTableDescriptor (0028,1102).
    package static let greenPaletteColorLookupTableDescriptor = Tag(0x0028, 0x1102)
    /// BluePaletteColorLookupTableDescriptor (0028,1103).
    package static let bluePaletteColorLookupTableDescriptor = Tag(0x0028, 0x1103)
    /// PaletteColorLookupTableUID (0028,1199).
    package static let paletteColorLookupTableUID = Tag(0x0028, 0x1199)
    /// RedPaletteColorLookupTableData (0028,1201).
    package static let redPaletteColorLookupTableData = Tag(0x0028, 0x1201)
    /// GreenPaletteColorLookupTableData (0028,1202).
    package static let greenPaletteColorLookupTableData = Tag(0x0028, 0x1202)
    /// BluePaletteColorLookupTableData (0028,1203).
    package static let bluePaletteColorLookupTableData = Tag(0x0028, 0x1203)
    /// SegmentedRedPaletteColorLookupTableData (0028,1221).
    package static let segmentedRedPaletteColorLookupTableData = Tag(0x0028, 0x1221)
    /// SegmentedGreenPaletteColorLookupTableData (0028,1222).
    package static let segmentedGreenPaletteColorLookupTableData = Tag(0x0028, 0x1222)
    /// SegmentedBluePaletteColorLookupTableData (0028,1223).
    package static let segmentedBluePaletteColorLookupTableData = Tag(0x0028, 0x1223)
    /// LossyImageCompression (0028,2110).
    package static let lossyImageCompression = Tag(0x0028, 0x2110)
    /// LossyImageCompressionRatio (0028,2112).
    package static let lossyImageCompressionRatio = Tag(0x0028, 0x2112)
    /// LossyImageCompressionMethod (0028,2114).
    package static let lossyImageCompressionMethod = Tag(0x0028, 0x2114)
    /// ModalityLUTSequence (0028,3000).
    package static let modalityLUTSequence = Tag(0x0028, 0x3000)
    /// LUTDescriptor (0028,3002).
    package static let lutDescriptor = Tag(0x0028, 0x3002)
    /// LUTExplanation (0028,3003).
    package static let lutExplanation = Tag(0x0028, 0x3003)
    /// ModalityLUTType (0028,3004).
    package static let modalityLUTType = Tag(0x0028, 0x3004)
    /// LUTData (0028,3006).
    package static let lutData = Tag(0x0028, 0x3006)
    /// VOILUTSequence (0028,3010).
    package static let voiLUTSequence = Tag(0x0028, 0x3010)
    /// PixelMeasuresSequence (0028,9110).
    package static let pixelMeasuresSequence = Tag(0x0028, 0x9110)
    /// FrameVOILUTSequence (0028,9132).
    package static let frameVOILUTSequence = Tag(0x0028, 0x9132)
    /// PixelValueTransformationSequence (0028,9145).
    package static let pixelValueTransformationSequence = Tag(0x0028, 0x9145)
    /// RealWorldValueMappingSequence (0040,9096).
    package static let realWorldValueMappingSequence = Tag(0x0040, 0x9096)
    /// RelationshipType (0040,A010).
    package static let relationshipType = Tag(0x0040, 0xA010)
    /// ValueType (0040,A040).
    package static let valueType = Tag(0x0040, 0xA040)
    /// ConceptNameCodeSequence (0040,A043).
    package static let conceptNameCodeSequence = Tag(0x0040, 0xA043)
    /// TextValue (0040,A160).
    package static let textValue = Tag(0x0040, 0xA160)
    /// ConceptCodeSequence (0040,A168).
    package static let conceptCodeSequence = Tag(0x0040, 0xA168)
    /// MeasuredValueSequence (0040,A300).
    package static let measuredValueSequence = Tag(0x0040, 0xA300)
    /// NumericValue (0040,A30A).
    package static let numericValue = Tag(0x0040, 0xA30A)
    /// PredecessorDocumentsSequence (0040,A360).
    package static let predecessorDocumentsSequence = Tag(0x0040, 0xA360)
    /// PerformedProcedureCodeSequence (0040,A372).
    package static let performedProcedureCodeSequence = Tag(0x0040, 0xA372)
    /// CurrentRequestedProcedureEvidenceSequence (0040,A375).
    package static let currentRequestedProcedureEvidenceSequence = Tag(0x0040, 0xA375)
    /// CompletionFlag (0040,A491).
    package static let completionFlag = Tag(0x0040, 0xA491)
    /// VerificationFlag (0040,A493).
    package static let verificationFlag = Tag(0x0040, 0xA493)
    /// ContentSequence (0040,A730).
    package static let contentSequence = Tag(0x0040, 0xA730)
    /// ViewCodeSequence (0054,0220).
    package static let viewCodeSequence = Tag(0x0054, 0x0220)
    /// IconImageSequence (0088,0200).
    package static let iconImageSequence = Tag(0x0088, 0x0200)
    /// PresentationLUTSequence (2050,0010).
    package static let presentationLUTSequence = Tag(0x2050, 0x0010)
    /// PresentationLUTShape (2050,0020).
    package static let presentationLUTShape = Tag(0x2050, 0x0020)
    /// SharedFunctionalGroupsSequence (5200,9229).
    package static let sharedFunctionalGroupsSequence = Tag(0x5200, 0x9229)
    /// PerFrameFunctionalGroupsSequence (5200,9230).
    package static let perFrameFunctionalGroupsSequence = Tag(0x5200, 0x9230)
    /// ExtendedOffsetTable (7FE0,0001).
    package static let extendedOffsetTable = Tag(0x7FE0, 0x0001)
    /// ExtendedOffsetTableLengths (7FE0,0002).
    package static let extendedOffsetTableLengths = Tag(0x7FE0, 0x0002)
    /// FloatPixelData (7FE0,0008).
    package static let floatPixelData = Tag(0x7FE0, 0x0008)
    /// DoubleFloatPixelData (7FE0,0009).
    package static let doubleFloatPixelData = Tag(0x7FE0, 0x0009)
    /// PixelData (7FE0,0010).
    package static let pixelData = Tag(0x7FE0, 0x0010)
}

extension Tag {
    /// The standard's keyword, for the elements that this program knows by name.
    package var keyword: String? { Self.keywords[number] }

    private static let keywords: [UInt32: String] = [
        0x0002_0002: "MediaStorageSOPClassUID",
        0x0002_0003: "MediaStorageSOPInstanceUID",
        0x0002_0010: "TransferSyntaxUID",
        0x0008_0005: "SpecificCharacterSet",
        0x0008_0008: "ImageType",
        0x0008_0012: "InstanceCreationDate",
        0x0008_0013: "InstanceCreationTime",
        0x0008_0016: "SOPClassUID",
        0x0008_0018: "SOPInstanceUID",
        0x0008_0020: "StudyDate",
        0x0008_0021: "SeriesDate",
        0x0008_0022: "AcquisitionDate",
        0x0008_0023: "ContentDate",
        0x0008_002A: "AcquisitionDateTime",
        0x0008_0030: "StudyTime",
        0x0008_0031: "SeriesTime",
        0x0008_0032: "AcquisitionTime",
        0x0008_0033: "ContentTime",
        0x0008_0050: "AccessionNumber",
        0x0008_0060: "Modality",
        0x0008_0061: "ModalitiesInStudy",
        0x0008_0064: "ConversionType",
        0x0008_0068: "PresentationIntentType",
        0x0008_0070: "Manufacturer",
        0x0008_0080: "InstitutionName",
        0x0008_0090: "ReferringPhysicianName",
        0x0008_0100: "CodeValue",
        0x0008_0102: "CodingSchemeDesignator",
        0x0008_0103: "CodingSchemeVersion",
        0x0008_0104: "CodeMeaning",
        0x0008_0201: "TimezoneOffsetFromUTC",
        0x0008_1030: "StudyDescription",
        0x0008_103E: "SeriesDescription",
        0x0008_1090: "ManufacturerModelName",
        0x0008_1110: "ReferencedStudySequence",
        0x0008_1115: "ReferencedSeriesSequence",
        0x0008_1150: "ReferencedSOPClassUID",
        0x0008_1155: "ReferencedSOPInstanceUID",
        0x0008_1160: "ReferencedFrameNumber",
        0x0008_1199: "ReferencedSOPSequence",
        0x0008_2111: "DerivationDescription",
        0x0008_2112: "SourceImageSequence",
        0x0008_2218: "AnatomicRegionSequence",
        0x0008_2220: "AnatomicRegionModifierSequence",
        0x0008_2228: "PrimaryAnatomicStructureSequence",
        0x0010_0010: "PatientName",
        0x0010_0020: "PatientID",
        0x0010_0021: "IssuerOfPatientID",
        0x0010_0030: "PatientBirthDate",
        0x0010_0032: "PatientBirthTime",
        0x0010_0040: "PatientSex",
        0x0010_1010: "PatientAge",
        0x0010_1020: "PatientSize",
        0x0010_1030: "PatientWeight",
        0x0010_2160: "EthnicGroup",
        0x0010_21B0: "AdditionalPatientHistory",
        0x0010_4000: "PatientComments",
        0x0012_0062: "PatientIdentityRemoved",
        0x0018_0015: "BodyPartExamined",
        0x0018_0060: "KVP",
        0x0018_1000: "DeviceSerialNumber",
        0x0018_1020: "SoftwareVersions",
        0x0018_1030: "ProtocolName",
        0x0018_1164: "ImagerPixelSpacing",
        0x0018_5101: "ViewPosition",
        0x0020_000D: "StudyInstanceUID",
        0x0020_000E: "SeriesInstanceUID",
        0x0020_0010: "StudyID",
        0x0020_0011: "SeriesNumber",
        0x0020_0012: "AcquisitionNumber",
        0x0020_0013: "InstanceNumber",
        0x0020_0020: "PatientOrientation",
        0x0020_0052: "FrameOfReferenceUID",
        0x0020_0060: "Laterality",
        0x0020_0062: "ImageLaterality",
        0x0020_9071: "FrameAnatomySequence",
        0x0020_9072: "FrameLaterality",
        0x0028_0002: "SamplesPerPixel",
        0x0028_0004: "PhotometricInterpretation",
        0x0028_0006: "PlanarConfiguration",
        0x0028_0008: "NumberOfFrames",
        0x0028_0010: "Rows",
        0x0028_0011: "Columns",
        0x0028_0030: "PixelSpacing",
        0x0028_0034: "PixelAspectRatio",
        0x0028_0100: "BitsAllocated",
        0x0028_0101: "BitsStored",
        0x0028_0102: "HighBit",
        0x0028_0103: "PixelRepresentation",
        0x0028_0106: "SmallestImagePixelValue",
        0x0028_0107: "LargestImagePixelValue",
        0x0028_0120: "PixelPaddingValue",
        0x0028_0121: "PixelPaddingRangeLimit",
        0x0028_0122: "FloatPixelPaddingValue",
        0x0028_0123: "DoubleFloatPixelPaddingValue",
        0x0028_0124: "FloatPixelPaddingRangeLimit",
        0x0028_0125: "DoubleFloatPixelPaddingRangeLimit",
        0x0028_0300: "QualityControlImage",
        0x0028_0301: "BurnedInAnnotation",
        0x0028_0302: "RecognizableVisualFeatures",
        0x0028_1040: "PixelIntensityRelationship",
        0x0028_1041: "PixelIntensityRelationshipSign",
        0x0028_1050: "WindowCenter",
        0x0028_1051: "WindowWidth",
        0x0028_1052: "RescaleIntercept",
        0x0028_1053: "RescaleSlope",
        0x0028_1054: "RescaleType",
        0x0028_1055: "WindowCenterWidthExplanation",
        0x0028_1056: "VOILUTFunction",
        0x0028_1101: "RedPaletteColorLookupTableDescriptor",
        0x0028_1102: "GreenPaletteColorLookupTableDescriptor",
        0x0028_1103: "BluePaletteColorLookupTableDescriptor",
        0x0028_1199: "PaletteColorLookupTableUID",
        0x0028_1201: "RedPaletteColorLookupTableData",
        0x0028_1202: "GreenPaletteColorLookupTableData",
        0x0028_1203: "BluePaletteColorLookupTableData",
        0x0028_1221: "SegmentedRedPaletteColorLookupTableData",
        0x0028_1222: "SegmentedGreenPaletteColorLookupTableData",
        0x0028_1223: "SegmentedBluePaletteColorLookupTableData",
        0x0028_2110: "LossyImageCompression",
        0x0028_2112: "LossyImageCompressionRatio",
        0x0028_2114: "LossyImageCompressionMethod",
        0x0028_3000: "ModalityLUTSequence",
        0x0028_3002: "LUTDescriptor",
        0x0028_3003: "LUTExplanation",
        0x0028_3004: "ModalityLUTType",
        0x0028_3006: "LUTData",
        0x0028_3010: "VOILUTSequence",
        0x0028_9110: "PixelMeasuresSequence",
        0x0028_9132: "FrameVOILUTSequence",
        0x0028_9145: "PixelValueTransformationSequence",
        0x0040_9096: "RealWorldValueMappingSequence",
        0x0040_A010: "RelationshipType",
        0x0040_A040: "ValueType",
        0x0040_A043: "ConceptNameCodeSequence",
        0x0040_A160: "TextValue",
        0x0040_A168: "ConceptCodeSequence",
        0x0040_A300: "MeasuredValueSequence",
        0x0040_A30A: "NumericValue",
        0x0040_A360: "PredecessorDocumentsSequence",
        0x0040_A372: "PerformedProcedureCodeSequence",
        0x0040_A375: "CurrentRequestedProcedureEvidenceSequence",
        0x0040_A491: "CompletionFlag",
        0x0040_A493: "VerificationFlag",
        0x0040_A730: "ContentSequence",
        0x0054_0220: "ViewCodeSequence",
        0x0088_0200: "IconImageSequence",
        0x2050_0010: "PresentationLUTSequence",
        0x2050_0020: "PresentationLUTShape",
        0x5200_9229: "SharedFunctionalGroupsSequence",
        0x5200_9230: "PerFrameFunctionalGroupsSequence",
        0x7FE0_0001: "ExtendedOffsetTable",
        0x7FE0_0002: "ExtendedOffsetTableLengths",
        0x7FE0_0008: "FloatPixelData",
        0x7FE0_0009: "DoubleFloatPixelData",
        0x7FE0_0010: "PixelData",
    ]
}
