/// Why a model bundle was refused.
///
/// The texts name files and keys, so that whoever wrote the bundle can mend it.
package enum ModelBundleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The folder or one of its files cannot be read: which, and what the system says.
    case unreadable(String)
    /// A file cannot be written: which, and what the system says.
    case unwritable(String)
    /// `model.json` is not JSON, or a key is absent, unknown or of the wrong type.
    case malformed(String)
    /// A key's value is not allowed: key, what was found and what is allowed.
    case invalid(key: String, reason: String)
    /// The weights are not those that `model.json` names, or do not fit it.
    case weights(String)

    /// The reason in one sentence.
    package var description: String {
        switch self {
        case .unreadable(let reason): "the model bundle cannot be read: \(reason)"
        case .unwritable(let reason): "the model bundle cannot be written: \(reason)"
        case .malformed(let reason): "model.json is malformed: \(reason)"
        case .invalid(let key, let reason): "model.json: \(key) \(reason)"
        case .weights(let reason): "the model's weights: \(reason)"
        }
    }
}
