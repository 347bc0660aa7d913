package import Classification
package import EfficientNet
internal import Tensor

/// Where a training starts: the network's shape and its first weights.
package struct TrainingStart: Sendable {
    /// What the network computes.
    package let settings: NetworkSettings
    /// Its tensors.
    package let tensors: ParameterSet
    /// How images become its input.
    package var preparation: PreparationSettings
    /// The bundle that it was, if it was one: labels, codes and provenance are taken over.
    package let base: ModelDescription?
    /// What it is called in the record.
    package let source: String
    /// SHA-256 of the weights' file in hexadecimal; empty where they are drawn from the recipe's seed.
    package let digest: String
    /// What was assumed, left out or started anew, in sentences.
    package let notes: [String]

    /// Starts from a bundle.
    ///
    /// Throws `settings` where the recipe asks for another architecture, and `model` where the weights cannot be read
    /// or do not fit. The classifier is kept if the classes are the bundle's own; another number of classes needs
    /// "classifier" in `initialise`.
    ///
    /// - Parameter initialise: beginnings of the names of tensors to start anew.
    package init(
        bundle: ModelBundle, recipe: TrainingRecipe, classCount: Int, initialise: [String] = []
    ) throws(LearningError) {
        let description = bundle.description
        guard description.architecture == recipe.architecture else {
            throw .settings(
                "the recipe is for \(recipe.architecture), \(description.name) is \(description.architecture)"
            )
        }
        try self.init(
            path: bundle.weightsPath, recipe: recipe, classCount: classCount, padding: description.padding,
            epsilon: description.batchNormEpsilon, initialise: initialise,
            source: "\(description.name) \(description.version) (\(bundle.digest))", base: description)
    }

    /// Starts from a weights file of another program, as `model import` reads it.
    ///
    /// Throws `model` with the tensor at fault.
    package init(
        weights path: String, recipe: TrainingRecipe, classCount: Int, padding: Padding? = nil,
        epsilon: Double? = nil, initialise: [String] = []
    ) throws(LearningError) {
        try self.init(
            path: path, recipe: recipe, classCount: classCount, padding: padding, epsilon: epsilon,
            initialise: initialise,
            source: path.split(separator: "/").last.map(String.init) ?? path, base: nil)
    }

    /// Starts from chance: the seed's.
    package init(
        random recipe: TrainingRecipe, classCount: Int, padding: Padding = .same, epsilon: Double = 1e-3
    )
        throws(LearningError)
    {
        guard let architecture = Architecture(named: recipe.architecture) else {
            throw .settings("the architecture \(recipe.architecture) is unknown")
        }
        do throws(EfficientNetError) {
            settings = try NetworkSettings(
                architecture: architecture, side: recipe.side, padding: padding, batchNormEpsilon: epsilon,
                classCount: classCount)
        } catch {
            throw .settings(error.description)
        }
        tensors = ParameterSet(initialFor: settings, seed: recipe.seed)
        preparation = PreparationSettings()
        base = nil
        source = "random weights"
        digest = ""
        notes = []
    }

    private init(
        path: String, recipe: TrainingRecipe, classCount: Int, padding: Padding?, epsilon: Double?,
        initialise: [String], source: String, base: ModelDescription?
    ) throws(LearningError) {
        guard let architecture = Architecture(named: recipe.architecture) else {
            throw .settings("the architecture \(recipe.architecture) is unknown")
        }
        let request = ImportRequest(
            architecture: architecture, side: recipe.side, padding: padding, batchNormEpsilon: epsilon,
            labelCount: classCount, initialise: initialise, initialisesFound: true)
        do throws(ModelBundleError) {
            digest = try ModelBundle.fileDigest(path)
        } catch {
            throw .model(error.description)
        }
        do throws(EfficientNetError) {
            let imported = try ImportedNetwork.read(path: path, request: request)
            settings = imported.settings
            tensors = imported.parameters
            preparation =
                base?.preparation
                ?? PreparationSettings(
                    scale: imported.normalisation.scale, mean: imported.normalisation.mean,
                    standardDeviation: imported.normalisation.standardDeviation)
            notes = imported.notes
        } catch {
            throw .model("\(source): \(error)")
        }
        self.source = source
        self.base = base
    }

    /// The network as it starts, ready to look at images.
    package func network(threadCount: Int) throws(LearningError) -> Network {
        do throws(EfficientNetError) {
            return try Network(source: tensors, settings: settings, threadCount: threadCount)
        } catch {
            throw .model(error.description)
        }
    }
}
