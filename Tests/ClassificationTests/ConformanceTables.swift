import Classification
import Dicom

/// The tables of the conformance statement that say what is received and what becomes of it.
enum ConformanceTables {
    /// Every transfer syntax that the program knows.
    static func transferSyntaxes() -> String {
        let accepted = Set(StoreProviderSettings().transferSyntaxes)
        return table(["Transfer syntax", "UID", "Offered by a sender", "In a file"]) {
            TransferSyntax.all.map { syntax in
                [
                    syntax.name, "\(syntax.uid)", accepted.contains(syntax.uid) ? "accepted" : "not accepted",
                    syntax.isDecodable ? "decoded" : "refused, with its name",
                ]
            }
        }
    }

    /// Every Storage SOP class that the program knows.
    static func storageClasses() -> String {
        table(["SOP class (Storage)", "UID", "What happens"]) {
            StorageClass.all.map { [$0.name, "\($0.uid)", fate(of: $0.kind)] }
        }
    }

    private static func fate(of kind: StorageClass.Kind) -> String {
        switch kind {
        case .image: "kept; classified where a model accepts it"
        case .imageForProcessing: "kept; skipped: for processing"
        case .other: "kept; skipped: not an image"
        }
    }

    /// Every photometric interpretation, with what the program itself records about a frame of it.
    static func photometricInterpretations() -> String {
        table(["Photometric Interpretation", "Samples", "Display stage", "Network's input"]) {
            PhotometricInterpretation.allCases.map { interpretation in
                [
                    interpretation.rawValue, "\(interpretation.samplesPerPixel)",
                    displayed(interpretation), prepared(interpretation),
                ]
            }
        }
    }

    private static func displayed(_ interpretation: PhotometricInterpretation) -> String {
        do throws(DicomError) {
            return try transform(interpretation).display(frame(interpretation)).steps.joined(separator: " ")
        } catch {
            return "refused: \(error)"
        }
    }

    /// The first step that the preparation records, which is the one about the colours or the window.
    private static func prepared(_ interpretation: PhotometricInterpretation) -> String {
        do throws(PreparationError) {
            let input = try Preparation(side: 16).input(
                from: frame(interpretation), FrameDescription(transform: transform(interpretation)))
            return input.steps.filter { !$0.contains("Resized") && !$0.contains("Grey copied") }
                .joined(separator: " ")
        } catch {
            return "refused: \(error)"
        }
    }

    private static func transform(_ interpretation: PhotometricInterpretation) -> PixelTransform {
        switch interpretation {
        case .paletteColor:
            let ramp = LookupTable(firstInput: 0, bits: 8, entries: (0..<256).map { UInt16($0) })
            return PixelTransform(palette: Palette(red: ramp, green: ramp, blue: ramp))
        case .monochrome1, .monochrome2:
            return PixelTransform(
                voi: Window(center: 128, width: 256).map { .window($0) } ?? .range,
                isInverted: interpretation == .monochrome1, voiStep: "Modality and VOI transformation.",
                stepsAfterVOI: interpretation == .monochrome1 ? ["Inverted once, last."] : [])
        default: return PixelTransform()
        }
    }

    private static func frame(_ interpretation: PhotometricInterpretation) -> Frame {
        let count = 16 * 16 * interpretation.samplesPerPixel
        return Frame(
            rows: 16, columns: 16, samplesPerPixel: interpretation.samplesPerPixel,
            photometricInterpretation: interpretation, bitsStored: 8,
            samples: .uint8((0..<count).map { UInt8($0 % 251) }))
    }

    private static func table(_ header: [String], _ rows: () -> [[String]]) -> String {
        let lines = [header, header.map { _ in "---" }] + rows()
        return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }
}
