import Classification
import Dicom
import Testing

/// A grey frame with a ramp from left to right, and what a test changes of it.
private struct Ramp {
    var rows = 64
    var columns = 64
    var bitsStored = 12
    /// The stored value at a row and column.
    var value: (Int, Int) -> Int = { _, column in 100 + column * 10 }
    var transform = PixelTransform()
    var padding: ClosedRange<Double>?
    var pixelAspect = 1.0

    var frame: Frame {
        var samples: [UInt16] = []
        for row in 0..<rows {
            for column in 0..<columns { samples.append(UInt16(value(row, column))) }
        }
        return Frame(
            rows: rows, columns: columns, samplesPerPixel: 1, photometricInterpretation: .monochrome2,
            bitsStored: bitsStored, samples: .uint16(samples))
    }

    func prepared(side: Int = 64) throws -> PreparedImage {
        let preparation = Preparation(settings: Greys.settings, side: side)
        return try preparation.input(
            from: frame, FrameDescription(transform: transform, padding: padding, pixelAspect: pixelAspect))
    }

    /// The greys of the input, 0 to 1.
    func greys(side: Int = 64) throws -> [Float] { Greys.of(try prepared(side: side)) }
}

/// Inputs without normalisation, so that a test sees greys.
enum Greys {
    static let settings = PreparationSettings(
        filter: .bicubic, scale: 1.0 / 255, mean: [0, 0, 0], standardDeviation: [1, 1, 1])

    static func of(_ image: PreparedImage) -> [Float] {
        stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
    }

    /// The slow and readable version of the input stage of a windowed frame: display, then the resize in Double.
    static func oracle(_ display: DisplayImage, side: Int) -> [Double] {
        let letterbox = Letterbox(rows: display.rows, columns: display.columns, side: side)
        let resampler = letterbox.resampler(filter: .bicubic)
        func resized(_ values: [Double], _ axis: ResizeAxis) -> [Double] {
            axis.starts.indices.map { output in
                let sum = (0..<axis.tapCount).reduce(0.0) { sum, tap in
                    let input = axis.starts[output] + tap
                    guard input < values.count else { return sum }
                    return sum + values[input] * Double(axis.weights[output * axis.tapCount + tap])
                }
                return min(max(sum, 0), 1)
            }
        }
        let narrowed = (0..<display.rows).map { row in
            resized(
                Array(display.values[row * display.columns..<(row + 1) * display.columns]),
                resampler.horizontal)
        }
        let columns = (0..<side).map { column in
            resized(narrowed.map { $0[column] }, resampler.vertical)
        }
        return (0..<side).flatMap { row in columns.map { $0[row] } }
    }
}

struct PreparationTests {
    @Test func windowedFrameIsTheDisplayStageResized() throws {
        let window = try #require(Window(center: 400, width: 500))
        let texture = Ramp(
            rows: 70, columns: 93,
            value: { row, column in (row * 37 + column * 91 + row * column % 53) % 900 },
            transform: PixelTransform(voi: .window(window), isInverted: true))
        let display = try texture.transform.display(texture.frame)
        for (found, expected) in zip(try texture.greys(side: 32), Greys.oracle(display, side: 32)) {
            #expect(abs(Double(found) - expected) < 1e-5)
        }
    }

    @Test func withoutAWindowTheFrameIsStretchedBetweenPercentiles() throws {
        var ramp = Ramp()
        // One wild pixel must not make everything else dark.
        ramp.value = { row, column in row == 0 && column == 0 ? 4000 : 100 + column * 10 }
        let greys = try ramp.greys()
        #expect(greys[64 * 32 + 1] < 0.03)
        #expect(abs(greys[64 * 32 + 32] - 0.5) < 0.02)
        #expect(greys[64 * 32 + 62] > 0.97)
        #expect(try ramp.prepared().steps.contains { $0.contains("No window: stretched from") })
    }

