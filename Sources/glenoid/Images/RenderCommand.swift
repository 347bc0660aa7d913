// `glenoid render FILE`: one frame at one of the three stages of its preparation.
import ArgumentParser
import Classification
import Dicom
import Foundation

struct RenderCommand: ParsableCommand {
    /// The stages of docs/ARCHITECTURE.md, section 2, step 4.
    enum Stage: String, ExpressibleByArgument, CaseIterable {
        case stored, display, input
    }

    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Writes one frame of an image as stored, as a person sees it, or as the network sees it.",
        discussion: """
            .npy: stored values in their own type; display float64, 0 to 1; input float32, normalised, \
            [side, side, 3]. .png: 16 bits of grey (stored colours keep their eight), of the input before \
            normalisation. --model matters to the input stage only.
            """)

    @Argument(help: "A DICOM, JPEG or PNG file.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("Where to write: .npy or .png.", valueName: "file"))
    var output: String

    @Option(help: "The frame, counted from 1.")
    var frame = 1

    @Option(help: "stored, display or input.")
    var stage = Stage.display

    @OptionGroup var modelOptions: ModelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard frame >= 1 else { throw ValidationError("--frame is \(frame); frames count from 1") }
        guard isArray || output.lowercased().hasSuffix(".png") else {
            throw ValidationError("--output must end in .npy or .png")
        }
        try refuseToOverwrite([file], with: [output])
    }

    private var isArray: Bool { output.lowercased().hasSuffix(".npy") }

    func run() throws {
        let rendering: Rendering
        do {
            rendering = try Rendering(ImageFile(path: file), frameIndex: frame - 1, stage: stage) {
                try Preparation(modelOptions.load().description)
            }
        } catch let error as PreparationError {
            throw CommandFailure("\(file): \(error)")
        } catch let error as DicomError {
            throw CommandFailure("\(file): \(error)")
        }
        if isArray {
            try writeFile(rendering.array.bytes, to: output)
        } else {
            guard let picture = rendering.picture else {
                throw CommandFailure(
                    "\(output): a PNG cannot hold signed, 32-bit or floating-point values; write .npy, or render --stage display"
                )
            }
            try writeFile(picture.pngFile, to: output)
        }
        let summary = Summary(
            file: file, frame: frame, rows: rendering.rows, columns: rendering.columns, stage: stage.rawValue,
            output: output, steps: rendering.steps)
        if json {
            print(try jsonText(summary))
        } else {
            print("\(output): \(stage.rawValue) stage, \(rendering.rows) rows, \(rendering.columns) columns")
            for step in rendering.steps { print("  \(step)") }
        }
    }
}

/// What `render --json` prints.
private struct Summary: Encodable {
    let file: String
    let frame: Int
    let rows: Int
    let columns: Int
    let stage: String
    let output: String
    let steps: [String]
}
