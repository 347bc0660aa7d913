package import Dicom

/// An image as a person sees it, beside where the network looked: what every picture of a heat map is made of.
package struct Inspection: Sendable {
    /// The image in its display stage.
    package let display: DisplayImage
    /// Where the network looked for the likeliest class.
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
    /// Inspects the first of the frames that the bundle's policy names for what was predicted.
    package func inspect(
        _ dataset: Dataset, for prediction: Prediction
    ) throws(PreparationError) -> Inspection {
        let frameIndex = try frameIndices(frameCount: dataset.frameCount).first ?? 0
        let prepared = try preparation.input(from: dataset, frameIndex: frameIndex)
        do throws(DicomError) {
            let description = try FrameDescription(dataset, frameIndex: frameIndex)
            let display = try description.transform.display(
                dataset.frame(at: frameIndex), padding: description.padding)
            return inspection(of: prepared, display: display, for: prediction)
        } catch {
            throw .dicom(error)
        }
    }

    /// Inspects an image of a JPEG or PNG file for what was predicted.
    package func inspect(
        _ raster: RasterImage, for prediction: Prediction
    ) throws(PreparationError) -> Inspection {
        inspection(of: try preparation.input(from: raster), display: raster.display, for: prediction)
    }

    private func inspection(
        of prepared: PreparedImage, display: DisplayImage, for prediction: Prediction
    ) -> Inspection {
        Inspection(display: display, map: map(of: prepared, for: prediction), letterbox: prepared.letterbox)
    }
}
