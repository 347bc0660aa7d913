package import Tensor

/// Named tensors, wherever they come from.
package protocol ParameterSource {
    /// Names of all tensors.
    var names: [String] { get }
    /// The shape of a tensor; nil when there is none of this name.
    func shape(of name: String) -> Shape?
    /// The elements of a tensor; throws when there is none of this name or its bytes cannot be read.
    func floats(_ name: String) throws(TensorError) -> [Float]
}

extension SafetensorsFile: ParameterSource {
    package var names: [String] { Array(entries.keys) }
    package func shape(of name: String) -> Shape? { entries[name]?.shape }
}

/// Tensors in memory.
package struct ParameterSet: ParameterSource, Sendable {
    /// Shape and elements by name.
    package var tensors: [String: (shape: Shape, values: [Float])]

    /// A source of tensors that are in memory.
    package init(_ tensors: [String: (shape: Shape, values: [Float])] = [:]) { self.tensors = tensors }

    package var names: [String] { Array(tensors.keys) }
    package func shape(of name: String) -> Shape? { tensors[name]?.shape }
    package func floats(_ name: String) throws(TensorError) -> [Float] {
        guard let tensor = tensors[name] else { throw .absent(tensor: name, path: "memory") }
        return tensor.values
    }
}
