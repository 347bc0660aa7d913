internal import COpenBLAS

/// The three products of a linear layer y = x · wᵀ, each on the calling thread: `ForkJoinPool` cuts the work.
///
/// All matrices are row-major and dense: x [rows][inputs], w [outputs][inputs], y [rows][outputs]. The order of
/// summation is OpenBLAS's and the same for the same shape, so that a training repeats bit for bit.
extension MatrixProduct {
    /// y = x · wᵀ.
    package static func forward(
        _ y: FloatRegion, x: FloatRegion, w: FloatRegion, rows: Int, inputs: Int, outputs: Int
    ) {
        check(y: y, x: x, w: w, rows: rows, inputs: inputs, outputs: outputs)
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(outputs), blasint(inputs), 1,
            x.base,
            blasint(inputs), w.base, blasint(inputs), 0, y.base, blasint(outputs))
    }

    /// dx = dy · w; with `accumulating`, added to what dx holds.
    package static func inputGradient(
        _ dx: FloatRegion, dy: FloatRegion, w: FloatRegion, rows: Int, inputs: Int, outputs: Int,
        accumulating: Bool = false
    ) {
        check(y: dy, x: dx, w: w, rows: rows, inputs: inputs, outputs: outputs)
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(inputs), blasint(outputs), 1,
            dy.base, blasint(outputs), w.base, blasint(inputs), accumulating ? 1 : 0, dx.base, blasint(inputs)
        )
    }

    /// dw += dyᵀ · x.
    package static func weightGradient(
        _ dw: FloatRegion, dy: FloatRegion, x: FloatRegion, rows: Int, inputs: Int, outputs: Int
    ) {
        check(y: dy, x: x, w: dw, rows: rows, inputs: inputs, outputs: outputs)
        unsafe cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(outputs), blasint(inputs), blasint(rows), 1,
            dy.base, blasint(outputs), x.base, blasint(inputs), 1, dw.base, blasint(inputs))
    }

    private static func check(
        y: FloatRegion, x: FloatRegion, w: FloatRegion, rows: Int, inputs: Int, outputs: Int
    ) {
        precondition(isSingleThreaded)
        precondition(rows > 0 && inputs > 0 && outputs > 0)
        precondition(
            y.count == rows * outputs && x.count == rows * inputs && w.count == outputs * inputs,
            "matrices that fit")
    }
}
