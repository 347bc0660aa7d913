/// Which images a model looks at.
///
/// An attribute that the image lacks does not exclude it; one that contradicts does.
package struct Acceptance: Codable, Sendable, Equatable {
    /// Modality (0008,0060), any of these; empty: every one.
    package var modality: [String]
    /// Body Part Examined (0018,0015) or the meaning of the Anatomic Region, any of these; empty: every one.
    package var bodyPart: [String]

    /// The rules as given; without any, every image is accepted.
    package init(modality: [String] = [], bodyPart: [String] = []) {
        self.modality = modality
        self.bodyPart = bodyPart
    }
}
