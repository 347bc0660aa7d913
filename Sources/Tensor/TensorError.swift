/// What can be wrong with a file of numbers.
///
/// The texts name tensors, shapes and byte positions, never values.
package enum TensorError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file could not be opened, read or written: the path and the system's reason.
    case unreadable(path: String, reason: String)
    /// The bytes are not what the format demands.
    case malformed(path: String, reason: String)
    /// The file holds no tensor of this name.
    case absent(tensor: String, path: String)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .malformed(let path, let reason): "\(path): \(reason)"
        case .absent(let tensor, let path): "\(path): tensor '\(tensor)' is absent"
        }
    }
}
