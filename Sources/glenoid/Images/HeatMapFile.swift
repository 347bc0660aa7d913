// The picture that `classify --heatmap` writes.
import Classification

/// Where the network looked, over the image as a person sees it.
struct HeatMapFile {
    private let picture: RasterImage

    /// The picture of the first frame that the bundle's policy names, for what was predicted.
    init(_ image: ImageFile, _ classifier: Classifier, for prediction: Prediction) throws(PreparationError) {
        picture =
            switch image {
            case .raster(let raster): try classifier.inspect(raster, for: prediction).picture
            case .dicom(let dataset): try classifier.inspect(dataset, for: prediction).picture
            }
    }

    /// Writes the picture as a PNG file.
    func write(to path: String) throws { try writeFile(picture.pngFile, to: path) }
}
