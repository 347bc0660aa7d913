// The picture that `classify --heatmap` writes.
import Classification
import Dicom

/// Where the network looked, over the image as a person sees it.
struct HeatMapFile {
    private let picture: RasterImage

    /// The picture of the first frame that the bundle's policy names.
    init(_ image: ImageFile, _ classifier: Classifier) throws(PreparationError) {
        let display: DisplayImage
        let prepared: PreparedImage
        switch image {
        case .raster(let raster):
            prepared = try classifier.preparation.input(from: raster)
            display = raster.display
        case .dicom(let dataset):
            let frameIndex = try classifier.frameIndices(frameCount: dataset.frameCount).first ?? 0
            prepared = try classifier.preparation.input(from: dataset, frameIndex: frameIndex)
            do throws(DicomError) {
                let transform = try PixelTransform(dataset: dataset, frameIndex: frameIndex)
                display = try transform.display(dataset.frame(at: frameIndex))
            } catch {
                throw .dicom(error)
            }
        }
        picture = HeatMap.image(
            over: display, map: classifier.classifyWithMap(prepared).map, letterbox: prepared.letterbox)
    }

    /// Writes the picture as a PNG file.
    func write(to path: String) throws { try writeFile(picture.pngFile, to: path) }
}
