package import EfficientNet

extension ModelBundle {
    /// What the bundle's network computes; throws where the description asks for what the engine cannot do.
    package func networkSettings() throws(ModelBundleError) -> NetworkSettings {
        guard let architecture = Architecture(named: description.architecture) else {
            throw .invalid(key: "architecture", reason: "is unknown")
        }
        do throws(EfficientNetError) {
            return try NetworkSettings(
                architecture: architecture, side: description.side, padding: description.padding,
                batchNormEpsilon: description.batchNormEpsilon, classCount: description.labels.count,
                batchNormFolded: description.batchNormFolded)
        } catch {
            throw .weights(error.description)
        }
    }

    /// The statistics of the training images' features; nil where the model has none.
    ///
    /// Throws where they are not those of a network with `featureCount` middle features.
    package func familiarity(featureCount: Int) throws(ModelBundleError) -> Familiarity? {
        guard let path = familiarityPath else { return nil }
        return try Familiarity(path: path, featureCount: featureCount)
    }

    /// The network, loaded; throws with the tensor's name where the weights do not fit the description.
    ///
    /// - Parameter niceness: by how much its threads, but for the caller's, give way to others (nice(2)).
    package func network(threadCount: Int, niceness: Int = 0) throws(ModelBundleError) -> Network {
        let settings = try networkSettings()
        do throws(EfficientNetError) {
            return try Network(
                weightsPath: weightsPath, settings: settings, threadCount: threadCount, niceness: niceness)
        } catch {
            throw .weights("\(description.weights.file): \(error)")
        }
    }
}
