internal import COpenBLAS

/// OpenBLAS chooses its own kernels while the program is loaded, by the CPU's model number. One that it does not know (Debian
/// 12's 0.3.21: an Intel server of 2023) gets those for SSE3, with which a training step takes 2.5 times as long.
extension MatrixProduct {
    /// The environment variable that OpenBLAS takes the name of its kernels from.
    package static let environmentKey = "OPENBLAS_CORETYPE"

    /// The kernels that OpenBLAS uses: "Haswell", "SkylakeX" …
    package static var kernelName: String { unsafe String(cString: openblas_get_corename()) }

    /// The kernels to ask OpenBLAS for instead of those it chose, given our own table for this CPU; nil where its choice stands.
    package static func betterKernelName(than chosen: String, for table: Kernels) -> String? {
        guard chosen == "Prescott" else { return nil }
        switch table.name {
        case "avx512": return "SkylakeX"
        case "avx2": return "Haswell"
        default: return nil
        }
    }
}
