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

/// Throws where one of the files to write is one of those to read: an image is not to be lost by a slip of the shell.
func refuseToOverwrite(_ inputs: [String], with outputs: [String?]) throws {
    func place(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    let places = Set(inputs.map(place))
    for output in outputs.compactMap({ $0 }) where places.contains(place(output)) {
        throw ValidationError("\(output) is to be read and to be written: name another file to write")
    }
}

/// Writes a line to standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data("glenoid: \(text)\n".utf8))
}
