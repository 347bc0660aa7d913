// The picture that `classify --heatmap` writes.
import Classification

/// Where the network looked, over the image as a person sees it.
struct HeatMapFile {
    private let picture: RasterImage

    /// The picture of the first frame that the bundle's policy names.
    init(_ image: ImageFile, _ classifier: Classifier) throws(PreparationError) {
        picture =
            switch image {
            case .raster(let raster): try classifier.inspect(raster).picture
            case .dicom(let dataset): try classifier.inspect(dataset).picture
            }
    }

    /// Writes the picture as a PNG file.
    func write(to path: String) throws { try writeFile(picture.pngFile, to: path) }
}
