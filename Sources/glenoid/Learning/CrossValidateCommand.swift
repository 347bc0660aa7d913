// `glenoid cross-validate DIR --folds 10 --base MODEL`: how good a recipe is, on images that nothing was chosen by.
import ArgumentParser
import Classification
import Foundation
import Learning

struct CrossValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cross-validate",
        abstract: "Measures a recipe: trains k networks, each tested on the part it has not seen.",
        discussion: """
            The images are cut into folds, stratified by class; images of one patient and near duplicates are never in \
            two folds. Of the images outside a fold, a share is held back by the same rule: epoch, temperature and \
            thresholds are chosen on it. The test fold is looked at once.

            This takes as long as k trainings. Every finished fold is kept in the state folder, and so is every epoch \
            of the fold at hand: stop it at any time (Ctrl-C, a kill, a power failure), and the same command goes on. \
            The report is about the folds that are done.
            """)

    @Argument(help: "The folder or table with the images.", completion: .file())
    var source: String

    @Option(help: "How many folds.")
    var folds = 10

    @OptionGroup var startOptions: TrainingStartOptions

    @OptionGroup var recipeOptions: RecipeOptions

    @Option(help: ArgumentHelp("Where folds and checkpoints are kept.", valueName: "folder"))
    var state = "cross-validation.state"

    @Option(
        help: ArgumentHelp(
            "With a recipe that has refit: the state of a cross-validation without it, whose folds' choices are taken over.",
            valueName: "folder"))
    var choices: String?

    @Option(help: ArgumentHelp("Run only these folds now, comma-separated, from 1.", valueName: "folds"))
    var only: String?

    @Flag(help: "Classic classifiers on the same folds, in the same table.")
    var baselines = false

    @Flag(help: "The classic classifiers alone; no network is trained.")
    var baselinesOnly = false

    @OptionGroup var viewOptions: ViewOptions

    @Option(
        help: ArgumentHelp(
            "Write cross-validation.html, .json and .txt, the report as one page, as data and as text, here.",
            valueName: "folder"))
    var report: String?

    @Flag(inversion: .prefixedNo, help: "Show the worst mistakes in the page with where the network looked.")
    var pictures = true

    @Option(help: "Threads; all cores by default.")
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if baselinesOnly, json || report != nil {
            throw ValidationError(
                "--baselines-only prints a table; --json and --report are about the networks")
        }
        guard folds > 1 else { throw ValidationError("--folds is \(folds); 2 or more are needed") }
        _ = try foldsToRun()
    }

    func run() throws {
        MatrixKernels.chooseByRestarting()
        let threadCount = try threadCount(threads)
        do {
            let plan = try TrainingPlan(source: source, startOptions, recipeOptions)
            guard !plan.baseKnowsImages else {
                throw CommandFailure(
                    "the base was trained on these very images, so none of them would be tested unseen: start from what it "
                        + "started from")
            }
            for note in plan.notes { complain(note) }
            let validation = try CrossValidation(
                set: plan.set, start: plan.start, recipe: plan.recipe, foldCount: folds,
                views: viewOptions.settings ?? plan.start.base?.views ?? .plain, stateFolder: state,
                choicesFolder: choices)
            let wanted = try foldsToRun()
            if !baselinesOnly { try train(validation, wanted, threadCount) }
            if baselinesOnly {
                let methods = try baselineMethods(validation, on: Set(wanted), threadCount)
                return print(
                    Assessment.aligned(
                        [CrossValidationReport.comparisonHeader]
                            + methods.map(CrossValidationReport.comparisonRow)
                    ).joined(separator: "\n"))
            }
            var done: [FoldResult] = []
            for fold in 0..<folds {
                if let result = try validation.result(fold: fold) { done.append(result) }
            }
            let methods =
                baselines
                ? try baselineMethods(validation, on: Set(done.map { $0.fold - 1 }), threadCount) : []
            try write(validation, done, methods)
        } catch let error as LearningError {
            throw CommandFailure(error.description)
        }
    }

    /// The folds of `--only`, from 0; all without it.
    private func foldsToRun() throws -> [Int] {
        guard let only else { return Array(0..<folds) }
        let numbers = only.split(separator: ",").map { Int($0) }
        guard !numbers.isEmpty, numbers.allSatisfy({ $0.map((1...folds).contains) == true }) else {
            throw ValidationError("--only is \"\(only)\"; numbers of 1 to \(folds) are expected, as in 1,4")
        }
        return Set(numbers.compactMap { $0.map { $0 - 1 } }).sorted()
    }

    /// Runs the folds that are not done yet; throws the exit status 1 where it was stopped.
    private func train(_ validation: CrossValidation, _ wanted: [Int], _ threadCount: Int) throws {
        let interruption = Interruption()
        var todo: [Int] = []
        for fold in wanted where try validation.result(fold: fold) == nil { todo.append(fold) }
        let clock = ContinuousClock()
        var spent = Duration.zero
        for (position, fold) in todo.enumerated() {
            complain("fold \(fold + 1) of \(folds), \(todo.count - position) to do")
            let begin = clock.now
            let display = TrainingDisplay()
            let result = try validation.run(
                fold: fold, threadCount: threadCount, began: { display.begin($0) },
                shouldStop: { interruption.isAsked }, progress: { display.show($0) })
            display.end()
            guard let result else {
                complain("stopped; what is done is in \(state), the same command goes on")
                throw ExitCode.failure
            }
            spent += clock.now - begin
            let left = spent / Double(position + 1) * Double(todo.count - position - 1)
            complain(
                "fold \(fold + 1): \(Assessment.percent(result.accuracy)) of \(result.cases.count) right"
                    + (position + 1 < todo.count ? ", about \(Self.text(left)) left" : ""))
        }
    }

    private static func text(_ duration: Duration) -> String {
        let minutes = max(duration / .seconds(60), 1)
        return minutes < 90 ? String(format: "%.0f min", minutes) : String(format: "%.1f h", minutes / 60)
    }

    /// - Parameter tested: the folds, from 0, whose images are counted.
    private func baselineMethods(_ validation: CrossValidation, on tested: Set<Int>, _ threadCount: Int)
        throws
        -> [CrossValidationReport.Method]
    {
        let set = validation.set
        let progress = ProgressLine(total: set.images.count, noun: "images seen by the starting network")
        let data = try BaselineData(
            set, start: validation.start, threadCount: threadCount, progress: progress.show)
        return try Baseline.allCases.map { baseline in
            let progress = ProgressLine(total: folds, noun: "folds of \(baseline.rawValue)")
            let found = try baseline.probabilities(
                data, folds: validation.folds, seed: validation.recipe.seed, progress: progress.show)
            // On the same images as the network's answers: those of the folds that are done.
            let cases = zip(data.truth, found).enumerated().filter {
                tested.contains(validation.folds.assignment[$0.offset])
            }.map { Assessment.Case(truth: $0.element.0, probabilities: $0.element.1) }
            return CrossValidationReport.Method(
                name: baseline.rawValue, assessment: Assessment(labels: set.classes, cases: cases))
        }
    }

    private func write(
        _ validation: CrossValidation, _ done: [FoldResult], _ methods: [CrossValidationReport.Method]
    ) throws {
        let result = try CrossValidationReport(
            labels: validation.set.classes, recipe: validation.recipe, views: validation.views, folds: done,
            foldCount: folds,
            networkName: "EfficientNet-\(validation.recipe.architecture.uppercased()), "
                + (startOptions.scratch ? "from scratch" : "fine-tuned"),
            baselines: methods, facts: facts(validation))
        let data = try jsonText(CrossValidationSummary(result))
        print(json ? data : result.text)
        guard let report else { return }
        let page = result.page { pictures ? heatMap($0, validation.set) : nil }
        let path = try writePage(page, named: "cross-validation.html", to: report)
        try writeFile(Array((data + "\n").utf8), to: report + "/cross-validation.json")
        try writeFile(Array((result.text + "\n").utf8), to: report + "/cross-validation.txt")
        if !json { print("\nreport: \(path)") }
    }

    private func facts(_ validation: CrossValidation) -> [String] {
        let (set, recipe) = (validation.set, validation.recipe)
        let counts = zip(set.classes, set.survey.readableCounts).map { "\($0) \($1)" }.joined(separator: ", ")
        return [
            "Data: \(set.images.count) images (\(counts)), digest \(set.digest.prefix(16)).",
            "Network: EfficientNet-\(recipe.architecture.uppercased()), \(recipe.side) × \(recipe.side), from "
                + "\(validation.start.source), up to \(recipe.epochs) epochs of batch \(recipe.batch), seed \(recipe.seed)"
                + (recipe.refit == true ? ", trained a second time on what was held back too" : "")
                + (validation.views.count > 1 ? ", mean over \(validation.views.count) views." : "."),
            "Program: glenoid \(programVersion)" + (SourceCommit.current.map { ", commit \($0)" } ?? "")
                + ".",
        ]
    }

    /// The square that the network saw with where it looked, drawn from what the fold kept.
    private func heatMap(_ item: FoldResult.Case, _ set: LearningSet) -> [UInt8]? {
        guard let image = set.images.first(where: { $0.name == item.name }), let map = item.map else {
            return nil
        }
        let side = Int(Double(image.grey.count).squareRoot().rounded())
        let mapSide = Int(Double(map.count).squareRoot().rounded())
        let square = RasterImage(grey: image.grey, side: side, reducedTo: side)
        return HeatMap.image(
            over: square.display, map: ActivationMap(side: mapSide, values: map),
            letterbox: Letterbox(rows: side, columns: side, side: side)
        ).pngFile
    }
}
