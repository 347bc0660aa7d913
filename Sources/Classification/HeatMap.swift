package import Dicom

/// Where the network looked, drawn over what a person sees: the class activation map, letterbox undone.
package enum HeatMap {
    /// The picture, as large as the display image: grey where the answer's class got nothing, red to yellow where it
    /// got most.
    package static func image(over display: DisplayImage, map: ActivationMap, letterbox: Letterbox)
        -> RasterImage
    {
        let activation = NormalisedMap(map)
        var samples = [UInt8](repeating: 0, count: display.rows * display.columns * 3)
        let channels = display.samplesPerPixel
        for row in 0..<display.rows {
            let down = letterbox.rowStretch.share(of: Double(row) + 0.5)
            for column in 0..<display.columns {
                let across = letterbox.columnStretch.share(of: Double(column) + 0.5)
                let heat = activation.value(down: down, across: across)
                let pixel = row * display.columns + column
                for (channel, heated) in Self.colour(of: heat).enumerated() {
                    let own = display.values[pixel * channels + (channels == 3 ? channel : 0)]
                    let opacity = 0.55 * heat
                    let shade = (own * (1 - opacity) + heated * opacity) * 255
                    // Not a number is not above 0 either.
                    samples[pixel * 3 + channel] = shade > 0 ? UInt8(min(shade, 255).rounded()) : 0
                }
            }
        }
        return RasterImage(
            rows: display.rows, columns: display.columns, channels: 3, samples: .uint8(samples))
    }

    /// Red for half of the heat, yellow for all of it.
    private static func colour(of heat: Double) -> [Double] { [1, max(2 * heat - 1, 0), 0] }
}

/// A map of 0...1: what speaks against the class counts as nothing.
private struct NormalisedMap {
    let side: Int
    let values: [Double]

    init(_ map: ActivationMap) {
        side = map.side
        let largest = max(Double(map.values.max() ?? 0), 0)
        values = map.values.map { largest > 0 ? max(Double($0), 0) / largest : 0 }
    }

    /// Bilinear between the cells' centres; `down` and `across` go from 0 to 1 over the square.
    func value(down: Double, across: Double) -> Double {
        let (top, bottom, low) = Self.neighbours(down, side)
        let (left, right, near) = Self.neighbours(across, side)
        let upper = values[top * side + left] * (1 - near) + values[top * side + right] * near
        let lower = values[bottom * side + left] * (1 - near) + values[bottom * side + right] * near
        return upper * (1 - low) + lower * low
    }

    private static func neighbours(_ position: Double, _ side: Int) -> (
        first: Int, second: Int, share: Double
    ) {
        let cell = min(max(position * Double(side) - 0.5, 0), Double(side - 1))
        let first = Int(cell)
        return (first, min(first + 1, side - 1), cell - Double(first))
    }
}

extension RasterImage {
    /// The image as the display stage has it: float64, 0 to 1.
    package var display: DisplayImage {
        let values: [Double] =
            switch samples {
            case .uint8(let values): values.map { Double($0) / 255 }
            case .uint16(let values): values.map { Double($0) / 65535 }
            }
        return DisplayImage(
            rows: rows, columns: columns, samplesPerPixel: channels, values: values,
            steps: ["Image file: shown as it is."])
    }
}
