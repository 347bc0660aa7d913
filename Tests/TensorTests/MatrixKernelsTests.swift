import Tensor
import Testing

@Suite struct MatrixKernelsTests {
    @Test(arguments: [
        ("Prescott", "avx512", "SkylakeX"), ("Prescott", "avx2", "Haswell"), ("Prescott", "scalar", nil),
        ("Zen", "avx512", nil), ("SkylakeX", "avx2", nil), ("neoversen1", "scalar", nil),
    ])
    func onlyAGuessBelowTheCPUIsCorrected(chosen: String, table: String, expected: String?) {
        guard let kernels = Kernels(named: table) else { return }  // this CPU has no such table
        #expect(MatrixProduct.betterKernelName(than: chosen, for: kernels) == expected)
    }
}
