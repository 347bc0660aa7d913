internal import Dicom

/// SHA-256 of a text in small hexadecimal digits: the name of a data set or a recipe in the records about it.
package func fingerprint(of text: String) -> String { Digest(of: Array(text.utf8)).hex }

extension ModelBundle {
    /// SHA-256 of a file in small hexadecimal digits, as a description names its weights; throws `unreadable`.
    package static func fileDigest(_ path: String) throws(ModelBundleError) -> String {
        do {
            return try sha256(ofFile: path).hex
        } catch {
            throw .unreadable("\(path): \(error)")
        }
    }
}
