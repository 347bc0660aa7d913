import Classification
import Foundation

/// A model that the configuration names, loaded and ready.
struct ModelInUse: Sendable {
    /// The name of its line of reports in the queue.
    ///
    /// Another version is another model: results of two versions never share a report, since a report says which
    /// model it comes from.
    let key: String
    let settings: ModelSettings
    let bundle: ModelBundle
    let classifier: Classifier
    /// The bundle's rules of acceptance, where the configuration does not replace them.
    let acceptance: Acceptance

    /// Loads the bundle that the settings name.
    ///
    /// - Parameter threads: of one inference; 0: one per core.
    init(_ settings: ModelSettings, threads: Int) throws(ModelBundleError) {
        let bundle = try ModelBundle.load(folder: settings.bundle)
        let description = bundle.description
        self.settings = settings
        self.bundle = bundle
        classifier = try Classifier(
            bundle: bundle, threadCount: threads == 0 ? Classifier.threadCountByDefault : threads,
            niceness: Classifying.niceness)
        key = "\(description.name) \(description.version) \(bundle.digest.prefix(12))"
        acceptance = settings.accept.replacing(description.accept)
    }
}
