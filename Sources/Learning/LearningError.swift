/// Why the offline side could not do what it was asked.
///
/// The texts name files, lines, classes and settings, never values of a patient.
package enum LearningError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The data set cannot be used as it is: what is wrong, and with which file or class.
    case data(String)
    /// A setting is not possible: which one, what was found, what is allowed.
    case settings(String)
    /// The disk failed: which file, and what the system says.
    case world(String)
    /// The model does not fit the data or the task.
    case model(String)

    /// The reason in one sentence.
    package var description: String {
        switch self {
        case .data(let reason): "the data set: \(reason)"
        case .settings(let reason): reason
        case .world(let reason): reason
        case .model(let reason): "the model: \(reason)"
        }
    }
}
