internal import Foundation
package import Tensor

/// Which of the ways of computing a network takes.
package struct EngineChoice: Sendable {
    /// The table of the packed engine; nil for the reference network on OpenBLAS.
    package let kernels: Kernels?

    /// The readable forward pass.
    package static let reference = EngineChoice(kernels: nil)

    /// The packed engine on a table.
    package static func packed(_ kernels: Kernels) -> EngineChoice { EngineChoice(kernels: kernels) }

    /// The packed engine on the fastest table of this CPU, unless `GLENOID_KERNELS` names another ("scalar", "avx2",
    /// "avx512", "neon"), or "reference" for the readable forward pass.
    ///
    /// A name that means nothing on this CPU is ignored: a daemon should not stop over the speed of its arithmetic.
    package static var fromEnvironment: EngineChoice {
        switch ProcessInfo.processInfo.environment[Kernels.environmentKey] {
        case "reference": .reference
        case let name?: .packed(Kernels(named: name) ?? .best)
        case nil: .packed(.best)
        }
    }

    private init(kernels: Kernels?) { self.kernels = kernels }
}
