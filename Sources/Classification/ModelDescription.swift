package import Dicom
package import EfficientNet

/// What `model.json` says: everything about a model but its weights.
///
/// Nothing about shoulders is in the source code.
///
/// `ModelBundle` reads, checks and writes it; the values of a description made by hand are checked there too.
package struct ModelDescription: Codable, Sendable, Equatable {
    /// The version of the file format; this program reads and writes 1.
    package var format = ModelDescription.currentFormat
    /// The model's name, as the report's algorithm name gives it.
    package var name: String
    /// The model's version, as the report's algorithm version gives it.
    package var version: String
    /// The EfficientNet, "b0" to "b7".
    package var architecture: String
    /// Rows and columns of the network's input.
    package var side: Int
    /// How convolutions pad, fixed by the lineage of the weights.
    package var padding: Padding
    /// Epsilon of the batch normalisations, fixed by the lineage of the weights.
    package var batchNormEpsilon: Double
    /// Whether the weights file holds convolutions with their batch normalisations folded in.
    package var batchNormFolded: Bool
    /// How an image becomes the network's input.
    package var preparation: PreparationSettings
    /// The classes in the order of the network's outputs.
    package var labels: [Label]
    /// The code that a report gives where the model abstains.
    package var undetermined: CodedEntry
    /// Private coding schemes that the codes of this file use.
    package var codingSchemes: [CodingScheme]
    /// The codes that frame the answer in a report.
    package var report: ReportSettings
    /// Logits are divided by it before the softmax; 1 leaves them as they are.
    ///
    /// Above 0.
    package var temperature: Double
    /// The model abstains where its largest probability is below it; 0 to 1.
    package var threshold: Double
    /// Which images the model looks at.
    package var accept: Acceptance
    /// Where the weights come from.
    package var provenance: Provenance
    /// The weights file.
    package var weights: WeightsReference
    /// Feature statistics for the "unlike training" test; nil where the model was not given any.
    package var familiarity: FamiliarityReference?
    /// The views of an image whose probabilities are averaged; nil for the image as it is.
    package var views: ViewSettings?

    /// The format that this program reads and writes.
    package static let currentFormat = 1

    /// A description with everything that cannot be known from the weights at its default: ImageNet's normalisation,
    /// no calibration, no threshold, every image accepted.
    package init(
        name: String, version: String, architecture: String, side: Int, padding: Padding,
        batchNormEpsilon: Double,
        batchNormFolded: Bool, preparation: PreparationSettings = PreparationSettings(), labels: [Label],
        provenance: Provenance, weights: WeightsReference
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.side = side
        self.padding = padding
        self.batchNormEpsilon = batchNormEpsilon
        self.batchNormFolded = batchNormFolded
        self.preparation = preparation
        self.labels = labels
        undetermined = CodedEntry("UNDETERMINED", CodingScheme.own.designator, "Undetermined")
        codingSchemes = [.own]
        report = ReportSettings()
        temperature = 1
        threshold = 0
        accept = Acceptance()
        self.provenance = provenance
        self.weights = weights
    }
}

/// Where a model's weights come from, for the people who must judge it.
package struct Provenance: Codable, Sendable, Equatable {
    /// Where and how the weights were made.
    package var source: String
    /// The data they were trained on.
    package var data: String
    /// The licence of weights and data.
    package var licence: String
    /// What to cite.
    package var citation: String
    /// How temperature, threshold and familiarity were chosen, and on which images; nil where they were not.
    package var calibration: String?

    /// The provenance as given.
    package init(source: String, data: String = "", licence: String = "", citation: String = "") {
        self.source = source
        self.data = data
        self.licence = licence
        self.citation = citation
    }
}

/// The weights file beside `model.json`.
package struct WeightsReference: Codable, Sendable, Equatable {
    /// The file's name, without a folder.
    package var file: String
    /// SHA-256 of the file in hexadecimal: what a report calls the model's digest.
    package var sha256: String

    /// A weights file with its digest.
    package init(file: String = "weights.safetensors", sha256: String) {
        self.file = file
        self.sha256 = sha256
    }
}
