package import Classification

/// Images beside what a training would make of them, to be looked at.
package enum AugmentationSheet {
    /// Images that are shown at most, and epochs of each.
    private static let imageCountMax = 8
    private static let epochCount = 7
    /// Pixels between two pictures.
    private static let gap = 4

    /// A row an image, taken evenly over the set: first as it is, then as seven epochs change it.
    package static func picture(of set: LearningSet, recipe: TrainingRecipe, side: Int) -> RasterImage {
        let count = min(imageCountMax, set.images.count)
        let (step, columns) = (side + gap, 1 + epochCount)
        let (rows, width) = (count * step - gap, columns * step - gap)
        var samples = [UInt8](repeating: 255, count: rows * width)
        for row in 0..<count {
            let position = row * set.images.count / count
            for column in 0..<columns {
                var generator = BatchMaker.generator(recipe, epoch: column, position: position)
                let grey = set.images[position].grey
                let shown =
                    column == 0 ? grey : recipe.augmentation.applied(to: grey, side: side, &generator)
                for y in 0..<side {
                    let start = (row * step + y) * width + column * step
                    for x in 0..<side {
                        samples[start + x] = UInt8((min(max(shown[y * side + x], 0), 1) * 255).rounded())
                    }
                }
            }
        }
        return RasterImage(rows: rows, columns: width, channels: 1, samples: .uint8(samples))
    }
}
