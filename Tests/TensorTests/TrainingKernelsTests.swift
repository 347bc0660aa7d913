import Tensor
import Testing

/// Every pass of every table against the reference table, over counts around the tile and block sizes.
@Suite struct TrainingKernelsTests {
    private struct Noise {
        var state: UInt64
        /// Evenly spread in −1 ... 1.
        mutating func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 23) - 1
        }
        mutating func buffer(_ count: Int, scale: Float = 1, offset: Float = 0) -> FloatBuffer {
            FloatBuffer((0..<count).map { _ in next() * scale + offset })
        }
    }

    private struct Case {
        let rows, channels: Int
        let z, du, a, b, mean, scale, offset: FloatBuffer

        init(rows: Int, channels: Int) {
            var noise = Noise(state: UInt64(rows * 1000 + channels))
            self.rows = rows
            self.channels = channels
            z = noise.buffer(rows * channels, scale: 3, offset: 1)
            du = noise.buffer(rows * channels)
            a = noise.buffer(channels, scale: 0.5, offset: 1)
            b = noise.buffer(channels)
            mean = noise.buffer(channels)
            scale = noise.buffer(channels)
            offset = noise.buffer(channels)
        }
    }

    private static let cases = [(1, 1), (1, 7), (3, 15), (63, 16), (64, 17), (65, 24), (130, 33), (200, 96)]
    private static let tables = TrainingKernels.names.filter { $0 != "reference" }

    /// The fast tables that run here, with the reference; each test takes the same cases.
    private func withTables(_ body: (TrainingKernels, TrainingKernels, Case) -> Void) throws {
        let reference = try #require(TrainingKernels(named: "reference"))
        let fast = Self.tables.compactMap { TrainingKernels(named: $0) }
        #expect(!fast.isEmpty)
        for table in fast {
            for (rows, channels) in Self.cases {
                body(table, reference, Case(rows: rows, channels: channels))
            }
        }
    }

    /// Element-wise results: a few roundings, relative to the size of what went in.
    private func expectClose(_ found: [Float], _ expected: [Float], _ note: String, tolerance: Float = 3e-6) {
        let size = max(expected.reduce(0) { max($0, abs($1)) }, 1)
        let differences = zip(found, expected).map { abs($0 - $1) }
        // Not of the largest: `max` passes over what is no number.
        #expect(
            found.count == expected.count && differences.allSatisfy { $0 <= tolerance * size },
            "\(note): \(differences.max() ?? 0) of \(size)")
    }

    /// Sums over the rows: the error of at most 64 float additions, relative to the sum of magnitudes (about rows).
    private func expectClose(_ found: [Double], _ expected: [Double], rows: Int, _ note: String) {
        let differences = zip(found, expected).map { abs($0 - $1) }
        #expect(
            found.count == expected.count && differences.allSatisfy { $0 <= 2e-5 * Double(max(rows, 1)) },
            "\(note): \(differences.max() ?? 0) over \(rows) rows")
    }

    @Test func activate() throws {
        try withTables { table, reference, item in
            for scale in [nil, item.scale.region] {
                let (found, expected) = (FloatBuffer(item.z.region.array), FloatBuffer(count: item.z.count))
                table.activate(
                    found.region, a: item.a.region, b: item.b.region, scale: scale, into: found.region)
                reference.activate(
                    item.z.region, a: item.a.region, b: item.b.region, scale: scale, into: expected.region)
                expectClose(
                    found.region.array, expected.region.array, "\(table.name) \(item.rows)×\(item.channels)")
            }
        }
    }

    @Test func activateFarFromNought() throws {
        for name in Self.tables {
            guard let table = TrainingKernels(named: name) else { continue }
            let z = FloatBuffer([-1e4, -200, -87, -20, 0, 20, 200, 1e30])
            let (one, zero) = (FloatBuffer([1]), FloatBuffer([0]))
            table.activate(z.region, a: one.region, b: zero.region, into: z.region)
            let found = z.region.array
            #expect(found.allSatisfy { $0.isFinite } && found[4] == 0 && found[5] == 20 && found[7] == 1e30)
            #expect(found[0...2].allSatisfy { abs($0) < 1e-30 })
        }
    }

    @Test func activateSum() throws {
        try withTables { table, reference, item in
            var found = [Double](repeating: 0.5, count: item.channels)
            var expected = found
            table.activateSum(item.z.region, a: item.a.region, b: item.b.region, sum: &found)
            reference.activateSum(item.z.region, a: item.a.region, b: item.b.region, sum: &expected)
            expectClose(found, expected, rows: item.rows, table.name)
        }
    }

    @Test func dotThenScale() throws {
        try withTables { table, reference, item in
            let (found, expected) = (FloatBuffer(item.z.region.array), FloatBuffer(item.z.region.array))
            var foundSum = [Double](repeating: 0, count: item.channels)
            var expectedSum = foundSum
            table.dotThenScale(
                found.region, gradient: item.du.region, scale: item.scale.region, sum: &foundSum)
            reference.dotThenScale(
                expected.region, gradient: item.du.region, scale: item.scale.region, sum: &expectedSum)
            expectClose(found.region.array, expected.region.array, table.name)
            expectClose(foundSum, expectedSum, rows: item.rows, table.name)
        }
    }

    @Test func activationGradient() throws {
        try withTables { table, reference, item in
            for (du, scale, offset) in [
                (item.du.region, item.scale.region, item.offset.region), (item.du.region, nil, nil),
                (nil, nil, item.offset.region),
            ] as [(FloatRegion?, FloatRegion?, FloatRegion?)] {
                // In place where there is a gradient: that is how it is used.
                let found = FloatBuffer(item.du.region.array)
                let expected = FloatBuffer(count: item.z.count)
                var foundSums = GradientSums(channels: item.channels)
                var expectedSums = foundSums
                table.activationGradient(
                    z: item.z.region, a: item.a.region, b: item.b.region, mean: item.mean.region,
                    du: du == nil ? nil : found.region, scale: scale, offset: offset, into: found.region,
                    sums: &foundSums)
                reference.activationGradient(
                    z: item.z.region, a: item.a.region, b: item.b.region, mean: item.mean.region, du: du,
                    scale: scale, offset: offset, into: expected.region, sums: &expectedSums)
                expectClose(found.region.array, expected.region.array, table.name)
                expectClose(foundSums.sum, expectedSums.sum, rows: item.rows, table.name)
                expectClose(foundSums.weighted, expectedSums.weighted, rows: item.rows * 5, table.name)
            }
        }
    }

    @Test func gradientSums() throws {
        try withTables { table, reference, item in
            var found = GradientSums(channels: item.channels)
            var expected = found
            table.addGradientSums(
                z: item.z.region, mean: item.mean.region, dv: item.du.region, factor: 1.25, to: &found)
            reference.addGradientSums(
                z: item.z.region, mean: item.mean.region, dv: item.du.region, factor: 1.25, to: &expected)
            expectClose(found.sum, expected.sum, rows: item.rows, table.name)
            expectClose(found.weighted, expected.weighted, rows: item.rows * 5, table.name)
        }
    }

    @Test func combineAndAffine() throws {
        try withTables { table, reference, item in
            let found = FloatBuffer(item.du.region.array)
            let expected = FloatBuffer(count: item.z.count)
            table.combine(
                dv: found.region, z: item.z.region, alpha: item.a.region, beta: item.b.region,
                delta: item.offset.region, into: found.region)
            reference.combine(
                dv: item.du.region, z: item.z.region, alpha: item.a.region, beta: item.b.region,
                delta: item.offset.region, into: expected.region)
            expectClose(found.region.array, expected.region.array, table.name)
            for residual in [nil, item.du.region] {
                found.region.copy(item.du.region)
                table.affine(
                    item.z.region, a: item.a.region, b: item.b.region,
                    residual: residual == nil ? nil : found.region, into: found.region)
                reference.affine(
                    item.z.region, a: item.a.region, b: item.b.region, residual: residual,
                    into: expected.region)
                expectClose(found.region.array, expected.region.array, table.name)
            }
        }
    }

    @Test func momentsAddUpOverPieces() throws {
        try withTables { table, reference, item in
            var (found, expected) = (Moments(channels: item.channels), Moments(channels: item.channels))
            let cut = item.rows / 3 * item.channels
            table.addMoments(of: item.z[0..<cut], to: &found)
            table.addMoments(of: item.z[cut..<item.z.count], to: &found)
            reference.addMoments(of: item.z.region, to: &expected)
            #expect(found.count == item.rows)
            expectClose(found.mean, expected.mean, rows: 1, table.name)
            expectClose(found.m2, expected.m2, rows: item.rows * 9, table.name)
            var merged = Moments(channels: item.channels)
            var rest = merged
            table.addMoments(of: item.z[0..<cut], to: &merged)
            table.addMoments(of: item.z[cut..<item.z.count], to: &rest)
            merged.merge(rest)
            #expect(merged.count == item.rows)
            expectClose(merged.m2, expected.m2, rows: item.rows * 9, table.name)
        }
    }

    /// A mean far above the spread must not eat the variance: 100 ± 0.1.
    @Test func momentsSurviveALargeMean() throws {
        var noise = Noise(state: 4)
        let z = noise.buffer(500 * 8, scale: 0.1, offset: 100)
        for name in TrainingKernels.names {
            guard let table = TrainingKernels(named: name) else { continue }
            var moments = Moments(channels: 8)
            table.addMoments(of: z.region, to: &moments)
            for channel in 0..<8 {
                let values = (0..<500).map { Double(z.region[$0 * 8 + channel]) }
                let mean = values.reduce(0, +) / 500
                let m2 = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                #expect(abs(moments.m2[channel] - m2) < 1e-4 * m2, "\(name)")
            }
        }
    }

    @Test(arguments: [(3, 1, 1), (5, 1, 2), (3, 2, 0), (3, 2, 1), (5, 2, 1), (5, 2, 2)])
    func depthwisePasses(kernel: Int, stride: Int, before: Int) throws {
        let reference = try #require(TrainingKernels(named: "reference"))
        for (side, channels) in [(7, 16), (8, 17), (15, 40), (5, 3), (2, 8)] {
            let window = Window(
                kernel: kernel, stride: stride, before: before, inputSide: side,
                outputSide: (side + stride - 1) / stride)
            var noise = Noise(state: UInt64(side * kernel + channels))
            let padded = (window.outputSide - 1) * stride + kernel
            let rows = (0..<kernel).map { row in row == 1 ? nil : noise.buffer(padded * channels) }
            let weight = noise.buffer(kernel * kernel * channels)
            let gradients = (0..<kernel).map { row in
                row == 0 ? nil : noise.buffer((window.outputSide + 2 * (kernel - 1)) * channels)
            }
            let dout = noise.buffer(window.outputSide * channels)
            func results(_ table: TrainingKernels) -> [[Float]] {
                let output = FloatBuffer(count: window.outputSide * channels)
                table.depthwise(
                    window, channels: channels, rows: rows.map { $0?.region }, weight: weight.region,
                    into: output.region)
                let input = FloatBuffer(count: side * channels)
                table.depthwiseInputGradient(
                    window, channels: channels, rows: gradients.map { $0?.region }, weight: weight.region,
                    into: input.region)
                let dweight = FloatBuffer([Float](repeating: 1, count: kernel * channels))
                if let row = rows[0] {
                    table.addDepthwiseWeightGradient(
                        window, channels: channels, row: row.region, dout: dout.region, to: dweight.region)
                }
                return [output.region.array, input.region.array, dweight.region.array]
            }
            let expected = results(reference)
            for name in Self.tables {
                guard let table = TrainingKernels(named: name) else { continue }
                for (found, expected) in zip(results(table), expected) {
                    expectClose(found, expected, "\(name) \(kernel)/\(stride)/\(before) \(side)×\(channels)")
                }
            }
        }
    }

    @Test func optimiserSteps() throws {
        let reference = try #require(TrainingKernels(named: "reference"))
        for name in Self.tables {
            guard let table = TrainingKernels(named: name) else { continue }
            var noise = Noise(state: 11)
            let (weight, gradient) = (noise.buffer(77), noise.buffer(77))
            let (m, v) = (noise.buffer(77, scale: 0.1), noise.buffer(77, scale: 0.1, offset: 0.2))
            func results(_ table: TrainingKernels) -> [[Float]] {
                let copies = [weight, m, v].map { FloatBuffer($0.region.array) }
                table.adamW(
                    copies[0].region, gradient: gradient.region, m: copies[1].region, v: copies[2].region,
                    rate: 0.01, decay: 0.05, beta1: 0.9, beta2: 0.999, correction1: 0.3, correction2: 0.02,
                    epsilon: 1e-8)
                table.momentum(
                    copies[0].region, gradient: gradient.region, v: copies[1].region, rate: 0.1, decay: 0.01,
                    momentum: 0.9, isNesterov: true)
                table.momentum(
                    copies[0].region, gradient: gradient.region, v: copies[1].region, rate: 0.1, decay: 0,
                    momentum: 0.9, isNesterov: false)
                return copies.map { $0.region.array }
            }
            for (found, expected) in zip(results(table), results(reference)) {
                expectClose(found, expected, name)
            }
        }
    }

    @Test func anUnknownTableIsNone() { #expect(TrainingKernels(named: "sse9") == nil) }
}
