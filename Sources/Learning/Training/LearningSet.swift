package import Classification

/// One image to learn from, in memory.
package struct LearningImage: Sendable {
    /// The path as people should see it.
    package let name: String
    /// The true class.
    package let classIndex: Int
    /// SHA-256 of the file in hexadecimal.
    package let digest: String
    /// Grey values [side][side], 0 (black) to 1 (white), where a resize has not overshot a little: what preparation
    /// makes, before it is normalised.
    package let grey: [Float]

    /// An image as given.
    package init(name: String, classIndex: Int, digest: String, grey: [Float]) {
        self.name = name
        self.classIndex = classIndex
        self.digest = digest
        self.grey = grey
    }
}

/// The images of a data set, prepared once and kept in memory, with what ties them together.
package struct LearningSet: Sendable {
    /// The names of the classes in order.
    package let classes: [String]
    /// The images that can be read, in the order of the survey.
    package let images: [LearningImage]
    /// Duplicates, damaged files and the groups that no split may cut.
    package let survey: DataSurvey
    /// How grey becomes the network's input.
    package let input: InputScale

    /// Memory that the prepared images may take, in bytes.
    package static let bytesMax = 16 << 30

    /// Reads every image once; damaged files are in the survey, not here.
    ///
    /// Throws `data` where nothing can be read or the images need more memory than is sensible.
    ///
    /// - Parameters:
    ///   - preparation: the recipe that `read` uses.
    ///   - read: opens and prepares one file.
    ///   - progress: called after each file with the number of files done.
    package init(
        _ dataSet: DataSet, preparation: Preparation, read: ImageReader, progress: (Int) -> Void = { _ in }
    ) throws(LearningError) {
        let side = preparation.side
        guard dataSet.items.count <= Self.bytesMax / (side * side * 4) else {
            throw .data(
                "\(dataSet.items.count) images of \(side) × \(side) take more than \(Self.bytesMax >> 30) GB of memory"
            )
        }
        let input = InputScale(preparation.settings)
        var greys: [[Float]] = []
        let survey = DataSurvey(
            dataSet,
            read: { path in
                let record = try read(path)
                greys.append(input.grey(of: record.image))
                return record
            }, progress: progress)
        precondition(greys.count == survey.images.count, "every image that can be read is kept")
        guard !greys.isEmpty else {
            let first = survey.damaged.first.map { "\(dataSet.items[$0.itemIndex].name): \($0.reason)" }
            throw .data(
                "none of its \(dataSet.items.count) images can be read; the first: \(first ?? "none")")
        }
        self.classes = dataSet.classes
        self.survey = survey
        self.input = input
        images = survey.images.indices.map { index in
            let item = survey.item(index)
            return LearningImage(
                name: item.name, classIndex: item.classIndex, digest: survey.images[index].digest,
                grey: greys[index])
        }
    }

    /// SHA-256 over classes, names and files of the images, in hexadecimal: equal for equal data.
    package var digest: String {
        let lines = images.map { "\(classes[$0.classIndex])\t\($0.name)\t\($0.digest)\n" }
        return fingerprint(of: classes.joined(separator: "\t") + "\n" + lines.joined())
    }

    /// The split of the recipe: positions in `images` to train on and to watch.
    ///
    /// Throws `data` where nothing can be held back.
    package func holdout(fraction: Double, seed: UInt64) throws(LearningError) -> Holdout {
        try Holdout(
            classIndices: images.map(\.classIndex), classCount: classes.count, groups: survey.groups,
            fraction: fraction, seed: seed)
    }
}

/// Between grey values of 0 to 1 and the network's three normalised channels, as `Preparation` makes them.
package struct InputScale: Sendable {
    private let factor: [Float]
    private let offset: [Float]

    /// The scale of a recipe.
    package init(_ settings: PreparationSettings) {
        factor = (0..<3).map { Float(settings.scale * 255 / settings.standardDeviation[$0]) }
        offset = (0..<3).map { Float(-settings.mean[$0] / settings.standardDeviation[$0]) }
    }

    /// The grey values of a prepared image.
    package func grey(of image: PreparedImage) -> [Float] {
        image.grey.map { ($0 - offset[0]) / factor[0] }
    }

    /// Writes [side][side][3] into `pixels` from `start` on.
    package func write(_ grey: [Float], into pixels: inout [Float], at start: Int) {
        for (index, value) in grey.enumerated() {
            for channel in 0..<3 {
                pixels[start + index * 3 + channel] = value * factor[channel] + offset[channel]
            }
        }
    }

    /// [side][side][3] of one image.
    package func pixels(_ grey: [Float]) -> [Float] {
        var pixels = [Float](repeating: 0, count: grey.count * 3)
        write(grey, into: &pixels, at: 0)
        return pixels
    }
}
