/// How the pixels of a batch are cut into tasks: by their number alone, never by the threads, so that sums are formed
/// in the same order on every machine.
struct TaskCut {
    /// One task: some rows (pixels) of the batch, of one image or of several whole ones.
    struct Piece {
        /// Pixels, counted over the whole batch.
        let rows: Range<Int>
        /// The images they belong to.
        let images: Range<Int>
    }

    /// Images of the batch.
    let imageCount: Int
    /// Pixels of one image.
    let pixelCount: Int
    /// The tasks in order.
    let pieces: [Piece]

    /// Floats that a task's widest matrix should have at most: a quarter of a megabyte, so that a chunk, what it is
    /// made from and what becomes of it stay in a core's second-level cache.
    private static let floatsTarget = 65_536
    /// Fewer rows than this make a matrix product slow: OpenBLAS rearranges the whole weight for every call.
    private static let rowsMin = 192
    /// More rows than this only make the last task of a pass wait longer.
    private static let rowsMax = 1024

    /// The cut for tensors of at most `channels` channels.
    init(imageCount: Int, pixelCount: Int, channels: Int) {
        self.imageCount = imageCount
        self.pixelCount = pixelCount
        let target = min(max(Self.floatsTarget / channels, Self.rowsMin), Self.rowsMax)
        var pieces: [Piece] = []
        if pixelCount >= target {
            let parts = (pixelCount + target - 1) / target
            for image in 0..<imageCount {
                for part in 0..<parts {
                    let start = image * pixelCount
                    let rows = start + part * pixelCount / parts..<start + (part + 1) * pixelCount / parts
                    pieces.append(Piece(rows: rows, images: image..<image + 1))
                }
            }
        } else {
            let group = max(1, target / pixelCount)
            for first in stride(from: 0, to: imageCount, by: group) {
                let images = first..<min(first + group, imageCount)
                pieces.append(
                    Piece(
                        rows: images.lowerBound * pixelCount..<images.upperBound * pixelCount, images: images)
                )
            }
        }
        self.pieces = pieces
    }

    /// The rows of a piece that belong to one of its images.
    func rows(of image: Int, in piece: Piece) -> Range<Int> {
        max(piece.rows.lowerBound, image * pixelCount)..<min(piece.rows.upperBound, (image + 1) * pixelCount)
    }
}

extension Range<Int> {
    /// The floats of these rows.
    func times(_ channels: Int) -> Range<Int> { lowerBound * channels..<upperBound * channels }

    /// The same rows counted from another beginning.
    func relative(to start: Int) -> Range<Int> { lowerBound - start..<upperBound - start }
}
