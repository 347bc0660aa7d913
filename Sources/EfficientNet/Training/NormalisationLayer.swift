internal import Tensor

/// One batch normalisation in training: v = γ (z − μ) / √(σ² + ε) + β, as a scale and a shift per channel.
///
/// μ and σ² are those of the batch, or the running ones where the layer is frozen or the network only evaluates.
/// Source: Ioffe and Szegedy 2015; as PyTorch does, the batch's variance is divided by n to normalise and by n − 1 for
/// the running variance.
final class NormalisationLayer {
    let channels: Int
    /// Scale a of v = a z + b.
    let scale: FloatBuffer
    /// Shift b.
    let shift: FloatBuffer
    /// The mean that was used.
    let mean: FloatBuffer
    /// dz = alpha dv + beta z + delta.
    let alpha, beta, delta: FloatBuffer

    /// Whether batches are normalised by their own statistics in training.
    var usesBatch: Bool

    private let parameters: TrainingParameters
    private let name: String
    private let epsilon: Double
    private var inverseDeviation: [Double]
    private var isOfBatch = false
    /// What measuring passes have seen.
    private var measured: Moments

    init(_ parameters: TrainingParameters, name: String, channels: Int, usesBatch: Bool) {
        self.parameters = parameters
        self.name = name
        self.channels = channels
        self.usesBatch = usesBatch
        epsilon = parameters.settings.batchNormEpsilon
        scale = FloatBuffer(count: channels)
        shift = FloatBuffer(count: channels)
        mean = FloatBuffer(count: channels)
        alpha = FloatBuffer(count: channels)
        beta = FloatBuffer(count: channels)
        delta = FloatBuffer(count: channels)
        inverseDeviation = [Double](repeating: 1, count: channels)
        measured = Moments(channels: channels)
    }

    /// Uses the running statistics.
    func useRunning() {
        let (means, variances) = (
            parameters.statistic("\(name).running_mean"), parameters.statistic("\(name).running_var")
        )
        isOfBatch = false
        set { (Double(means[$0]), Double(variances[$0])) }
    }

    /// Takes the moments that a step asked for.
    func take(_ moments: Moments, _ step: StepSettings) {
        guard step.isMeasuring else { return use(moments, momentum: step.statisticsMomentum) }
        measured.merge(moments)
        useRunning()
    }

    /// Makes the measured statistics the running ones, and changes γ and β so that v stays what it was:
    /// γ' = γ σ'/σ, β' = β + γ (μ' − μ)/σ.
    func restate() {
        guard measured.count > 1 else { return }
        let (means, variances) = (
            parameters.statistic("\(name).running_mean"), parameters.statistic("\(name).running_var")
        )
        let (gamma, offset) = (parameters.value("\(name).weight"), parameters.value("\(name).bias"))
        for channel in 0..<channels {
            let deviation = (Double(variances[channel]) + epsilon).squareRoot()
            let (mean, variance) = (measured.mean[channel], measured.m2[channel] / Double(measured.count - 1))
            let factor = Double(gamma[channel]) / deviation
            gamma[channel] = Float(factor * (variance + epsilon).squareRoot())
            offset[channel] = Float(Double(offset[channel]) + factor * (mean - Double(means[channel])))
            means[channel] = Float(mean)
            variances[channel] = Float(variance)
        }
        measured = Moments(channels: channels)
    }

    /// Uses a batch's statistics and moves the running ones towards them by `momentum`.
    private func use(_ moments: Moments, momentum: Double) {
        let count = Double(moments.count)
        isOfBatch = true
        set { (moments.mean[$0], moments.m2[$0] / count) }
        let (means, variances) = (
            parameters.statistic("\(name).running_mean"), parameters.statistic("\(name).running_var")
        )
        for channel in 0..<channels {
            let unbiased = moments.m2[channel] / max(count - 1, 1)
            means[channel] = Float((1 - momentum) * Double(means[channel]) + momentum * moments.mean[channel])
            variances[channel] = Float((1 - momentum) * Double(variances[channel]) + momentum * unbiased)
        }
    }

    private func set(_ statistics: (Int) -> (mean: Double, variance: Double)) {
        let (gamma, offset) = (parameters.value("\(name).weight"), parameters.value("\(name).bias"))
        let (scale, shift, mean) = (scale.region, shift.region, mean.region)
        for channel in 0..<channels {
            let (centre, variance) = statistics(channel)
            let inverse = 1 / (variance + epsilon).squareRoot()
            let factor = Double(gamma[channel]) * inverse
            inverseDeviation[channel] = inverse
            mean[channel] = Float(centre)
            scale[channel] = Float(factor)
            shift[channel] = Float(Double(offset[channel]) - centre * factor)
        }
    }

    /// Takes the sums over all `rowCount` pixels: adds the gradients of γ and β, and sets alpha, beta and delta.
    ///
    /// With batch statistics dz = γ/σ (dv − Σdv/n − (z − μ)/σ² · Σ(dv (z − μ))/n); frozen, only the first term.
    func finish(_ sums: GradientSums, rowCount: Int) {
        let gamma = parameters.value("\(name).weight")
        let (dGamma, dBeta) = (parameters.gradient("\(name).weight"), parameters.gradient("\(name).bias"))
        let (alpha, beta, delta) = (alpha.region, beta.region, delta.region)
        for channel in 0..<channels {
            let inverse = inverseDeviation[channel]
            dGamma[channel] += Float(sums.weighted[channel] * inverse)
            dBeta[channel] += Float(sums.sum[channel])
            let factor = Double(gamma[channel]) * inverse
            alpha[channel] = Float(factor)
            guard isOfBatch else {
                beta[channel] = 0
                delta[channel] = 0
                continue
            }
            let slope = -factor * inverse * inverse * sums.weighted[channel] / Double(rowCount)
            beta[channel] = Float(slope)
            delta[channel] = Float(
                -factor * sums.sum[channel] / Double(rowCount) - slope * Double(mean.region[channel]))
        }
    }
}
