import Dicom
import Testing

/// A grey image of one row and what surrounds it in the data set.
private struct GreyImage {
    var samples: [UInt16]
    var photometric = "MONOCHROME2"
    var isSigned = false
    var frames: Int?
    var sopClassUID = "1.2.840.10008.5.1.4.1.1.7"
    /// Writes the attributes that follow those of the image.
    var attributes: (inout Part10Writer) -> Void = { _ in }

    func dataset() throws -> Dataset {
        var writer = Part10Writer()
        writer.image(
            Part10Writer.Image(
                rows: 1, columns: UInt16(samples.count / (frames ?? 1)),
                photometricInterpretation: photometric,
                frames: frames, bitsStored: 16, pixelRepresentation: isSigned ? 1 : 0,
                sopClassUID: sopClassUID))
        attributes(&writer)
        writer.words(.pixelData, "OW", samples)
        return try Dataset(bytes: writer.part10())
    }

    func display(frame frameIndex: Int = 0) throws -> DisplayImage {
        let dataset = try dataset()
        return try PixelTransform(dataset: dataset, frameIndex: frameIndex).display(
            dataset.frame(at: frameIndex))
    }

    func values(frame frameIndex: Int = 0) throws -> [Double] { try display(frame: frameIndex).values }
}

/// One item of a lookup table sequence.
private func table(_ descriptor: [UInt16], _ data: [UInt16]) -> (inout Part10Writer) -> Void {
    { writer in
        writer.words(.lutDescriptor, "US", descriptor)
        writer.words(.lutData, "OW", data)
    }
}

