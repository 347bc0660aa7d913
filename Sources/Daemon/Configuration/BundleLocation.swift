internal import Foundation

/// Where model bundles are looked for.
package enum BundleLocation {
    /// Folders that may hold the bundle of this name or path, best first.
    ///
    /// A path (anything with a slash) is taken as it is, from the configuration's folder if it is relative. A name is
    /// looked for beside the configuration in use, then where `make install` puts bundles for this program, then
    /// where the Debian package does.
    ///
    /// - Parameters:
    ///   - name: A name or a path.
    ///   - folder: The folder of the configuration file; nil without one.
    ///   - program: Absolute path of the running program.
    package static func candidates(
        _ name: String, besideConfigurationIn folder: String?, program: String = programPath()
    ) -> [String] {
        if name.hasPrefix("/") { return [name] }
        let beside = folder ?? "."
        if name.contains("/") { return ["\(beside)/\(name)"] }
        let installed = URL(filePath: program).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "share/glenoid/models/\(name)").path
        var places = ["\(beside)/models/\(name)", installed, "/usr/share/glenoid/models/\(name)"]
        if places[1] == places[2] { places.removeLast() }
        return places
    }

    /// Absolute path of the running program, symbolic links followed.
    package static func programPath() -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/glenoid"
    }
}
