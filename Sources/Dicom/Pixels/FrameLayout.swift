/// Puts samples in the order that ``Frame`` promises: interleaved, every pixel with all its samples.
protocol SampleOrder {
    /// The samples in the new order.
    func ordered<Sample>(_ samples: [Sample]) -> [Sample]
}

/// `R R R … G G G … B B B …` becomes `R G B R G B …` (Planar Configuration 1 to 0).
struct InterleavingOrder: SampleOrder {
    /// How many planes there are.
    let planeCount: Int

    func ordered<Sample>(_ planes: [Sample]) -> [Sample] {
        let pixelCount = planes.count / planeCount
        var pixels: [Sample] = []
        pixels.reserveCapacity(planes.count)
        for pixel in 0..<pixelCount {
            for plane in 0..<planeCount { pixels.append(planes[plane * pixelCount + pixel]) }
        }
        return pixels
    }
}

/// `Y1 Y2 B R` becomes `Y1 B R Y2 B R` (native YBR_FULL_422, PS3.3 C.7.6.3.1.2).
struct PairExpansionOrder: SampleOrder {
    func ordered<Sample>(_ pairs: [Sample]) -> [Sample] {
        var pixels: [Sample] = []
        pixels.reserveCapacity(pairs.count / 2 * 3)
        for start in stride(from: 0, to: pairs.count - 3, by: 4) {
            for luminance in 0..<2 {
                pixels.append(pairs[start + luminance])
                pixels.append(pairs[start + 2])
                pixels.append(pairs[start + 3])
            }
        }
        return pixels
    }
}

extension Frame.Samples {
    /// The samples in another order.
    func ordered(by order: some SampleOrder) -> Frame.Samples {
        switch self {
        case .uint8(let values): .uint8(order.ordered(values))
        case .int8(let values): .int8(order.ordered(values))
        case .uint16(let values): .uint16(order.ordered(values))
        case .int16(let values): .int16(order.ordered(values))
        case .uint32(let values): .uint32(order.ordered(values))
        case .int32(let values): .int32(order.ordered(values))
        case .float32(let values): .float32(order.ordered(values))
        case .float64(let values): .float64(order.ordered(values))
        }
    }
}
