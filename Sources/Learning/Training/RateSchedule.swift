internal import Foundation

/// How the learning rate goes over a training: a straight rise, then half a cosine (Loshchilov and Hutter 2017,
/// without restarts).
package struct RateSchedule: Sendable, Equatable {
    /// Steps of the whole training.
    package let stepCount: Int
    /// Steps of the rise.
    package let warmUpCount: Int
    /// Where the cosine ends, as a share of the peak.
    package let finalRate: Double

    /// The schedule of a recipe over `stepCount` steps.
    package init(stepCount: Int, warmUp: Double, finalRate: Double) {
        precondition(stepCount > 0 && (0...1).contains(warmUp) && (0...1).contains(finalRate))
        self.stepCount = stepCount
        self.finalRate = finalRate
        warmUpCount = min(Int((Double(stepCount) * warmUp).rounded()), stepCount)
    }

    /// The share of the peak rate at a step, from 0.
    ///
    /// The first step of a rise has a part of the peak, not nothing.
    package func factor(step: Int) -> Double {
        precondition((0..<stepCount).contains(step))
        if step < warmUpCount { return Double(step + 1) / Double(warmUpCount) }
        let left = stepCount - warmUpCount
        let progress = Double(step - warmUpCount) / Double(left)
        return finalRate + (1 - finalRate) * 0.5 * (1 + cos(.pi * progress))
    }
}
