// Which views of an image are averaged: options that training, calibration and cross-validation share.
import ArgumentParser
import Classification

/// `--mirror` and `--zoom`.
struct ViewOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Average over views magnified this many times; repeatable.", valueName: "factor"))
    var zoom: [Double] = []

    @Flag(help: "Average over the mirror image as well.")
    var mirror = false

    /// The views that were asked for; nil where none were.
    var settings: ViewSettings? {
        guard mirror || !zoom.isEmpty else { return nil }
        return ViewSettings(mirrored: mirror, zooms: [1] + zoom.filter { $0 != 1 })
    }

    func validate() throws {
        guard let settings else { return }
        guard settings.zooms.allSatisfy(ViewSettings.zoomRange.contains),
            settings.zooms.count <= ViewSettings.zoomCountMax
        else {
            throw ValidationError(
                "--zoom takes up to \(ViewSettings.zoomCountMax - 1) factors of "
                    + "\(ViewSettings.zoomRange.lowerBound) to \(ViewSettings.zoomRange.upperBound)")
        }
    }
}
