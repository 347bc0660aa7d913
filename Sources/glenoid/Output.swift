// What the commands share: how they fail, and how they print JSON.
import ArgumentParser
import Foundation

/// A command that could not do its work: the text goes to standard error, the exit status is 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A value as JSON text with sorted keys, so that two runs can be compared.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Writes a line to standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data("glenoid: \(text)\n".utf8))
}
