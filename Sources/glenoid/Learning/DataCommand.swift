// `glenoid data …`: what one should know about images before learning from them.
import ArgumentParser
import Classification
import Foundation
import Learning

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Looks at sets of images to learn from.", subcommands: [DataShow.self])
}

struct DataShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows classes, sizes, duplicates and damaged files of a data set.",
        discussion: """
            A data set is a folder with one folder of images (DICOM, JPEG, PNG) for each class, or a table in CSV: \
            path,label and, if known, patient, with paths relative to the table. Images are prepared exactly as the \
            daemon prepares them. Damaged files are a finding, not a failure.
            """)

    @Argument(help: "The folder or table.", completion: .file())
    var source: String

    @Option(help: ArgumentHelp("Write data.html, one page with pictures, here.", valueName: "folder"))
    var report: String?

    @Option(help: ArgumentHelp("Prepare the images as this model does.", valueName: "folder"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Write a picture of what a training makes of some images, a PNG file.", valueName: "file"))
    var augmented: String?

    @Option(help: ArgumentHelp("The training's recipe, for --augmented.", valueName: "file"))
    var recipe: String?

    @Flag(help: "Print JSON.")
    var json = false

    /// The input side without a model.
    private static let side = 240

    func validate() throws {
        if recipe != nil, augmented == nil { throw ValidationError("--recipe is for --augmented") }
    }

    func run() throws {
        let preparation = try model.map { folder in
            do {
                return Preparation(try ModelBundle.load(folder: folder).description)
            } catch {
                throw CommandFailure("\(folder): \(error)")
            }
        }
        let chosen = preparation ?? Preparation(side: Self.side)
        let records = ImageRecords(preparation: chosen)
        let survey: DataSurvey
        do {
            let dataSet = try DataSet.read(source)
            let progress = ProgressLine(total: dataSet.items.count, noun: "images")
            if let augmented {
                let set = try LearningSet(
                    dataSet, preparation: chosen, read: records.read, progress: progress.show)
                try showAugmented(set, side: chosen.side, in: augmented)
                survey = set.survey
            } else {
                survey = DataSurvey(dataSet, read: records.read, progress: progress.show)
            }
        } catch let error as LearningError {
            throw CommandFailure(error.description)
        }
        print(json ? try jsonText(survey.summary) : survey.text)
        guard let report else { return }
        let path = try writePage(survey.page, named: "data.html", to: report)
        if !json { print("report: \(path)") }
    }

    private func showAugmented(_ set: LearningSet, side: Int, in file: String) throws {
        let recipe = try recipe.map(RecipeOptions.read) ?? TrainingRecipe()
        let picture = AugmentationSheet.picture(of: set, recipe: recipe, side: side)
        try writeFile(picture.pngFile, to: file)
    }
}
