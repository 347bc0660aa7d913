package import Dicom

/// An image as a person sees it, beside where the network looked: what every picture of a heat map is made of.
package struct Inspection: Sendable {
    /// The image in its display stage.
    package let display: DisplayImage
    /// Where the network looked for its answer.
    package let map: ActivationMap
    /// How the image lay in the network's square.
    package let letterbox: Letterbox

    /// An inspection from its parts.
    package init(display: DisplayImage, map: ActivationMap, letterbox: Letterbox) {
        self.display = display
        self.map = map
        self.letterbox = letterbox
    }

    /// The map drawn over the image.
    package var picture: RasterImage { HeatMap.image(over: display, map: map, letterbox: letterbox) }
}

extension Classifier {
    /// Inspects the first of the frames that the bundle's policy names.
    package func inspect(_ dataset: Dataset) throws(PreparationError) -> Inspection {
        let frameIndex = try frameIndices(frameCount: dataset.frameCount).first ?? 0
        let prepared = try preparation.input(from: dataset, frameIndex: frameIndex)
        do throws(DicomError) {
            let description = try FrameDescription(dataset, frameIndex: frameIndex)
            let display = try description.transform.display(
                dataset.frame(at: frameIndex), padding: description.padding)
            return inspection(of: prepared, display: display)
        } catch {
            throw .dicom(error)
        }
    }

    /// Inspects an image of a JPEG or PNG file.
    package func inspect(_ raster: RasterImage) throws(PreparationError) -> Inspection {
        inspection(of: try preparation.input(from: raster), display: raster.display)
    }

    private func inspection(of prepared: PreparedImage, display: DisplayImage) -> Inspection {
        Inspection(
            display: display, map: classifyWithMap(prepared).map, letterbox: prepared.letterbox)
    }
}
