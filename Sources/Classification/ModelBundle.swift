package import Dicom
internal import Foundation
internal import Tensor

/// A model as it lies on disk: a folder with `model.json` and the weights it names.
///
/// A value of this type has been checked: the description is consistent and the weights file had the digest that the
/// description names when the bundle was loaded.
package struct ModelBundle: Sendable {
    /// The folder's path.
    package let folder: String
    /// What `model.json` says.
    package let description: ModelDescription

    /// The name of the description within the folder.
    package static let descriptionFile = "model.json"
    /// The longest description that is read, in bytes; feature statistics of B7 for 200 classes fit.
    package static let descriptionBytesMax = 16 << 20

    /// The path of the weights file.
    package var weightsPath: String { folder + "/" + description.weights.file }

    /// The path of the feature statistics; nil where the model has none.
    package var familiarityPath: String? { description.familiarity.map { folder + "/" + $0.file } }

    /// SHA-256 of the weights file in small hexadecimal digits: the model's digest.
    package var digest: String { description.weights.sha256.lowercased() }

    /// Reads and checks the bundle in `folder`; throws with the first reason to refuse it.
    package static func load(folder: String) throws(ModelBundleError) -> ModelBundle {
        let path = folder + "/" + descriptionFile
        let description = try decode(contents(of: path))
        if let problem = description.problems.first { throw problem }
        let bundle = ModelBundle(folder: folder, description: description)
        try bundle.checkFiles()
        return bundle
    }

    /// Checks the description against the weights already in `folder` and writes `model.json` beside them.
    ///
    /// The file is replaced whole or not at all. Returns the bundle as `load` would.
    package static func write(_ description: ModelDescription, to folder: String) throws(ModelBundleError)
        -> ModelBundle
    {
        if let problem = description.problems.first { throw problem }
        let bundle = ModelBundle(folder: folder, description: description)
        try bundle.checkFiles()
        let path = folder + "/" + descriptionFile
        do {
            try Data(encode(description)).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .unwritable("\(path): \(error.localizedDescription)")
        }
        return bundle
    }

    /// The same files under a changed description, not written anywhere; throws where it is not allowed.
    package func with(_ change: (inout ModelDescription) -> Void) throws(ModelBundleError) -> ModelBundle {
        var changed = description
        change(&changed)
        if let problem = changed.problems.first { throw problem }
        return ModelBundle(folder: folder, description: changed)
    }

    /// The JSON text of a description, as `write` writes it.
    package static func encode(_ description: ModelDescription) throws(ModelBundleError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return try [UInt8](encoder.encode(description)) + [UInt8]("\n".utf8)
        } catch {
            throw .malformed("a value cannot be written as JSON (not a finite number)")
        }
    }

    /// The description in a JSON text.
    ///
    /// Keys that this program does not know are errors, and so are keys that stand there twice: neither a misspelt threshold
    /// nor a second one must be ignored.
    package static func decode(_ json: [UInt8]) throws(ModelBundleError) -> ModelDescription {
        let description: ModelDescription
        do {
            description = try JSONDecoder().decode(ModelDescription.self, from: Data(json))
        } catch let error as DecodingError {
            throw .malformed(reason(of: error))
        } catch {
            throw .malformed(error.localizedDescription)
        }
        do throws(JSON.Failure) {
            _ = try JSON(parsing: json)  // Foundation takes one of two equal keys without a word
        } catch {
            throw .malformed("\(error)")
        }
        let found = try? JSONSerialization.jsonObject(with: Data(json))
        let known = try? JSONSerialization.jsonObject(with: Data(encode(description)))
        if let key = unknownKey(in: found, known: known, path: "") {
            throw .malformed("the key \(key) is unknown")
        }
        return description
    }

    /// Throws unless the files beside `model.json` have the digests that it names.
    func checkFiles() throws(ModelBundleError) {
        try Self.check(weightsPath, description.weights.file, digest)
        if let familiarity = description.familiarity, let path = familiarityPath {
            try Self.check(path, familiarity.file, familiarity.sha256.lowercased())
        }
    }

    private static func check(_ path: String, _ name: String, _ digest: String) throws(ModelBundleError) {
        let found = try fileDigest(path)
        guard found == digest else {
            throw .weights(
                "\(name) has SHA-256 \(found), model.json says \(digest); it is damaged or of another model")
        }
    }
}

/// The bytes of a description file.
private func contents(of path: String) throws(ModelBundleError) -> [UInt8] {
    do {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let byteCount = (attributes[.size] as? Int) ?? 0
        guard byteCount <= ModelBundle.descriptionBytesMax else {
            throw ModelBundleError.malformed(
                "\(path) is larger than \(ModelBundle.descriptionBytesMax) bytes")
        }
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    } catch let error as ModelBundleError {
        throw error
    } catch {
        throw .unreadable("\(path): \(error.localizedDescription)")
    }
}

/// The first key of `found` that `known` lacks, as a path; nil where there is none.
///
/// An explicit null is absence.
private func unknownKey(in found: Any?, known: Any?, path: String) -> String? {
    if let found = found as? [String: Any] {
        let known = known as? [String: Any] ?? [:]
        for key in found.keys.sorted() where !(found[key] is NSNull) {
            let keyPath = path.isEmpty ? key : "\(path).\(key)"
            guard let expected = known[key] else { return keyPath }
            if let unknown = unknownKey(in: found[key], known: expected, path: keyPath) { return unknown }
        }
    } else if let found = found as? [Any], let known = known as? [Any] {
        for (index, pair) in zip(found, known).enumerated() {
            let keyPath = "\(path)[\(index)]"
            if let unknown = unknownKey(in: pair.0, known: pair.1, path: keyPath) { return unknown }
        }
    }
    return nil
}

/// A decoding error in words: which key, and what is wrong with it.
private func reason(of error: DecodingError) -> String {
    func name(_ path: [any CodingKey]) -> String {
        path.reduce("") { name, key in
            if let index = key.intValue { return "\(name)[\(index)]" }
            return name.isEmpty ? key.stringValue : "\(name).\(key.stringValue)"
        }
    }
    switch error {
    case .keyNotFound(let key, let context): return "the key \(name(context.codingPath + [key])) is absent"
    case .typeMismatch(let type, let context):
        return "the key \(name(context.codingPath)) is not of the type \(type)"
    case .valueNotFound(let type, let context):
        return "the key \(name(context.codingPath)) is null instead of the type \(type)"
    case .dataCorrupted(let context):
        let key = name(context.codingPath)
        return key.isEmpty ? "it is not JSON" : "the key \(key) has a value that is not allowed"
    @unknown default: return "it does not decode"
    }
}

/// SHA-256 of a file that may be larger than memory should hold.
package func sha256(ofFile path: String) throws -> Digest {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var builder = DigestBuilder()
    while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty { builder.update([UInt8](chunk)) }
    return builder.digest()
}
