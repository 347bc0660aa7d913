internal import Foundation

/// A window of the VOI transformation (PS3.3 C.11.2.1.2 and C.11.2.1.3), with an output of 0 to 1.
package struct Window: Sendable, Equatable {
    /// How the values within the window become grey: VOI LUT Function (0028,1056).
    package enum Function: String, Sendable, CaseIterable {
        /// PS3.3 C.11.2.1.2.1, the default.
        case linear = "LINEAR"
        /// PS3.3 C.11.2.1.3.2.
        case linearExact = "LINEAR_EXACT"
        /// PS3.3 C.11.2.1.3.1.
        case sigmoid = "SIGMOID"
    }

    /// Window Center (0028,1050).
    package let center: Double
    /// Window Width (0028,1051).
    package let width: Double
    /// VOI LUT Function (0028,1056).
    package let function: Function

    /// The window, or nil where the standard allows no such one: a number that is not finite, a width below 1
    /// with LINEAR (C.11.2.1.2.1) or one that is not above 0 with the others (C.11.2.1.3).
    package init?(center: Double, width: Double, function: Function = .linear) {
        guard center.isFinite, width.isFinite, function == .linear ? width >= 1 : width > 0 else {
            return nil
        }
        self.center = center
        self.width = width
        self.function = function
    }

    /// The grey value, 0 to 1, of a value that has been through the modality transformation.
    package func grey(of value: Double) -> Double {
        switch function {
        case .linear: return Self.ramp(value, center: center - 0.5, width: width - 1)
        case .linearExact: return Self.ramp(value, center: center, width: width)
        case .sigmoid: return 1 / (1 + exp(-4 * (value - center) / width))
        }
    }

    /// Width 0 is a step (LINEAR with a width of 1): the lower half is black, its upper end included.
    private static func ramp(_ value: Double, center: Double, width: Double) -> Double {
        if value <= center - width / 2 { return 0 }
        if value > center + width / 2 { return 1 }
        return min(max((value - center) / width + 0.5, 0), 1)
    }
}
