// Which model a command uses when none is named.
import ArgumentParser
import Classification
import Foundation

/// `--model`, and where a bundle is looked for without it.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The model bundle; else $GLENOID_MODEL, else the one beside the configuration, else the installed one.",
            valueName: "folder"))
    var model: String?

    /// Loads the bundle.
    func load() throws -> ModelBundle {
        let folder = try model ?? Self.defaultFolder()
        do {
            return try ModelBundle.load(folder: folder)
        } catch {
            throw CommandFailure("\(folder): \(error)")
        }
    }

    /// The bundle that is meant when none is named.
    ///
    /// - Throws: `CommandFailure` where there is none, or where several lie side by side.
    static func defaultFolder() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["GLENOID_MODEL"], !folder.isEmpty { return folder }
        for folder in searchedFolders(environment) {
            let bundles = bundles(in: folder)
            if bundles.count > 1 {
                throw CommandFailure("several models in \(folder): say which with --model or $GLENOID_MODEL")
            }
            if let bundle = bundles.first { return bundle }
        }
        throw CommandFailure("no model found: name a bundle with --model or $GLENOID_MODEL")
    }

    /// Beside the configuration in use; where the package or `make install` puts bundles; those of a checkout that the
    /// program was built in.
    private static func searchedFolders(_ environment: [String: String]) -> [String] {
        let configuration = environment["GLENOID_CONFIG"] ?? ConfigurationOptions.installedPath
        var folders = [URL(fileURLWithPath: configuration).deletingLastPathComponent().path + "/models"]
        if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
            let prefix = program.deletingLastPathComponent().deletingLastPathComponent()
            folders.append(prefix.path + "/share/glenoid/models")
            var parent = prefix
            while parent.path != "/" {
                folders.append(parent.path + "/conf/models")
                parent.deleteLastPathComponent()
            }
        }
        return folders + ["/usr/share/glenoid/models", "/usr/local/share/glenoid/models"]
    }

    private static func bundles(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { "\(folder)/\($0)" }.filter {
            FileManager.default.fileExists(atPath: "\($0)/\(ModelBundle.descriptionFile)")
        }
    }
}