    @Test func windowThatClipsNearlyEverythingIsReplaced() throws {
        var ramp = Ramp()
        ramp.transform = PixelTransform(
            voi: .window(try #require(Window(center: 10, width: 20))), voiStep: "Window.")
        let greys = try ramp.greys()
        #expect(abs(greys[64 * 32 + 32] - 0.5) < 0.02)
        #expect(try ramp.prepared().steps.contains { $0.contains("90 %") && $0.contains("instead") })
    }

    @Test func windowThatClipsLessIsKept() throws {
        var ramp = Ramp()
        ramp.transform = PixelTransform(
            voi: .window(try #require(Window(center: 300, width: 20))), voiStep: "Window.")
        let greys = try ramp.greys()
        #expect(greys[64 * 32 + 1] == 0)
        #expect(greys[64 * 32 + 32] == 1)
        #expect(try ramp.prepared().steps.contains("Window."))
    }

    @Test func blackBackgroundOfOneValueIsNotClipping() throws {
        var ramp = Ramp()
        ramp.value = { row, column in row == 32 ? column * 60 : 0 }
        ramp.transform = PixelTransform(
            voi: .window(try #require(Window(center: 2048, width: 4096))), voiStep: "W.")
        #expect(try ramp.prepared().steps.contains("W."))
    }

    @Test func monochrome1IsInvertedAfterTheStretchToo() throws {
        let plain = try Ramp().greys()
        let inverted = try Ramp(transform: PixelTransform(isInverted: true)).greys()
        for (one, other) in zip(plain, inverted) { #expect(abs(one + other - 1) < 1e-5) }
    }

    @Test func paddingIsBlackAndHasNoPartInStatistics() throws {
        var ramp = Ramp()
        ramp.value = { row, column in row < 32 ? 4000 + column % 8 : 100 + column * 10 }
        ramp.padding = 4000...4007
        for isInverted in [false, true] {
            ramp.transform = PixelTransform(isInverted: isInverted)
            let greys = try ramp.greys()
            #expect(greys[64 * 10 + 32] == 0)
            #expect(abs(greys[64 * 50 + 32] - 0.5) < 0.02)
        }
        #expect(try ramp.prepared().steps.contains { $0.hasPrefix("2048 pixels are padding") })
    }

    @Test func wideFrameIsLetterboxedInBlack() throws {
        let greys = try Ramp(rows: 32, value: { _, column in 2000 + column }).greys()
        for row in [0, 10, 53, 63] { #expect(greys[64 * row + 32] == 0) }
        #expect(greys[64 * 32 + 60] > 0.9)
    }

    @Test func highPixelsAreMadeSquare() throws {
        let greys = try Ramp(rows: 32, pixelAspect: 2).greys()
        #expect(greys[60] > 0.9 && greys[64 * 63 + 60] > 0.9)
    }

    @Test func channelsAreNormalisedEach() throws {
        let settings = PreparationSettings(mean: [0.5, 0.25, 0], standardDeviation: [0.5, 1, 2])
        let image = try Preparation(settings: settings, side: 64).input(
            from: Ramp().frame, FrameDescription(transform: PixelTransform()))
        let greys = try Ramp().greys()
        for (index, grey) in greys.enumerated() {
            #expect(abs(image.pixels[index * 3] - (grey - 0.5) / 0.5) < 1e-5)
            #expect(abs(image.pixels[index * 3 + 1] - (grey - 0.25)) < 1e-5)
            #expect(abs(image.pixels[index * 3 + 2] - grey / 2) < 1e-5)
        }
    }

    @Test func samplesOfEveryTypeGiveTheSame() throws {
        let expected = try Ramp().greys()
        let values = (0..<64 * 64).map { 100 + $0 % 64 * 10 }
        let all: [Frame.Samples] = [
            .int16(values.map { Int16($0) }), .uint32(values.map { UInt32($0) }),
            .int32(values.map { Int32($0) }),
            .float32(values.map { Float($0) }), .float64(values.map { Double($0) }),
        ]
        for samples in all {
            let frame = Frame(
                rows: 64, columns: 64, samplesPerPixel: 1, photometricInterpretation: .monochrome2,
                bitsStored: 12,
                samples: samples)
            let image = try Preparation(settings: Greys.settings, side: 64).input(
                from: frame, FrameDescription(transform: PixelTransform()))
            for (found, grey) in zip(Greys.of(image), expected) { #expect(abs(found - grey) < 1e-5) }
        }
    }

    @Test func notANumberIsBlackAndLeftOut() throws {
        var values = (0..<64 * 64).map { Float($0 % 64) }
        values[64 * 32 + 32] = .nan
        values[64 * 33 + 33] = .infinity
        let frame = Frame(
            rows: 64, columns: 64, samplesPerPixel: 1, photometricInterpretation: .monochrome2,
            bitsStored: 32,
            samples: .float32(values))
        let image = try Preparation(settings: Greys.settings, side: 64).input(
            from: frame, FrameDescription(transform: PixelTransform()))
        #expect(Greys.of(image).allSatisfy { $0.isFinite })
        #expect(image.steps.contains { $0.hasPrefix("2 pixels are padding") })
    }
}

struct SanityGateTests {
    @Test func constantFramesAreRefused() {
        #expect(throws: PreparationError.refused(.constant(isZero: true))) {
            try Ramp(value: { _, _ in 0 }).greys()
        }
        #expect(throws: PreparationError.refused(.constant(isZero: false))) {
            try Ramp(value: { _, _ in 7 }).greys()
        }
    }

    @Test func frameThatIsConstantBesideItsPaddingIsRefused() {
        let ramp = Ramp(value: { row, _ in row < 9 ? 4095 : 12 }, padding: 4095...4095)
        #expect(throws: PreparationError.refused(.constant(isZero: false))) { try ramp.greys() }
    }

    @Test func slopeOfZeroIsAConstantFrame() {
        let ramp = Ramp(transform: PixelTransform(modality: .rescale(slope: 0, intercept: 3)))
        #expect(throws: PreparationError.refused(.constant(isZero: false))) { try ramp.greys() }
    }

    @Test func nothingButPaddingIsRefused() {
        #expect(throws: PreparationError.refused(.empty)) { try Ramp(padding: 0...65535).greys() }
    }

    @Test(arguments: [(15, 64), (64, 1), (16, 300)])
    func absurdSizesAreRefused(rows: Int, columns: Int) {
        #expect(throws: PreparationError.refused(.absurdSize(rows: rows, columns: columns))) {
            try Ramp(rows: rows, columns: columns).greys()
        }
    }

    @Test func constantColoursAreRefused() {
        let frame = Frame(
            rows: 16, columns: 16, samplesPerPixel: 3, photometricInterpretation: .rgb, bitsStored: 8,
            samples: .uint8([UInt8](repeating: 9, count: 768)))
        #expect(throws: PreparationError.refused(.constant(isZero: false))) {
            try Preparation(side: 64).input(from: frame, FrameDescription(transform: PixelTransform()))
        }
    }

    @Test func constantImageFilesAreRefused() {
        let image = RasterImage(
            rows: 16, columns: 16, channels: 1, samples: .uint8([UInt8](repeating: 0, count: 256)))
        #expect(throws: PreparationError.refused(.constant(isZero: true))) {
            try Preparation(side: 64).input(from: image)
        }
    }
}
