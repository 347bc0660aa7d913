internal import COpenBLAS

/// Single-precision matrix products by OpenBLAS, each on the calling thread: `ForkJoinPool` cuts the work.
package enum MatrixProduct {
    /// OpenBLAS starts threads of its own unless told not to; they would fight with ours over the cores.
    static let isSingleThreaded: Bool = {
        openblas_set_num_threads(1)
        return true
    }()

    /// output [M][N] += input [M][K] · weight [N][K] transposed; all row-major and dense, no overlap.
    ///
    /// The order of summation over K is OpenBLAS's: results agree with any other order within about K · 2^-24 of
    /// the sum of magnitudes.
    package static func accumulate(
        _ output: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        rowCount M: Int, inputCount K: Int, outputCount N: Int
    ) {
        precondition(isSingleThreaded)
        guard M > 0, N > 0, K > 0 else { return }
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(M), blasint(N), blasint(K), 1, input, blasint(K),
            weight, blasint(K), 1, output, blasint(N))
    }
}
