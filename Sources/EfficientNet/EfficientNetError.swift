package import Tensor

/// Why a network could not be loaded or imported.
///
/// The texts name tensors, layers and shapes, never values.
package enum EfficientNetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file could not be read, or is not of its format.
    case file(TensorError)
    /// The network needs a tensor that the file does not hold.
    case absent(tensor: String)
    /// A tensor has another shape than the architecture asks for.
    case shape(tensor: String, expected: Shape, found: Shape)
    /// The file holds a tensor that has no place in this architecture.
    case unexpected(tensor: String, architecture: String)
    /// A tensor holds an infinity, a NaN, or a negative variance.
    case invalidValues(tensor: String)
    /// The settings contradict each other, the file, or the possible.
    case settings(String)
    /// The file describes a network that this program cannot represent.
    case unsupported(String)

    package var description: String {
        switch self {
        case .file(let error): error.description
        case .absent(let tensor): "tensor '\(tensor)' is absent"
        case .shape(let tensor, let expected, let found):
            "tensor '\(tensor)': expected shape \(expected), found \(found)"
        case .unexpected(let tensor, let architecture):
            "tensor '\(tensor)' has no place in EfficientNet-\(architecture.uppercased())"
        case .invalidValues(let tensor):
            "tensor '\(tensor)' holds values that are not finite, or a negative variance"
        case .settings(let reason): reason
        case .unsupported(let reason): reason
        }
    }
}
