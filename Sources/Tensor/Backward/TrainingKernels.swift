internal import CKernels

/// The memory-bound passes of training, by the fastest table that the processor runs: `CKTrain.h` says what each does.
///
/// z is a convolution's output [rows][channels]; v = a·z + b its batch normalisation as scale and shift; a leading d the
/// gradient of what follows. Every size is checked against the channels, so a wrong region stops the process.
@safe package struct TrainingKernels {
    private let table: UnsafePointer<ck_train_kernels>

    /// The functions; a table is a constant of the program, so the pointer is always good.
    var kernels: ck_train_kernels { unsafe table.pointee }

    /// The fastest passes of this processor.
    package static var best: TrainingKernels {
        guard let table = unsafe ck_train_best() else { preconditionFailure("there is a generic table") }
        return unsafe TrainingKernels(table: table)
    }

    /// The tables that this processor runs: the fast ones, and "reference", which they are held against.
    package static let names = ["avx512", "avx2", "generic", "reference"]

    private init(table: UnsafePointer<ck_train_kernels>) { unsafe self.table = table }

    /// The passes of that name; nil where there are none or the processor lacks what they need.
    package init?(named name: String) {
        guard let table = unsafe ck_train_named(name) else { return nil }
        unsafe self.table = table
    }

    /// "avx512", "avx2", "generic" or "reference".
    package var name: String { unsafe String(cString: kernels.name) }

    /// The widest tensor.
    package static let channelsMax = Int(CK_TRAIN_CHANNELS_MAX)

    /// How many rows a region holds; it must hold whole ones.
    private func rows(_ region: FloatRegion, _ channels: Int) -> Int {
        precondition(channels > 0 && channels <= Self.channelsMax && region.count.isMultiple(of: channels))
        return region.count / channels
    }

    /// Adds the rows of `z` to mean and sum of squared deviations per channel.
    package func addMoments(of z: FloatRegion, to moments: inout Moments) {
        let rows = rows(z, moments.mean.count)
        unsafe kernels.moments(
            rows, moments.mean.count, z.base, Double(moments.count), &moments.mean, &moments.m2)
        moments.count += rows
    }

    /// out = silu(a·z + b) · scale; `out` may be `z`.
    package func activate(
        _ z: FloatRegion, a: FloatRegion, b: FloatRegion, scale: FloatRegion? = nil, into out: FloatRegion
    ) {
        let channels = a.count
        precondition(b.count == channels && (scale?.count ?? channels) == channels && out.count == z.count)
        unsafe kernels.activate(rows(z, channels), channels, z.base, a.base, b.base, scale?.base, out.base)
    }

    /// sum += silu(a·z + b) over the rows.
    package func activateSum(_ z: FloatRegion, a: FloatRegion, b: FloatRegion, sum: inout [Double]) {
        let channels = a.count
        precondition(b.count == channels && sum.count == channels)
        unsafe kernels.activate_sum(rows(z, channels), channels, z.base, a.base, b.base, &sum)
    }

    /// sum += gradient · x over the rows; then x *= scale.
    package func dotThenScale(
        _ x: FloatRegion, gradient: FloatRegion, scale: FloatRegion, sum: inout [Double]
    ) {
        let channels = scale.count
        precondition(gradient.count == x.count && sum.count == channels)
        unsafe kernels.dot_then_scale(
            rows(x, channels), channels, x.base, gradient.base, scale.base, &sum)
    }

    /// dv = (du · scale + offset) · silu′(a·z + b), and its sums; `du` nil counts as 0, and `dv` may be `du`.
    package func activationGradient(
        z: FloatRegion, a: FloatRegion, b: FloatRegion, mean: FloatRegion, du: FloatRegion?,
        scale: FloatRegion? = nil, offset: FloatRegion? = nil, into dv: FloatRegion, sums: inout GradientSums
    ) {
        let channels = a.count
        precondition(b.count == channels && mean.count == channels && sums.sum.count == channels)
        precondition((scale?.count ?? channels) == channels && (offset?.count ?? channels) == channels)
        precondition(dv.count == z.count && (du?.count ?? z.count) == z.count)
        unsafe kernels.activation_gradient(
            rows(z, channels), channels, z.base, a.base, b.base, mean.base, du?.base, scale?.base,
            offset?.base,
            dv.base, &sums.sum, &sums.weighted)
    }

    /// Adds factor · dv and factor · dv · (z − mean) over the rows to the sums.
    package func addGradientSums(
        z: FloatRegion, mean: FloatRegion, dv: FloatRegion, factor: Float = 1, to sums: inout GradientSums
    ) {
        let channels = mean.count
        precondition(dv.count == z.count && sums.sum.count == channels)
        unsafe kernels.gradient_sums(
            rows(z, channels), channels, z.base, mean.base, dv.base, factor, &sums.sum, &sums.weighted)
    }

    /// out = alpha · dv + beta · z + delta per channel; `out` may be `dv`.
    package func combine(
        dv: FloatRegion, z: FloatRegion, alpha: FloatRegion, beta: FloatRegion, delta: FloatRegion,
        into out: FloatRegion
    ) {
        let channels = alpha.count
        precondition(beta.count == channels && delta.count == channels)
        precondition(dv.count == z.count && out.count == z.count)
        unsafe kernels.combine(
            rows(z, channels), channels, dv.base, z.base, alpha.base, beta.base, delta.base, out.base)
    }

    /// out = a·z + b + residual per channel; `out` may be `residual`.
    package func affine(
        _ z: FloatRegion, a: FloatRegion, b: FloatRegion, residual: FloatRegion?, into out: FloatRegion
    ) {
        let channels = a.count
        precondition(b.count == channels && out.count == z.count && (residual?.count ?? z.count) == z.count)
        unsafe kernels.affine(
            rows(z, channels), channels, z.base, a.base, b.base, residual?.base, out.base)
    }
}

/// Count, mean and sum of squared deviations of each channel.
package struct Moments {
    /// How many rows have been added.
    package var count = 0
    /// The mean of each channel.
    package var mean: [Double]
    /// The sum of the squared deviations from it.
    package var m2: [Double]

    /// Of nothing yet.
    package init(channels: Int) {
        mean = [Double](repeating: 0, count: channels)
        m2 = mean
    }

    /// Adds what another one has seen (Chan, Golub and LeVeque 1983).
    package mutating func merge(_ other: Moments) {
        guard other.count > 0 else { return }
        let (before, added) = (Double(count), Double(other.count))
        let total = before + added
        for channel in mean.indices {
            let delta = other.mean[channel] - mean[channel]
            mean[channel] += delta * added / total
            m2[channel] += other.m2[channel] + delta * delta * before * added / total
        }
        count += other.count
    }
}

/// What a batch normalisation's gradient needs of all its pixels: Σ dv and Σ dv · (z − mean) per channel.
package struct GradientSums {
    /// Σ dv.
    package var sum: [Double]
    /// Σ dv · (z − mean).
    package var weighted: [Double]

    /// Of nothing yet.
    package init(channels: Int) {
        sum = [Double](repeating: 0, count: channels)
        weighted = sum
    }

    /// Adds what another one has summed.
    package mutating func merge(_ other: GradientSums) {
        for channel in sum.indices {
            sum[channel] += other.sum[channel]
            weighted[channel] += other.weighted[channel]
        }
    }
}
