import Classification
import Testing

/// A small image and what Pillow makes of it.
struct PillowCase: Sendable, CustomTestStringConvertible {
    enum Kind: Sendable { case texture, blocks }

    let kind: Kind
    let rows: Int
    let columns: Int
    let side: Int
    let filter: ResizeFilter
    let expected: [Int]

    init(_ kind: Kind, rows: Int, columns: Int, side: Int, filter: ResizeFilter, expected: [Int]) {
        self.kind = kind
        self.rows = rows
        self.columns = columns
        self.side = side
        self.filter = filter
        self.expected = expected
    }

    var testDescription: String { "\(kind) \(rows)×\(columns) to \(side), \(filter)" }

    /// The image's values, 0 to 255, in reading order.
    var image: [Int] {
        (0..<rows).flatMap { y in
            (0..<columns).map { x in
                switch kind {
                case .texture: (x * 37 + y * 91 + (x * y) % 53 * 3) % 256
                case .blocks: (x / 5 + y / 6) % 2 == 0 ? 255 : 0
                }
            }
        }
    }

    var resampler: Resampler { Letterbox(rows: rows, columns: columns, side: side).resampler(filter: filter) }
}

struct ResamplerTests {
    @Test(arguments: PillowCase.all)
    func eightBitImagesAreResizedAsPillowDoesToTheBit(golden: PillowCase) {
        let found = golden.resampler.resize(
            bytes: golden.image.map { UInt8($0) }, rowCount: golden.rows, columnCount: golden.columns)
        #expect(found.map(Int.init) == golden.expected)
    }

    @Test(arguments: PillowCase.all)
    func withoutRoundingTheResultStaysNearPillow(golden: PillowCase) {
        let grey = golden.image.map { Float($0) / 255 }
        let found = golden.resampler.resize(rowCount: golden.rows, columnCount: golden.columns) {
            rowIndex, row in
            for column in 0..<golden.columns { row[column] = grey[rowIndex * golden.columns + column] }
        }
        for (found, expected) in zip(found, golden.expected) {
            #expect(abs(found * 255 - Float(expected)) <= 1.3)
        }
    }

    @Test func constantImageStaysConstantWithinItsBounds() {
        let resampler = Letterbox(rows: 40, columns: 40, side: 13).resampler(filter: .bicubic)
        let output = resampler.resize(rowCount: 40, columnCount: 40) { _, row in
            for column in 0..<40 { row[column] = 0.625 }
        }
        for value in output { #expect(abs(value - 0.625) < 1e-6) }
    }

    @Test func rowsAreAskedForOnceAndInOrder() {
        let resampler = Letterbox(rows: 30, columns: 10, side: 4).resampler(filter: .lanczos)
        var asked: [Int] = []
        _ = resampler.resize(rowCount: 30, columnCount: 10) { rowIndex, _ in asked.append(rowIndex) }
        #expect(asked == Array(0..<30))
    }

    @Test func halvesOfHighPixelsAreTwiceAsHigh() {
        // 4 rows of double height beside 8 columns: a square without a letterbox.
        let letterbox = Letterbox(rows: 4, columns: 8, pixelAspect: 2, side: 8)
        #expect(letterbox.rowStretch == 0...4)
        #expect(letterbox.columnStretch == 0...8)
    }

    @Test func oddPixelOfALetterboxGoesAfterTheImage() {
        let letterbox = Letterbox(rows: 4, columns: 7, side: 7)
        #expect(letterbox.rowStretch == -1...6)
    }

    @Test func onePixelFillsItsSquare() {
        let resampler = Letterbox(rows: 1, columns: 1, side: 3).resampler(filter: .bicubic)
        let output = resampler.resize(rowCount: 1, columnCount: 1) { _, row in row[0] = 1 }
        #expect(output == [Float](repeating: 1, count: 9))
    }
}

@Suite("An axis beside the image")
struct ResizeAxisBesideTests {
    @Test(
        "outputs that lie in the black beside a narrow image read nothing, on both sides",
        arguments: [(40, 400), (1024, 3072)])
    func beside(inputCount: Int, squareSide: Int) {
        let before = Double(squareSide - inputCount) / 2
        let axis = ResizeAxis(
            inputCount: inputCount, from: -before, to: Double(squareSide) - before, outputCount: 24,
            filter: .bicubic)
        #expect(axis.starts.allSatisfy { (0..<inputCount).contains($0) })
        let sums = (0..<24).map { axis.weights[$0 * axis.tapCount..<($0 + 1) * axis.tapCount].reduce(0, +) }
        #expect(sums[0] == 0 && sums[23] == 0)
        // Each input has one share in all, however it is spread: 24 outputs over the square's side.
        #expect(abs(sums.reduce(0, +) - Float(inputCount) * 24 / Float(squareSide)) < 0.05)
    }
}
