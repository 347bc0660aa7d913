internal import CKernels

/// How a number of channels is cut into panels: as few as possible, and all but the last two of the largest width.
package struct Panels: Sendable, Hashable {
    /// One panel.
    package struct Panel: Sendable, Hashable {
        /// First channel.
        package let first: Int
        /// Its channels, one of the kernels' widths.
        package let width: Int
    }

    /// The panels in order.
    package let list: [Panel]
    /// All channels, rounded up to a multiple of 8.
    package let count: Int

    /// Panels of one width, for a number of channels that it divides.
    package init(channelCount: Int, width: Int) {
        precondition(channelCount.isMultiple(of: width))
        self.init(widths: Array(repeating: width, count: channelCount / width))
    }

    /// Panels for at least `channelCount` channels.
    ///
    /// A rest of less than half a panel shares the channels of the last whole one: a narrow panel does less work for each
    /// value that it reads. Many panels of an odd number become one more of equal width where that divides, so that two
    /// threads have the same: 320 channels are eight times 40, not six times 48 and 32.
    ///
    /// - Parameter widths: those of the kernels.
    package init(channelCount: Int, widths: [Int]) {
        let largest = widths[0]
        let count = (channelCount + 7) / 8 * 8
        let evenCount = (count + largest - 1) / largest + 1
        if evenCount >= 6, evenCount.isMultiple(of: 2), count.isMultiple(of: evenCount),
            widths.contains(count / evenCount)
        {
            self.init(widths: Array(repeating: count / evenCount, count: evenCount))
            return
        }
        var list = Array(repeating: largest, count: count / largest)
        let rest = count % largest
        if rest * 2 >= largest || (rest > 0 && list.isEmpty) {
            list.append(rest)
        } else if rest > 0 {
            let half = ((largest + rest) / 2 + 7) / 8 * 8
            list.replaceSubrange(list.count - 1..<list.count, with: [half, largest + rest - half])
        }
        precondition(list.allSatisfy(widths.contains), "the kernels have no panel of such a width")
        self.init(widths: list)
    }

    private init(widths: [Int]) {
        var first = 0
        list = widths.map { width in
            defer { first += width }
            return Panel(first: first, width: width)
        }
        count = first
    }

    /// The one width into which a tensor's channels are blocked: the largest that divides them.
    package static func blockWidth(_ channelCount: Int, widths: [Int]) -> Int {
        widths.first { channelCount.isMultiple(of: $0) } ?? 8
    }
}

/// All packed weights of a network in one aligned arena. Filled at load, never written after.
///
/// Places are offsets in floats, each on a 64-byte boundary.
@safe package final class PackedWeights: @unchecked Sendable {  // written only before it is shared
    private let arena: AlignedFloats
    private var used = 0

    /// An arena for `capacity` floats, the sum of `roundedUp` of all that will be packed.
    package init(capacity: Int) { arena = AlignedFloats(count: capacity) }

    /// Where the next entry will lie.
    package var end: Int { used }

    /// Floats that an entry of `count` floats takes.
    package static func roundedUp(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    /// The weights at a place.
    package func at(_ place: Int) -> UnsafePointer<Float> { unsafe UnsafePointer(arena.baseAddress + place) }

    /// The weights at some places, as bytes.
    package func bytes(at places: Range<Int>) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: at(places.lowerBound), count: places.count * MemoryLayout<Float>.stride)
    }

    private func take(_ count: Int) -> (place: Int, pointer: UnsafeMutablePointer<Float>) {
        let place = used
        used += Self.roundedUp(count)
        precondition(used <= arena.count, "the arena was measured wrongly")
        return unsafe (place, arena.baseAddress + place)
    }

    /// Packs a matrix [outputs][inputs] into panels; panel p lies at the result + p.first · inputs.
    ///
    /// - Parameter columns: which of the inputs to take; all rows have `rowStride` values.
    package func pack(
        _ weight: [Float], panels: Panels, outputCount: Int, rowStride: Int, columns: Range<Int>
    ) -> Int {
        precondition(weight.count == outputCount * rowStride && columns.upperBound <= rowStride)
        let (place, target) = unsafe take(panels.count * columns.count)
        unsafe weight.withUnsafeBufferPointer { weight in
            guard let start = weight.baseAddress else { return }
            for panel in panels.list {
                unsafe ck_pack_panel(
                    start + columns.lowerBound, rowStride, Int32(outputCount), Int32(columns.count),
                    Int32(panel.first), Int32(panel.width), target + panel.first * columns.count)
            }
        }
        return place
    }

    /// Packs depthwise weights [channels][taps] into blocks of `width` channels.
    package func pack(depthwise weight: [Float], channelCount: Int, width: Int) -> Int {
        let (place, target) = unsafe take(weight.count)
        unsafe weight.withUnsafeBufferPointer { weight in
            guard let start = weight.baseAddress else { return }
            unsafe ck_pack_depthwise(
                start, Int32(channelCount), Int32(weight.count / channelCount), Int32(width), target)
        }
        return place
    }

    /// Packs values as they are, with zeros up to a multiple of 8.
    package func pack(vector: [Float]) -> Int {
        let (place, target) = unsafe take((vector.count + 7) / 8 * 8)
        unsafe vector.withUnsafeBufferPointer { vector in
            guard let start = vector.baseAddress else { return }
            unsafe target.update(from: start, count: vector.count)
        }
        return place
    }
}
