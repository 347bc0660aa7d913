internal import Foundation

/// A configuration, where its values came from, and what is odd about it.
package struct LoadedConfiguration: Sendable, Equatable {
    /// The configuration.
    package let configuration: Configuration
    /// Where each value that is not a default came from, by the key's path.
    package let origins: [String: ConfigurationOrigin]
    /// What an operator should know and the daemon can live with, one sentence each.
    package let warnings: [String]

    /// Where the value of a key came from.
    package func origin(of key: String) -> ConfigurationOrigin {
        origins[key] ?? .default
    }
}

extension Configuration {
    /// Largest configuration file that is read, in bytes; more is certainly another file.
    package static let fileBytesMax = 1_048_576

    /// Reads and checks a configuration.
    ///
    /// - Parameters:
    ///   - path: The YAML file; nil: defaults, environment and overrides alone.
    ///   - environment: Variables; those that begin with `GLENOID_` are looked at.
    ///   - overrides: From the command line; they win.
    /// - Throws: Every problem that was found.
    package static func load(
        path: String?, environment: [String: String] = [:], overrides: [ConfigurationOverride] = []
    ) throws(ConfigurationError) -> LoadedConfiguration {
        guard let path else {
            let folder = FileManager.default.currentDirectoryPath
            let tree = ConfigurationNode(.empty)
            return try load(tree: tree, folder: folder, environment: environment, overrides: overrides)
        }
        let file = URL(filePath: path)
        let tree: ConfigurationNode
        do throws(ConfigurationProblem) {
            tree = try ConfigurationNode(yaml: contents(of: file, named: path), file: path)
        } catch {
            throw ConfigurationError(problems: [error])
        }
        return try load(
            tree: tree, folder: file.absoluteURL.standardized.deletingLastPathComponent().path,
            environment: environment, overrides: overrides)
    }

    /// Checks a configuration that is already a tree.
    ///
    /// - Parameters:
    ///   - tree: The file.
    ///   - folder: Absolute path of its folder.
    ///   - environment: Variables.
    ///   - overrides: From the command line.
    ///   - hasFile: Whether a file exists.
    /// - Throws: Every problem that was found.
    package static func load(
        tree: ConfigurationNode, folder: String, environment: [String: String] = [:],
        overrides: [ConfigurationOverride] = [],
        hasFile: @escaping @Sendable (String) -> Bool = { FileManager.default.isReadableFile(atPath: $0) }
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var overlay = ConfigurationOverlay(tree)
        overlay.apply(environment: environment)
        overlay.apply(overrides)

        var reader = ConfigurationReader(folder: folder, hasFile: hasFile)
        var configuration = Configuration()
        _ = reader.read(overlay.tree, keys: keys, refused: notBuilt, at: "", into: &configuration)

        // Contradictions between values mean something only where each value by itself is right.
        var problems = overlay.problems + reader.problems
        let rules = ConfigurationRules(configuration: configuration, origins: reader.origins)
        if problems.isEmpty { problems += rules.problems() }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return LoadedConfiguration(
            configuration: configuration, origins: reader.origins,
            warnings: overlay.warnings + rules.warnings())
    }

    private static func contents(of file: URL, named name: String) throws(ConfigurationProblem) -> String {
        func unreadable(_ reason: String) -> ConfigurationProblem {
            ConfigurationProblem(origin: .file(name, line: 0), key: "", fault: .unreadable(reason))
        }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            data = try handle.read(upToCount: fileBytesMax + 1) ?? Data()
        } catch {
            let underlying = error as NSError
            let reason = underlying.localizedFailureReason ?? underlying.localizedDescription
            throw unreadable("cannot be read: \(reason)")
        }
        guard data.count <= fileBytesMax else {
            throw unreadable("is longer than \(fileBytesMax) bytes and so no configuration")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw unreadable("is not UTF-8") }
        return text
    }
}
