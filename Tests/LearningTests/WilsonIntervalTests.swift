import Learning
import Testing

@Suite struct WilsonIntervalTests {
    /// scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
    @Test(arguments: [
        (53, 59, 0.7953618637376749, 0.9525520275375954),
        (0, 10, 0.0, 0.27753279986288926),
        (10, 10, 0.7224672001371109, 1.0),
        (1, 3, 0.06149194472039626, 0.7923403991979523),
        (483, 538, 0.8692855851588689, 0.9206133659688881),
    ])
    func agreesWithSciPy(successes: Int, trials: Int, low: Double, high: Double) {
        let found = WilsonInterval(successes: successes, trials: trials)
        #expect(abs(found.low - low) < 1e-9)
        #expect(abs(found.high - high) < 1e-9)
    }

    @Test func withoutTrialsAnythingIsPossible() {
        let found = WilsonInterval(successes: 0, trials: 0)
        #expect(found.low == 0 && found.high == 1)
    }
}
