internal import CKernels

extension TrainingKernels {
    /// One step of AdamW; the corrections are 1 − betaᵗ of step t.
    package func adamW(
        _ weight: FloatRegion, gradient: FloatRegion, m: FloatRegion, v: FloatRegion, rate: Float,
        decay: Float,
        beta1: Float, beta2: Float, correction1: Float, correction2: Float, epsilon: Float
    ) {
        precondition(
            gradient.count == weight.count && m.count == weight.count && v.count == weight.count)
        unsafe kernels.adamw(
            weight.count, weight.base, gradient.base, m.base, v.base, rate, decay, beta1, beta2, correction1,
            correction2, epsilon)
    }

    /// One step of gradient descent with momentum.
    package func momentum(
        _ weight: FloatRegion, gradient: FloatRegion, v: FloatRegion, rate: Float, decay: Float,
        momentum: Float,
        isNesterov: Bool
    ) {
        precondition(gradient.count == weight.count && v.count == weight.count)
        unsafe kernels.momentum(
            weight.count, weight.base, gradient.base, v.base, rate, decay, momentum, isNesterov ? 1 : 0)
    }
}
