// `glenoid model …`: the commands about model bundles.
import ArgumentParser

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Imports, shows, runs, times and calibrates model bundles.",
        subcommands: [
            ModelImport.self, ModelShow.self, ModelPredict.self, ModelBenchmark.self,
            ModelCalibrate.self,
        ])
}