private func expect(_ found: [Double], near expected: [Double], _ comment: Comment? = nil) {
    #expect(found.count == expected.count)
    for (left, right) in zip(found, expected) { #expect(abs(left - right) < 1e-9, comment) }
}

struct PixelTransformTests {
    @Test func withoutAnythingTheRangeOfTheFrameIsShown() throws {
        let image = GreyImage(samples: [100, 150, 300])
        expect(try image.values(), near: [0, 0.25, 1])
        #expect(try image.display().steps == ["No window: the frame's minimum and maximum."])
    }

    @Test func constantFrameIsBlack() throws {
        expect(try GreyImage(samples: [7, 7]).values(), near: [0, 0])
        expect(try GreyImage(samples: [7, 7], photometric: "MONOCHROME1").values(), near: [1, 1])
    }

    @Test func firstOfSeveralWindowsCounts() throws {
        let image = GreyImage(samples: [0, 50, 100]) {
            $0.text(.windowCenter, "DS", "50.5\\500")
            $0.text(.windowWidth, "DS", "101\\9")
        }
        expect(try image.values(), near: [0, 0.5, 1])
    }

    /// PS3.3 C.11.2.1.2.1: center 2048 and width 4096 map 0...4095 to the whole range.
    @Test func linearWindowIsTheStandards() throws {
        let image = GreyImage(samples: [0, 2047, 4095]) {
            $0.text(.windowCenter, "DS", "2048")
            $0.text(.windowWidth, "DS", "4096")
        }
        expect(try image.values(), near: [0, 2047.0 / 4095, 1])
    }

    @Test func exactWindowIsNotShiftedByAHalf() throws {
        let image = GreyImage(samples: [0, 64, 256]) {
            $0.text(.windowCenter, "DS", "128")
            $0.text(.windowWidth, "DS", "256")
            $0.text(.voiLUTFunction, "CS", "LINEAR_EXACT")
        }
        expect(try image.values(), near: [0, 0.25, 1])
    }

    @Test func sigmoidIsTheStandards() throws {
        let image = GreyImage(samples: [10, 20, 30]) {
            $0.text(.windowCenter, "DS", "20")
            $0.text(.windowWidth, "DS", "40")
            $0.text(.voiLUTFunction, "CS", "SIGMOID")
        }
        expect(try image.values(), near: [1 / (1 + 2.718281828459045), 0.5, 1 - 1 / (1 + 2.718281828459045)])
    }

    @Test func widthOfOneIsAStep() throws {
        let image = GreyImage(samples: [9, 10, 11]) {
            $0.text(.windowCenter, "DS", "10")
            $0.text(.windowWidth, "DS", "1")
        }
        expect(try image.values(), near: [0, 1, 1])
    }

    @Test(arguments: [
        ("40", "0.5", "LINEAR"), ("40", "0", ""), ("40", "-3", "SIGMOID"), ("40", "0", "LINEAR_EXACT"),
        ("NaN", "10", ""), ("1", "inf", ""), ("1e999", "1", ""), ("x", "1", ""), ("", "1", ""),
    ])
    func windowThatIsNoneIsPassedOverAndRecorded(center: String, width: String, function: String) throws {
        let image = GreyImage(samples: [0, 1, 4]) {
            $0.text(.windowCenter, "DS", center)
            $0.text(.windowWidth, "DS", width)
            if !function.isEmpty { $0.text(.voiLUTFunction, "CS", function) }
        }
        expect(try image.values(), near: [0, 0.25, 1])
        #expect(try image.display().steps.contains { $0.contains("passed over") })
    }

    @Test func hugeWindowIsNoTrouble() throws {
        let image = GreyImage(samples: [0, 65535]) {
            $0.text(.windowCenter, "DS", "0")
            $0.text(.windowWidth, "DS", "1e300")
        }
        expect(try image.values(), near: [0.5, 0.5])
    }

    @Test func unknownFunctionIsLinearAndRecorded() throws {
        let image = GreyImage(samples: [0, 2]) {
            $0.text(.windowCenter, "DS", "1.5")
            $0.text(.windowWidth, "DS", "3")
            $0.text(.voiLUTFunction, "CS", "CUBIC")
        }
        expect(try image.values(), near: [0, 1])
        #expect(try image.display().steps.contains { $0.contains("not a defined term") })
    }

    @Test func rescaleComesBeforeTheWindow() throws {
        let image = GreyImage(samples: [0, 1024, 2048]) {
            $0.text(.windowCenter, "DS", "0.5")
            $0.text(.windowWidth, "DS", "2049")
            $0.text(.rescaleIntercept, "DS", "-1024")
            $0.text(.rescaleSlope, "DS", "1")
        }
        expect(try image.values(), near: [0, 0.5, 1])
    }

    @Test func negativeSlopeTurnsTheRangeAround() throws {
        let image = GreyImage(samples: [0, 1, 4]) {
            $0.text(.rescaleIntercept, "DS", "0")
            $0.text(.rescaleSlope, "DS", "-2")
        }
        expect(try image.values(), near: [1, 0.75, 0])
    }

    @Test func slopeOfZeroMakesAConstantImage() throws {
        let image = GreyImage(samples: [0, 1, 4]) {
            $0.text(.rescaleIntercept, "DS", "5")
            $0.text(.rescaleSlope, "DS", "0")
        }
        expect(try image.values(), near: [0, 0, 0])
    }

    @Test(arguments: ["NaN", "inf", "abc", "1e400"])
    func rescaleThatIsNoNumberIsRefusedByName(slope: String) throws {
        let image = GreyImage(samples: [0, 1]) {
            $0.text(.rescaleIntercept, "DS", "0")
            $0.text(.rescaleSlope, "DS", slope)
        }
        let error = #expect(throws: DicomError.self) { try image.values() }
        #expect(error?.tag == .rescaleSlope)
    }

    @Test func signedValuesKeepTheirSign() throws {
        let image = GreyImage(samples: [0xFFFF, 0, 1], isSigned: true)
        expect(try image.values(), near: [0, 0.5, 1])
    }

    @Test func monochrome1IsInvertedOnceAfterTheWindow() throws {
        let image = GreyImage(samples: [0, 64, 256], photometric: "MONOCHROME1") {
            $0.text(.windowCenter, "DS", "128")
            $0.text(.windowWidth, "DS", "256")
            $0.text(.voiLUTFunction, "CS", "LINEAR_EXACT")
            $0.text(.presentationLUTShape, "CS", "INVERSE")
        }
        expect(try image.values(), near: [1, 0.75, 0])
        #expect(try !image.display().steps.contains { $0.contains("contradicts") })
    }

    @Test func monochrome1IsInvertedAfterTheVOILUT() throws {
        let image = GreyImage(samples: [0, 1, 2], photometric: "MONOCHROME1") {
            $0.sequence(.voiLUTSequence, [table([3, 0, 8], [0, 51, 255])])
        }
        expect(try image.values(), near: [1, 0.8, 0])
    }

    @Test(arguments: [("MONOCHROME2", "INVERSE"), ("MONOCHROME1", "IDENTITY")])
    func contradictingShapeIsRecordedNotApplied(photometric: String, shape: String) throws {
        let image = GreyImage(samples: [0, 1], photometric: photometric) {
            $0.text(.presentationLUTShape, "CS", shape)
        }
        expect(try image.values(), near: photometric == "MONOCHROME1" ? [1, 0] : [0, 1])
        #expect(try image.display().steps.contains { $0.contains("contradicts \(photometric)") })
    }

    @Test func modalityLUTGoesBeforeRescale() throws {
        let image = GreyImage(samples: [9, 10, 11, 12, 99]) {
            $0.text(.rescaleIntercept, "DS", "1000")
            $0.text(.rescaleSlope, "DS", "-7")
            $0.sequence(.modalityLUTSequence, [table([3, 10, 16], [100, 300, 500])])
        }
        // Inputs before and after the table get its first and last entry (PS3.3 C.11.1.1).
        expect(try image.values(), near: [0, 0, 0.5, 1, 1])
    }

    /// PS3.3 C.8.7.1.1.2: XA, XRF and bi-plane XA.
    @Test(arguments: ["1", "2", "3"])
    func modalityLUTOfAngiographyIsPassedOver(suffix: String) throws {
        var image = GreyImage(samples: [0, 1, 2]) {
            $0.text(.windowCenter, "DS", "1")
            $0.text(.windowWidth, "DS", "2")
            $0.text(.voiLUTFunction, "CS", "LINEAR_EXACT")
            $0.sequence(.modalityLUTSequence, [table([3, 0, 16], [0, 9, 65535])])
        }
        expect(try image.values(), near: [0, 1, 1])
        image.sopClassUID = "1.2.840.10008.5.1.4.1.1.12.\(suffix)"
        expect(try image.values(), near: [0, 0.5, 1])
        #expect(try image.display().steps.contains { $0.hasPrefix("Modality LUT not applied") })
    }

    @Test func rangeLongerThanAnyNumberIsNoTrouble() throws {
        let image = GreyImage(samples: [0xFFFF, 0, 1], isSigned: true) {
            $0.text(.rescaleIntercept, "DS", "0")
            $0.text(.rescaleSlope, "DS", "1e308")
        }
        expect(try image.values(), near: [0, 0.5, 1])
    }

    @Test(arguments: ["MONOCHROME1", "MONOCHROME2"])
    func paddingIsBlackAndHasNoPartInTheRange(photometric: String) throws {
        let dataset = try GreyImage(samples: [100, 150, 300, 0, 7], photometric: photometric).dataset()
        let display = try PixelTransform(dataset: dataset, frameIndex: 0).display(
            dataset.frame(at: 0), padding: 0...7)
        expect(display.values, near: photometric == "MONOCHROME1" ? [1, 0.75, 0, 0, 0] : [0, 0.25, 1, 0, 0])
    }

    @Test func voiLUTGoesBeforeTheWindow() throws {
        let image = GreyImage(samples: [0, 1, 2]) {
            $0.text(.windowCenter, "DS", "1")
            $0.text(.windowWidth, "DS", "2")
            $0.sequence(
                .voiLUTSequence, [table([3, 0, 10], [0, 341, 1023]), table([3, 0, 8], [9, 9, 9])])
        }
        expect(try image.values(), near: [0, 341.0 / 1023, 1])
    }

    @Test func voiLUTReadsWhatTheModalityLUTWrites() throws {
        let image = GreyImage(samples: [0, 1]) {
            $0.sequence(.modalityLUTSequence, [table([2, 0, 16], [40000, 40001])])
            // 40000 in the descriptor: not negative, since a Modality LUT has no negative output.
            $0.sequence(.voiLUTSequence, [table([2, 40000, 8], [51, 255])])
        }
        expect(try image.values(), near: [0.2, 1])
    }

    /// PS3.3 C.7.6.16.2.10b: the macro may hold a table where others hold a window.
    @Test func voiLUTOfTheFrameGoesBeforeTheDataSets() throws {
        let image = GreyImage(samples: [0, 1, 0, 1], frames: 2) { writer in
            writer.sequence(.voiLUTSequence, [table([2, 0, 8], [255, 0])])
            writer.sequence(
                .perFrameFunctionalGroupsSequence,
                [
                    { _ in },
                    { group in
                        group.oneItem(.frameVOILUTSequence) { item in
                            item.sequence(.voiLUTSequence, [table([2, 0, 8], [51, 255])])
                        }
                    },
                ])
        }
        expect(try image.values(frame: 0), near: [1, 0])
        expect(try image.values(frame: 1), near: [0.2, 1])
    }

    @Test func functionalGroupsOfTheFrameGoBeforeTheSharedOnes() throws {
        func window(_ center: String) -> (inout Part10Writer) -> Void {
            { group in
                group.oneItem(.frameVOILUTSequence) { item in
                    item.text(.windowCenter, "DS", center)
                    item.text(.windowWidth, "DS", "2")
                    item.text(.voiLUTFunction, "CS", "LINEAR_EXACT")
                }
            }
        }
        let image = GreyImage(samples: [0, 1, 2, 0, 1, 2], frames: 2) { writer in
            writer.sequence(
                .sharedFunctionalGroupsSequence,
                [
                    { group in
                        group.oneItem(.pixelValueTransformationSequence) { item in
                            item.text(.rescaleIntercept, "DS", "10")
                            item.text(.rescaleSlope, "DS", "1")
                        }
                        window("11")(&group)
                    }
                ])
            writer.sequence(.perFrameFunctionalGroupsSequence, [{ _ in }, window("12")])
        }
        expect(try image.values(frame: 0), near: [0, 0.5, 1])
        expect(try image.values(frame: 1), near: [0, 0, 0.5])
    }
}

extension Part10Writer {
    /// A sequence of one item.
    fileprivate mutating func oneItem(_ tag: Dicom.Tag, _ item: @escaping (inout Part10Writer) -> Void) {
        sequence(tag, [item])
    }
}
