package import Classification

/// What is in a data set: read once from end to end, so that nothing surprises a training later.
package struct DataSurvey: Sendable {
    /// What is kept about an image that can be read.
    package struct Image: Sendable {
        /// Position in the data set's items.
        package let itemIndex: Int
        /// "DICOM", "JPEG" or "PNG".
        package let kind: String
        /// Rows as stored.
        package let rows: Int
        /// Columns as stored.
        package let columns: Int
        /// Modality, where the file says it.
        package let modality: String?
        /// SHA-256 of the file.
        package let digest: String
        /// What it looks like, coarsely.
        package let hash: PerceptualHash
        /// A small picture for the contact sheet.
        package let thumbnail: RasterImage
    }

    /// A file that cannot be learned from.
    package struct Damaged: Sendable, Equatable {
        /// Position in the data set's items.
        package let itemIndex: Int
        /// What is wrong, in a sentence.
        package let reason: String
    }

    /// The data set.
    package let dataSet: DataSet
    /// The images that can be read, in the order of the items.
    package let images: [Image]
    /// The files that cannot.
    package let damaged: [Damaged]
    /// Sets of positions in `images` with equal bytes.
    package let exactDuplicates: [[Int]]
    /// Sets of positions in `images` that look alike (chains count), equal bytes left out.
    package let nearDuplicates: [[Int]]
    /// Sets of positions in `images` of one patient, by the table or the files.
    package let samePatient: [[Int]]
    /// Everything that must not be cut by a split, over `images`.
    package let groups: Groups

    /// Rows and columns of a thumbnail.
    package static let thumbnailSide = 72

    /// Reads every image.
    ///
    /// - Parameters:
    ///   - read: opens and prepares one file.
    ///   - progress: called after each file with the number of files done.
    package init(_ dataSet: DataSet, read: ImageReader, progress: (Int) -> Void = { _ in }) {
        var images: [Image] = []
        var damaged: [Damaged] = []
        var patients: [String?] = []
        for (index, item) in dataSet.items.enumerated() {
            do {
                let record = try read(item.path)
                images.append(Image(record, itemIndex: index))
                patients.append(item.patient.map { "table:\($0)" } ?? record.patientKey.map { "file:\($0)" })
            } catch {
                damaged.append(Damaged(itemIndex: index, reason: "\(error)"))
            }
            progress(index + 1)
        }
        self.dataSet = dataSet
        self.images = images
        self.damaged = damaged
        var exact = Groups(count: images.count)
        exact.tie(equal: images.map { Optional($0.digest) })
        exactDuplicates = exact.members.filter { $0.count > 1 }
        var near = Groups(count: images.count)
        for (left, right) in Self.nearPairs(images) where images[left].digest != images[right].digest {
            near.tie(left, right)
        }
        nearDuplicates = near.members.filter { $0.count > 1 }
        var patientGroups = Groups(count: images.count)
        patientGroups.tie(equal: patients)
        samePatient = patientGroups.members.filter { $0.count > 1 }
        var all = Groups(count: images.count)
        for members in exactDuplicates + nearDuplicates + samePatient {
            for member in members.dropFirst() { all.tie(members[0], member) }
        }
        groups = all
    }

    /// The item that an image comes from.
    package func item(_ image: Int) -> DataSet.Item { dataSet.items[images[image].itemIndex] }

    /// Images per class that can be read.
    package var readableCounts: [Int] {
        images.reduce(into: [Int](repeating: 0, count: dataSet.classes.count)) {
            $0[dataSet.items[$1.itemIndex].classIndex] += 1
        }
    }

    /// Sets of duplicates whose members have different classes: one of the labels is wrong.
    package var contradictions: [[Int]] {
        (exactDuplicates + nearDuplicates).filter { Set($0.map { item($0).classIndex }).count > 1 }
    }

    /// All pairs that look alike. Quadratic, but a pair costs one exclusive-or unless its hashes are close.
    private static func nearPairs(_ images: [Image]) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        for right in images.indices {
            for left in 0..<right where images[left].hash.isNearDuplicate(of: images[right].hash) {
                pairs.append((left, right))
            }
        }
        return pairs
    }
}

extension DataSurvey.Image {
    /// What is kept of a record.
    fileprivate init(_ record: ImageRecord, itemIndex: Int) {
        let side = record.image.letterbox.side
        let grey = record.image.grey
        self.itemIndex = itemIndex
        kind = record.kind
        rows = record.rows
        columns = record.columns
        modality = record.modality
        digest = record.digest
        hash = PerceptualHash(grey: grey, side: side)
        thumbnail = RasterImage(grey: grey, side: side, reducedTo: DataSurvey.thumbnailSide)
    }
}

extension PreparedImage {
    /// The first channel: the grey, still normalised.
    package var grey: [Float] { stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] } }
}

extension RasterImage {
    /// A square grey picture of 8 bits, its smallest value black and its largest white, made smaller by means of areas
    /// where `reducedTo` is below its side.
    package init(grey: [Float], side: Int, reducedTo wanted: Int) {
        let (low, high) = (grey.min() ?? 0, grey.max() ?? 1)
        let factor = high > low ? 255 / (high - low) : 0
        let target = min(wanted, side)
        var samples: [UInt8] = []
        samples.reserveCapacity(target * target)
        for row in 0..<target {
            let rows = row * side / target..<max((row + 1) * side / target, row * side / target + 1)
            for column in 0..<target {
                let columns =
                    column * side / target..<max((column + 1) * side / target, column * side / target + 1)
                var sum: Float = 0
                for y in rows { for x in columns { sum += grey[y * side + x] - low } }
                samples.append(UInt8((sum / Float(rows.count * columns.count) * factor).rounded()))
            }
        }
        self.init(rows: target, columns: target, channels: 1, samples: .uint8(samples))
    }
}
