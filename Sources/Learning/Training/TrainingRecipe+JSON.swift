internal import Foundation

extension TrainingRecipe {
    /// The largest recipe file, in bytes.
    package static let fileBytesMax = 1 << 20

    /// The recipe in a JSON text: keys that are absent keep their defaults.
    ///
    /// Throws `settings` with the key at fault: unknown ones are errors, because a misspelt rate must not be ignored.
    package init(json: [UInt8]) throws(LearningError) {
        let whole: Data
        var defaults = TrainingRecipe()
        defaults.mixup = 0
        defaults.refit = false
        do {
            let given = try JSONSerialization.jsonObject(with: Data(json))
            let defaults = try JSONSerialization.jsonObject(with: JSONEncoder().encode(defaults))
            guard let given = given as? [String: Any], let defaults = defaults as? [String: Any] else {
                throw LearningError.settings("the recipe is not a JSON object")
            }
            whole = try JSONSerialization.data(
                withJSONObject: Self.merged(given, into: defaults, path: ""))
        } catch let error as LearningError {
            throw error
        } catch {
            throw .settings("the recipe is not JSON: \(error.localizedDescription)")
        }
        do {
            self = try JSONDecoder().decode(TrainingRecipe.self, from: whole)
        } catch let error as DecodingError {
            throw .settings("the recipe: \(Self.reason(of: error))")
        } catch {
            throw .settings("the recipe: \(error.localizedDescription)")
        }
        if mixup == 0 { mixup = nil }
        if refit == false { refit = nil }
        try check()
    }

    /// All keys as JSON, sorted.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Checked recipes hold finite numbers only, which always have a JSON form.
        guard let data = try? encoder.encode(self) else { preconditionFailure("a recipe of finite numbers") }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private static func merged(
        _ given: [String: Any], into defaults: [String: Any], path: String
    ) throws(LearningError) -> [String: Any] {
        var result = defaults
        for (key, value) in given.sorted(by: { $0.key < $1.key }) {
            let name = path.isEmpty ? key : "\(path).\(key)"
            guard let known = defaults[key] else { throw .settings("the recipe: the key \(name) is unknown") }
            if let inner = known as? [String: Any] {
                guard let value = value as? [String: Any] else {
                    throw .settings("the recipe: \(name) is not an object")
                }
                result[key] = try merged(value, into: inner, path: name)
            } else {
                result[key] = value
            }
        }
        return result
    }

    private static func reason(of error: DecodingError) -> String {
        func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(name(context.codingPath)) is of the wrong type"
        case .keyNotFound(let key, let context): return "\(name(context.codingPath + [key])) is absent"
        case .dataCorrupted(let context):
            return "\(name(context.codingPath)): \(context.debugDescription)"
        @unknown default: return "it cannot be read"
        }
    }
}
