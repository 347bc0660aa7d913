import Daemon
import Foundation

/// Reads a configuration from its text, in a folder where every bundle exists unless told otherwise.
func loaded(
    _ yaml: String, environment: [String: String] = [:], set: [String] = [],
    hasFile: @escaping @Sendable (String) -> Bool = { _ in true }
) throws -> LoadedConfiguration {
    try Configuration.load(
        tree: ConfigurationNode(yaml: yaml, file: "glenoid.yaml"), folder: "/etc/glenoid",
        environment: environment, overrides: set.compactMap { ConfigurationOverride($0) }, hasFile: hasFile)
}

/// The messages of a configuration that must be refused; empty if it is not.
func problems(
    _ yaml: String, environment: [String: String] = [:], set: [String] = [],
    hasFile: @escaping @Sendable (String) -> Bool = { _ in true }
) -> [String] {
    do {
        _ = try loaded(yaml, environment: environment, set: set, hasFile: hasFile)
        return []
    } catch let error as ConfigurationError {
        return error.problems.map(\.description)
    } catch {
        return ["\(error)"]
    }
}

/// A configuration with a model and a destination, to which tests add.
let smallest = """
    models:
      - bundle: shoulder-implant
    destinations:
      pacs: {aeTitle: PACS, host: 127.0.0.1, port: 11113}

    """

/// The folder of the checkout, found from this file.
let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
